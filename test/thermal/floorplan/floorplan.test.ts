import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { blockTiling, type Floorplan } from '../../../src/thermal/floorplan/index.ts';
import { type Block, buildNetwork, hotspotStack, makeFloorplan, mapBlocks } from '../../../src/thermal/index.ts';
import { networkRules } from '../../../src/thermal/rules/index.ts';
import { lawOptions } from '../../tier.ts';
import { codesOf } from '../support.ts';

const mm = (name: string, left: number, bottom: number, width: number, height: number): Block => ({
  name,
  leftM: left * 1e-3,
  bottomM: bottom * 1e-3,
  widthM: width * 1e-3,
  heightM: height * 1e-3,
});

const A = mm('a', 0, 0, 1, 2);
const B = mm('b', 1, 0, 1, 1);
const C = mm('c', 1, 1, 1, 1);

describe('checks', () => {
  test('blocks that tile the die are taken, moved to the origin', () => {
    const moved = [A, B, C].map((block) => ({ ...block, leftM: block.leftM - 5e-3, bottomM: block.bottomM + 7e-3 }));
    const plan = makeFloorplan(moved);
    expect(plan.widthM).toBeCloseTo(2e-3, 12);
    expect(plan.heightM).toBeCloseTo(2e-3, 12);
    expect(plan.blocks[0].leftM).toBe(0);
  });

  test('a micrometre of rounding is no fault', () => {
    expect(
      makeFloorplan([A, { ...B, leftM: B.leftM - 1e-6 }, { ...C, bottomM: C.bottomM + 1e-6 }]).blocks,
    ).toHaveLength(3);
  });

  test.each<[string, Block[], string[], RegExp]>([
    ['none', [], ['empty-floorplan'], /no block/],
    ['overlap', [A, { ...B, leftM: 0.9e-3 }, C], ['block-overlap'], /a and b overlap by 100 um x 1000 um/],
    [
      'two overlaps',
      [A, { ...A, name: 'x' }, B, C, { ...C, name: 'y' }],
      ['block-overlap', 'block-overlap'],
      /c and y/,
    ],
    [
      'gap',
      [A, B],
      ['floorplan-gap'],
      /no block covers 1000 um x 1000 um of the die at \(1000 um, 1000 um\), beside a, b/,
    ],
    ['thin gap', [A, { ...B, leftM: 1.01e-3, widthM: 0.99e-3 }, C], ['floorplan-gap'], /covers 10 um x 1000 um/],
    ['zero area', [A, { ...B, widthM: 0 }, C], ['zero-area'], /b has no area/],
    ['negative', [A, { ...B, heightM: -1 }, C], ['zero-area'], /b has no area/],
    ['names', [A, { ...B, name: 'A' }, C], ['duplicate-name'], /two blocks are named A/],
  ])('%s', (_, blocks, codes, message) => {
    expect(codesOf(() => makeFloorplan(blocks))).toEqual(codes);
    expect(() => makeFloorplan(blocks)).toThrow(message);
  });

  test('more than three faults of a kind are one message, of the widest', () => {
    const chips = [0, 1, 2, 3, 4].map((x) => mm(`x${x}`, x, 0, x === 2 ? 1.2 : 1.1, 1));
    expect(codesOf(() => makeFloorplan(chips))).toEqual(['block-overlap']);
    expect(() => makeFloorplan(chips)).toThrow(/x2 and x3 overlap by 200 um x 1000 um; this is the widest of 4 places/);
  });

  describe('a tolerance', () => {
    const narrow = { ...B, leftM: 0.99e-3, widthM: 1e-3 };
    const wide = { ...C, leftM: 1.01e-3, widthM: 0.98e-3 };
    const taken = (blocks: readonly Block[], lengthM: number): { plan: Floorplan; warnings: string[] } => {
      const warnings: string[] = [];
      const warn = (d: { message: string }): void => void warnings.push(d.message);
      return { plan: makeFloorplan(blocks, { tolerance: { lengthM, warn } }), warnings };
    };

    test('takes an overlap and a gap of 10 um, with one warning for all', () => {
      const { plan, warnings } = taken([A, narrow, wide], 20e-6);
      expect(plan.blocks).toHaveLength(3);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/1 overlap and 1 gap, up to 10 um wide: /);
    });

    test('blocks of the block model that overlap or part by as much are neighbours', () => {
      const { plan } = taken([A, narrow, wide], 20e-6);
      const { from, to } = blockTiling(plan);
      expect(Array.from(from, (i, at) => [i, to[at]])).toEqual([
        [0, 1],
        [0, 2],
        [1, 2],
      ]);
    });

    test('nothing to tolerate, nothing to say', () => {
      expect(taken([A, B, C], 20e-6).warnings).toEqual([]);
    });

    test.each<[string, Block[], number, string]>([
      ['a wider overlap', [A, { ...B, leftM: 0.97e-3 }, C], 20e-6, 'block-overlap'],
      ['a wider gap', [A, B, { ...C, leftM: 1.03e-3, widthM: 0.97e-3 }], 20e-6, 'floorplan-gap'],
      ['a block within another', [A, B, C, mm('x', 0.5, 0.5, 0.01, 1)], 20e-6, 'block-overlap'],
      ['a tolerance wider than every block', [A, B, C], 1.1e-3, 'out-of-range'],
    ])('%s is refused', (_, blocks, lengthM, code) => {
      expect(codesOf(() => taken(blocks, lengthM))).toEqual([code]);
    });
  });

  test('with a die: what reaches beyond it, and what is missing', () => {
    const die = { widthM: 2e-3, heightM: 1.9e-3 };
    expect(codesOf(() => makeFloorplan([A, B, C], { die }))).toEqual(['block-outside-die', 'block-outside-die']);
    expect(() => makeFloorplan([A, B, C], { die })).toThrow(/a reaches 100 um beyond the die/);
    expect(codesOf(() => makeFloorplan([A, B, C], { die: { widthM: 3e-3, heightM: 2e-3 } }))).toEqual([
      'floorplan-gap',
    ]);
  });

  test('gaps may be allowed', () => {
    expect(makeFloorplan([A, B], { gaps: 'allow' }).blocks).toHaveLength(2);
  });

  test('a die larger than its spreader is refused, and one as large under the rules of HotSpot', () => {
    const plan = makeFloorplan([A, B, C]);
    const stack = hotspotStack({ ...HOTSPOT_DEFAULTS, s_spreader: 2e-3 });
    const grid = { rows: 4, columns: 4 };
    expect(codesOf(() => buildNetwork(stack, plan, grid, networkRules('hotspot')))).toEqual([
      'die-larger-than-package',
    ]);
    expect(codesOf(() => buildNetwork(stack, plan, grid))).toEqual([]);
    const smaller = hotspotStack({ ...HOTSPOT_DEFAULTS, s_spreader: 1.99e-3 });
    expect(codesOf(() => buildNetwork(smaller, plan, grid))).toEqual(['die-larger-than-package']);
    expect(codesOf(() => buildNetwork(stack, plan, { rows: 0, columns: 4 }))).toEqual(['out-of-range']);
  });
});

