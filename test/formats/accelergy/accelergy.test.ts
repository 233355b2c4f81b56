import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../../src/base/document.ts';
import { InputError } from '../../../src/base/errors.ts';
import { type AccelergyFile, classesByName, readAccelergy } from '../../../src/formats/accelergy/read.ts';
import { writeActionCounts, writeArchitecture } from '../../../src/formats/accelergy/writer.ts';
import { diagnosticsOf, problemOf } from '../../energy/support.ts';
import { lawOptions } from '../../tier.ts';

const read = (text: string): AccelergyFile => readAccelergy(parseYaml({ file: 'in.yaml', text }));

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
const CLASSES = `compound_components:
  version: 0.4
  classes:
    - name: box
      attributes: {w: "must_specify"}
      subcomponents:
        - {name: "x[0..w-1]", class: add, attributes: {width: w}, energy_scale: 0.5, area_scale: 2}
      actions:
        - name: go
          arguments: {n: 0..w}
          subcomponents:
            - name: x[0]
              actions:
                - {name: add, arguments: {k: n}, repeat: 3}
`;

describe('reading', () => {
  test('an architecture: values, whether quoted, and where', () => {
    const { architecture } = read(ARCHITECTURE);
    const [component] = architecture!.local;
    expect(architecture!.attributes.get('technology')).toMatchObject({
      value: '45nm',
      quoted: true,
      span: { line: 5, column: 32 },
    });
    expect(architecture!.attributes.get('width')).toMatchObject({ value: '8 * 2', quoted: false });
    expect([...architecture!.attributes.keys()]).toEqual(['technology', 'width']);
    expect(component).toMatchObject({
      name: { value: 'ram[0..3]' },
      class: { value: 'SRAM' },
      areaScale: { value: 2 },
      energyScale: { value: '1 / 2' },
    });
    expect(component.requiredActions.map((a) => a.value)).toEqual(['read', 'write']);
    expect(architecture!.subtree[0]).toMatchObject({ name: { value: 'inner' }, local: [], subtree: [] });
  });

  test('a class with its subcomponents and actions', () => {
    const [box] = read(CLASSES).classes;
    expect(box.subcomponents[0]).toMatchObject({
      class: { value: 'add' },
      energyScale: { value: 0.5 },
      areaScale: { value: 2 },
    });
    expect(box.actions[0].arguments.get('n')).toMatchObject({ value: '0..w', span: { line: 10, column: 26 } });
    expect(box.actions[0].subcomponents[0].actions[0]).toMatchObject({
      name: { value: 'add' },
      energyScale: { value: 3 },
    });
  });

  test("variables, and keys that are others' business", () => {
    const { variables } = read('variables: {version: 0.4, a: 1, b: "x"}\ncommon: {c: 1}\naction_counts: {}\n');
    expect([...variables].map(([name, { value, quoted }]) => [name, value, quoted])).toEqual([
      ['a', 1, false],
      ['b', 'x', true],
    ]);
    expect(read('').classes).toEqual([]);
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
      'a misspelt required key, once',
      ARCHITECTURE.replace('- {name: inner}', '- {nmae: inner}'),
      'unknown-key',
      'nmae',
      'name',
    ],
    ['a key of Accelergy 0.3', inBox('area_scale: 2', 'area_share: 2'), 'unknown-key', 'area_share', 'area_scale'],
    ['no version', CLASSES.replace('  version: 0.4\n', ''), 'missing-key', undefined, undefined],
    ['another version', CLASSES.replace('0.4', '0.3'), 'out-of-range', '0.3', undefined],
    ['a version that is a list', CLASSES.replace('0.4', '[0.4]'), 'wrong-type', '[0.4]', undefined],
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
    ['a name that is a number', ARCHITECTURE.replace('name: inner', 'name: 7'), 'wrong-type', '7', undefined],
    ['a component that is text', ARCHITECTURE.replace('- {name: inner}', '- inner'), 'wrong-type', 'inner', undefined],
    [
      'a list that is none',
      inBox('actions:\n        - name: go', 'actions: 3\n      # - name: go').split('      #')[0],
      'wrong-type',
      '3',
      undefined,
    ],
    ['an argument that is no range', inBox('{n: 0..w}', '{n: 3}'), 'wrong-type', '3', undefined],
    ['both names of a scale', inBox('repeat: 3', 'repeat: 3, energy_scale: 4'), 'duplicate-name', '3', undefined],
    ['two root containers', `${ARCHITECTURE}    - {name: other}\n`, 'out-of-range', '{name: other}', undefined],
    ['no root container', 'architecture: {version: 0.4, subtree: []}', 'out-of-range', undefined, undefined],
    ['a class twice', `${CLASSES}    - {name: box, subcomponents: []}\n`, 'duplicate-name', 'box', undefined],
    ['variables that are text', 'variables: 3', 'wrong-type', '3', undefined],
  ])('%s', (_, text, code, marked, suggestion) => {
    const problems = diagnosticsOf(() => read(text));
    expect(problems).toHaveLength(1);
    const problem = problemOf(() => read(text));
    expect(problem).toMatchObject({ code, suggestion });
    if (marked !== undefined) expect(problem.marked).toBe(marked);
  });

  test('everything wrong with a file comes at once, in source order', () => {
    const text = ARCHITECTURE.replace('enabled', 'enabeld').replace("'0.4'", '0.2').replace('name: inner', 'name: ');
    expect(diagnosticsOf(() => read(text)).map((p) => [p.code, p.span?.line])).toEqual([
      ['out-of-range', 2],
      ['unknown-key', 13],
      ['wrong-type', 15],
    ]);
  });

  test('one class in two files', () => {
    const again = readAccelergy(parseYaml({ file: 'more.yaml', text: CLASSES }));
    expect(classesByName([read(CLASSES)]).get('box')?.actions).toHaveLength(1);
    const [problem] = diagnosticsOf(() => classesByName([read(CLASSES), again]));
    expect(problem).toMatchObject({ code: 'duplicate-name', span: { file: 'more.yaml', line: 4 } });
  });
});

