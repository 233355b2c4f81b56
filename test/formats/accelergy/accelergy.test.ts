import { describe, expect, test } from 'vitest';
import {
  type CompoundClass,
  readClasses,
  readParts,
  writeActionCounts,
  writeArchitecture,
} from '../../../src/formats/accelergy/index.ts';
import { CLASSES } from './box-class.ts';

/** The first class of a file. */
function read(text: string): CompoundClass {
  const rules = { slip: () => {}, remark: () => {}, hasOldMeaning: false };
  const [first] = readClasses(readParts([{ file: 'in.yaml', text }]).parts.compound_components, rules).values();
  return first;
}

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
    const text = writeArchitecture({
      components: [component],
      classes: [read(odd)],
      technology: '45nm',
      globalCycleSeconds: 1e-9,
    });
    const again = read(text);
    const plain = (scalars: typeof again.attributes) =>
      [...scalars].map(([name, { value, bare }]) => [name, value, typeof value === 'string' && !bare]);
    expect(plain(again.attributes)).toEqual([
      ['w', 'must_specify', true],
      ['t', '2 * 3', true],
      ['c', '"a" if w > 1 else "b"', false],
      ['m', '- 7 % 3', false],
    ]);
    expect(again.parts[0]).toMatchObject({
      name: 'x[0..w-1]',
      energyScale: { value: 0.5 },
      areaScale: { value: 2 },
    });
    expect(plain(again.actions[0].arguments)).toEqual([['n', '0..w', false]]);
    expect(again.actions[0].calls[0].actions[0]).toMatchObject({
      name: 'add',
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
