import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { describeDesign } from '../../../src/energy/design-table.ts';
import { readDesignFile } from '../../../src/energy/input/read.ts';
import { CLASSES } from '../../formats/accelergy/box-class.ts';
import { lawOptions } from '../../tier.ts';
import { diagnosticsOf, problemOf } from '../support.ts';

/** The components and classes of texts, with the rules of a run. */
function read(...texts: string[]) {
  const files = texts.map((text, i) => readDesignFile({ file: `${i}.yaml`, text }));
  return { ...describeDesign(files), variables: new Map(files.flatMap(({ variables }) => [...variables])) };
}

const ARCHITECTURE = `architecture:
  version: '0.4'
  subtree:
    - name: chip
      attributes: {technology: "45nm", width: 8 * 2, empty: }
      local:
        - name: ram[0..3]
          class: anything
          subclass: SRAM
          area_scale: 2
          energy_scale: 1 / 2
          required_actions: [read, "write"]
          enabled: true
      subtree:
        - {name: inner}
`;

describe('reading', () => {
  test('an architecture: values, scales, actions, and where', () => {
    const [component] = read(ARCHITECTURE).components;
    expect(component.attributes.get('technology')).toMatchObject({
      value: '45nm',
      bare: false,
      span: { line: 5, column: 32 },
    });
    expect(component.attributes.get('width')).toMatchObject({ value: 16 });
    expect(component).toMatchObject({
      name: 'ram',
      segments: ['chip', 'ram[0..3]'],
      class: 'SRAM',
      writtenClass: 'anything',
      count: 4,
      areaScale: { value: 2 },
      energyScale: { value: '1 / 2', bare: true },
    });
    expect(component.requiredActions!.map(({ name }) => name)).toEqual(['read', 'write']);
  });

  test('a class with its subcomponents and actions', () => {
    const box = read(CLASSES).classes.get('box')!;
    expect(box.parts[0]).toMatchObject({ class: 'add', energyScale: { value: 0.5 }, areaScale: { value: 2 } });
    expect(box.actions[0].arguments.get('n')).toMatchObject({ value: '0..w', span: { line: 10, column: 26 } });
    expect(box.actions[0].calls[0].actions[0]).toMatchObject({ name: 'add', energyScale: { value: 3 } });
  });

  test("variables, and keys that are others' business", () => {
    const { variables } = read('variables: {version: 0.4, a: 1, b: "x"}\ncommon: {c: 1}\nglobals: {}\n');
    expect([...variables].map(([name, { value }]) => [name, value])).toEqual([
      ['a', 1],
      ['b', 'x'],
    ]);
    expect(read('').classes.size).toBe(0);
  });

  const inBox = (line: string, by: string) => CLASSES.replace(line, by);
  test.each<[string, string, string, string | undefined, string | undefined]>([
    ['a misspelt role', 'archtecture: {}', 'unknown-key', 'archtecture', 'architecture'],
    [
      'a misspelt key',
      ARCHITECTURE.replace('enabled', 'required_action'),
      'unknown-key',
      'required_action',
      'required_actions',
    ],
    [
      'a container without a name',
      ARCHITECTURE.replace('- {name: inner}', '- {local: []}'),
      'missing-key',
      undefined,
      undefined,
    ],
    ['a key of Accelergy 0.3', inBox('area_scale: 2', 'area_share: 2'), 'unknown-key', 'area_share', undefined],
    ['no version', ARCHITECTURE.replace("  version: '0.4'\n", ''), 'missing-key', undefined, undefined],
    ['another version', CLASSES.replace('0.4', '0.3'), 'out-of-range', '0.3', undefined],
    [
      "Timeloop's nodes",
      'architecture: {version: 0.4, nodes: [!Component {name: m, class: intmac}]}',
      'not-supported',
      '[!Component {name: m, class: intmac}]',
      undefined,
    ],
    ['a version that is a list', CLASSES.replace('0.4', '[0.4]'), 'out-of-range', '[0.4]', undefined],
    [
      'no class',
      ARCHITECTURE.replace('          class: anything\n          subclass: SRAM\n', ''),
      'missing-key',
      undefined,
      undefined,
    ],
    [
      'attributes that are a list',
      ARCHITECTURE.replace('{technology: "45nm", width: 8 * 2, empty: }', '[a]'),
      'wrong-type',
      '[a]',
      undefined,
    ],
    ['an attribute that is a list', ARCHITECTURE.replace('8 * 2', '[1, 2]'), 'wrong-type', '[1, 2]', undefined],
    ['a name that is empty', ARCHITECTURE.replace('name: inner', 'name: '), 'wrong-type', undefined, undefined],
    ['a component that is text', ARCHITECTURE.replace('- {name: inner}', '- inner'), 'wrong-type', 'inner', undefined],
    [
      'a list that is none',
      inBox('actions:\n        - name: go', 'actions: 3\n      # - name: go').split('      #')[0],
      'wrong-type',
      '3',
      undefined,
    ],
    ['both names of a scale', inBox('repeat: 3', 'repeat: 3, energy_scale: 4'), 'duplicate-name', '3', undefined],
    ['two root containers', `${ARCHITECTURE}    - {name: other}\n`, 'out-of-range', '{name: other}', undefined],
    ['no root container', 'architecture: {version: 0.4, subtree: []}', 'missing-key', undefined, undefined],
    ['a class twice', `${CLASSES}    - {name: box, subcomponents: []}\n`, 'duplicate-name', 'box', undefined],
    ['variables that are text', 'variables: 3', 'wrong-type', '3', undefined],
  ])('%s', (_, text, code, marked, suggestion) => {
    const problems = diagnosticsOf(() => read(text));
    expect(problems).toHaveLength(1);
    const problem = problemOf(() => read(text));
    expect(problem).toMatchObject({ code, suggestion });
    if (marked !== undefined) expect(problem.marked).toBe(marked);
  });

  test('everything wrong with a file comes at once', () => {
    const text = ARCHITECTURE.replace('enabled', 'enabeld').replace('name: inner', 'name: ').replace('8 * 2', '8 *');
    expect(diagnosticsOf(() => read(text)).map((p) => p.code)).toEqual(['expression-syntax']);
    expect(diagnosticsOf(() => read(text.replace('8 *', '8'))).map((p) => [p.code, p.span?.line])).toEqual([
      ['unknown-key', 13],
      ['wrong-type', 15],
    ]);
  });

  test('one class in two files', () => {
    expect(read(CLASSES).classes.get('box')?.actions).toHaveLength(1);
    const [problem] = diagnosticsOf(() => read(CLASSES, CLASSES));
    expect(problem).toMatchObject({ code: 'duplicate-name', span: { file: '1.yaml', line: 4 } });
  });
});

test('any document at all is read or refused with coded errors', () => {
  const key = fc.constantFrom(
    'architecture',
    'compound_components',
    'variables',
    'version',
    'subtree',
    'local',
    'classes',
    'name',
    'class',
    'attributes',
    'subcomponents',
    'actions',
    'arguments',
    'x',
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      fc.constantFrom(null, 1, 0.4, true, 'x', 'x[0..3]', '0..1', 'a + b'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(key, tie('node'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, node, { maxKeys: 4 }), (value) => {
      try {
        read(JSON.stringify(value));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    lawOptions(2000),
  );
});