describe('writing', () => {
  const component = {
    segments: ['chip', 'row[0..3]', 'pe[0..7]'],
    class: 'box',
    attributes: new Map<string, string | number | boolean>([
      ['w', 3],
      ['mode', '8'],
      ['fast', true],
    ]),
    areaScale: 1,
    energyScale: 0.5,
    requiredActions: [],
  };
  const ram = {
    ...component,
    segments: ['chip', 'ram'],
    class: 'SRAM',
    energyScale: 1,
    areaScale: 2,
    requiredActions: ['read'],
  };

  test('an architecture as a tree of containers, text quoted, what Accelergy needs everywhere', () => {
    const text = writeArchitecture({
      components: [component, ram],
      classes: [],
      technology: '45nm',
      globalCycleSeconds: 1e-9,
    });
    expect(text).toBe(`architecture:
  version: 0.4
  subtree:
    - name: chip
      attributes:
        technology: "45nm"
        global_cycle_seconds: 1e-9
      local:
        - name: ram
          class: SRAM
          attributes:
            technology: "45nm"
            global_cycle_seconds: 1e-9
            w: 3
            mode: "8"
            fast: true
          area_scale: 2
          required_actions:
            - read
      subtree:
        - name: row[0..3]
          local:
            - name: pe[0..7]
              class: box
              attributes:
                technology: "45nm"
                global_cycle_seconds: 1e-9
                w: 3
                mode: "8"
                fast: true
              energy_scale: 0.5
`);
  });

  test('classes read back as they were, quotes included', () => {
    const odd = CLASSES.replace(
      '{w: "must_specify"}',
      `\n        w: "must_specify"\n        t: "2 * 3"\n        c: >-\n          "a" if w > 1 else\n          "b"\n        m: >-\n          - 7 % 3`,
    );
    const { classes } = read(odd);
    const text = writeArchitecture({ components: [component], classes, technology: '45nm', globalCycleSeconds: 1e-9 });
    const again = read(text).classes[0];
    const plain = (scalars: typeof again.attributes) =>
      [...scalars].map(([name, { value, quoted }]) => [name, value, quoted]);
    expect(plain(again.attributes)).toEqual([
      ['w', 'must_specify', true],
      ['t', '2 * 3', true],
      ['c', '"a" if w > 1 else "b"', false],
      ['m', '- 7 % 3', false],
    ]);
    expect(again.subcomponents[0]).toMatchObject({
      name: { value: 'x[0..w-1]' },
      energyScale: { value: 0.5 },
      areaScale: { value: 2 },
    });
    expect(plain(again.actions[0].arguments)).toEqual([['n', '0..w', false]]);
    expect(again.actions[0].subcomponents[0].actions[0]).toMatchObject({
      name: { value: 'add' },
      energyScale: { value: 3 },
    });
  });

  test('counts: a list as one range with the counts of all instances', () => {
    const actions = [
      { action: 'go', arguments: new Map([['n', 2]]), count: 1.5e21 },
      { action: 'stop', arguments: new Map(), count: 7 },
    ];
    expect(writeActionCounts([{ segments: component.segments, actions }])).toBe(`action_counts:
  version: 0.4
  subtree:
    - name: chip
      subtree:
        - name: row[0..3]
          local:
            - name: pe[0..7]
              action_counts:
                - name: go
                  arguments:
                    n: 2
                  counts: 1.5e+21
                - name: stop
                  counts: 7
`);
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
