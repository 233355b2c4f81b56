import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS, type HotspotOptions } from '../../../src/formats/hotspot/config.ts';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { readGroups, unitSources } from '../../../src/peers/hotspot/field.ts';
import type { HotspotProblem } from '../../../src/peers/hotspot/input/problem.ts';
import { denseConductance, denseSteady } from '../../thermal/dense-reference.ts';
import { lawOptions } from '../../tier.ts';
import { type HotspotMode, heatOut, layerOf, RULES } from './support.ts';

const MODES: readonly HotspotMode[] = ['hotspot', 'physical'];

/** Random stacks of up to three layers under random blocks, some with materials of their own. */
const problems: fc.Arbitrary<HotspotProblem> = fc
  .record({
    cuts: fc.array(fc.integer({ min: 5, max: 60 }), { minLength: 1, maxLength: 3 }),
    height: fc.integer({ min: 5, max: 60 }),
    layers: fc.array(
      fc.record({
        thickness: fc.integer({ min: 1, max: 30 }),
        k: fc.integer({ min: 1, max: 200 }),
        own: fc.option(fc.integer({ min: 1, max: 400 })),
        lateral: fc.boolean(),
        power: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    rows: fc.integer({ min: 1, max: 4 }),
    columns: fc.integer({ min: 1, max: 4 }),
    secondary: fc.constantFrom<0 | 1>(0, 1),
    detailed: fc.constantFrom<'off' | 'on'>('off', 'on'),
    block: fc.boolean(),
  })
  .map(({ cuts, height, layers, rows, columns, secondary, detailed, block }): HotspotProblem => {
    let right = 0;
    const blocks = cuts.map((cut, i) => {
      const leftM = right;
      right += cut * 1e-4;
      return { name: `b${i}`, leftM, bottomM: 0, widthM: cut * 1e-4, heightM: height * 1e-4 };
    });
    const made = layers.map(({ thickness, k, own, lateral, power }, i) => {
      const material = { thicknessM: thickness * 1e-5, conductivityWPerMK: k, heatCapacityJPerM3K: 2e6 };
      const mine = { resistivityMKPerW: 1 / (own ?? 1), heatCapacityJPerM3K: 3e6 };
      const given = own === null ? blocks : [{ ...blocks[0], ...mine }, ...blocks.slice(1)];
      return { ...layerOf(material, given, power || i === 0), lateral };
    });
    const grid = { grid_rows: rows, grid_cols: columns, model_secondary: secondary, detailed_3D: detailed };
    const options: HotspotOptions = { ...HOTSPOT_DEFAULTS, ...grid, model_type: block ? 'block' : 'grid' };
    return { options, layers: made, fromLayerFile: !block, packageModel: null };
  });

describe.each(MODES)('any problem: %s', (mode) => {
  test('G is symmetric, its rows sum to the conductance to the ambient, and all heat leaves', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const model = hotspotModel(problem, RULES[mode]);
        const { network, power, groups, units } = model;
        const { nodes: n, toAmbient, capacity } = network;
        const g = denseConductance(network);
        for (let i = 0; i < n; i++) {
          let sum = 0;
          for (let j = 0; j < n; j++) {
            sum += g[i * n + j];
            if (g[i * n + j] !== g[j * n + i]) expect.fail(`G[${i}][${j}] is not G[${j}][${i}]`);
          }
          expect(Math.abs(sum - toAmbient[i])).toBeLessThan(1e-12 * g[i * n + i]);
          expect(capacity[i]).toBeGreaterThan(0);
        }
        expect(power.start.length).toBe(units.length + 1);
        const source = unitSources(
          model,
          units.map((_, u) => u + 1),
        );
        const rise = denseSteady(network, source);
        const total = (units.length * (units.length + 1)) / 2;
        expect(Math.abs(heatOut(model, rise) / total - 1)).toBeLessThan(1e-9);
        expect(Math.min(...rise)).toBeGreaterThan(0);
        expect(readGroups(model, rise).length).toBe(groups.reduce((sum, { names }) => sum + names.length, 0));
      }),
      lawOptions(60, 12),
    );
  });
});