describe('the grid', () => {
  const plan = makeFloorplan([A, B, C]);

  test('row 0 is north; power enters by overlap', () => {
    const { spread } = mapBlocks(plan, { rows: 2, columns: 3 });
    // Block c is the north-east quarter: a third of a cell's width, and one whole cell, of row 0.
    expect(Array.from(spread.index.subarray(spread.start[2]))).toEqual([1, 2]);
    expect(spread.weight[spread.start[2]]).toBeCloseTo(1 / 3, 12);
    expect(spread.weight[spread.start[2] + 1]).toBeCloseTo(2 / 3, 12);
  });

  test('touched cells count alike; the centre is up to four cells', () => {
    const touched = mapBlocks(plan, { rows: 2, columns: 3 }, 'touched').mean;
    expect(Array.from(touched.weight.subarray(touched.start[2]))).toEqual([0.5, 0.5]);
    const centre = mapBlocks(plan, { rows: 8, columns: 8 }, 'center').mean;
    expect(Array.from(centre.index.subarray(centre.start[1], centre.start[2]))).toEqual([45, 46, 53, 54]);
  });

  test('rows sum to 1, and every cell of a covered die is shared out whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (rows, columns) => {
        const cut = makeFloorplan([
          mm('w', 0, 0, 0.731, 2),
          mm('s', 0.731, 0, 1.269, 0.37),
          mm('n', 0.731, 0.37, 1.269, 1.63),
        ]);
        const cover = new Float64Array(rows * columns);
        for (const mean of ['area', 'touched', 'center'] as const) {
          const map = mapBlocks(cut, { rows, columns }, mean);
          cut.blocks.forEach((block, u) => {
            let sum = 0;
            for (let i = map.mean.start[u]; i < map.mean.start[u + 1]; i++) sum += map.mean.weight[i];
            expect(sum).toBeCloseTo(1, 12);
            if (mean !== 'area') return;
            for (let i = map.spread.start[u]; i < map.spread.start[u + 1]; i++) {
              cover[map.spread.index[i]] += map.spread.weight[i] * block.widthM * block.heightM;
            }
          });
        }
        const cellM2 = (cut.widthM * cut.heightM) / (rows * columns);
        for (const area of cover) expect(area / cellM2).toBeCloseTo(1, 9);
      }),
      lawOptions(80, 15),
    );
  });
});
