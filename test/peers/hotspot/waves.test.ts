import { expect } from 'vitest';
import { HOTSPOT_DEFAULTS, type HotspotOptions } from '../../../src/formats/hotspot/index.ts';
import { continuumModel } from '../../../src/peers/hotspot/continuum.ts';
import { readUnits, unitSources } from '../../../src/peers/hotspot/field.ts';
import { startFrom } from '../../../src/peers/hotspot/initial.ts';
import { hasManyOnFirstFace } from '../../../src/peers/hotspot/reduced.ts';
import { hotspotTransient } from '../../../src/peers/hotspot/transient.ts';
import { continuumSteady } from '../../../src/thermal/continuum/index.ts';
import type { Block } from '../../../src/thermal/floorplan/index.ts';
import { modesPlan } from '../../../src/thermal/solvers/index.ts';
import { block } from '../../thermal/continuum/support.ts';
import { longTest } from '../../tier.ts';
import { dieProblem, RULES } from './support.ts';

const OPTIONS = {
  ...HOTSPOT_DEFAULTS,
  model_type: 'grid',
  grid_rows: 16,
  grid_cols: 16,
  grid_map_mode: 'avg',
} as HotspotOptions;

/** Blocks of so many tiles of 0.8 mm each, over 21 x 20 tiles. */
function tiled(columns: number, rows: number): Block[] {
  const [width, height] = [columns * 0.8, rows * 0.8];
  const along = 21 / columns;
  return Array.from({ length: 420 / (columns * rows) }, (_, u) =>
    block(`t${u}`, (u % along) * width, Math.floor(u / along) * height, width, height),
  );
}

longTest(
  '420 tiles: a sample of 1e6 s ends at the steady state, a start there stays, cells have the mean of the die',
  () => {
    const options = { ...OPTIONS, sampling_intvl: 1e6 };
    const tiles = tiled(1, 1);
    const problem = dieProblem(options, tiles);
    const model = continuumModel(problem, RULES.physical, options.r_convec, null);
    expect(hasManyOnFirstFace(model)).toBe(true);
    const plan = modesPlan({ sources: 420, samples: 1, waves: [] });
    const kept = new Map<string, readonly Float64Array[]>();
    const cache = {
      get: (key: string) => kept.get(key),
      put: (key: string, columns: readonly Float64Array[]) => void kept.set(key, columns),
    };
    const powerW = Float64Array.from(tiles, (_, u) => 0.1 * (1 + Math.sin(u)));
    const steps = hotspotTransient(problem, model, startFrom(problem, model, 300), { plan, cache, fields: 'die' });
    steps.step(powerW);

    const rise = new Float64Array(model.nodes);
    continuumSteady(model.continuum!).solve(unitSources(model, powerW), rise);
    const steadyK = readUnits(model, rise);
    steps.unitsK().forEach((value, u) => {
      expect(Math.abs(value - steadyK[u])).toBeLessThan(1e-3);
    });

    // The tiles and the cells cover the die alike.
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(steps.cellsK()) - mean(steps.unitsK()))).toBeLessThan(1e-3);

    const names = model.groups.reduce((sum, group) => sum + group.names.length, 0);
    const given = new Float64Array(names).fill(options.ambient);
    given.set(steps.unitsK());
    const warm = hotspotTransient(problem, model, startFrom(problem, model, given), { plan, cache });
    warm.step(powerW);
    warm.unitsK().forEach((value, u) => {
      expect(Math.abs(value - steadyK[u])).toBeLessThan(2e-3);
    });
  },
);

// Blocks of 3 x 2 tiles are few enough for a model of the sources. Within one of them tiles differ by a few kelvins, and leakage is not linear.
longTest(
  'leakage of 420 tiles, in waves as that of blocks of six of them in a model of the sources, and it counts',
  () => {
    const samples = 2;
    const run = (blocks: Block[], isLeaky: boolean): Float64Array => {
      const options = { ...OPTIONS, sampling_intvl: 5e-2, leakage_used: isLeaky ? 1 : 0 } as HotspotOptions;
      const problem = dieProblem(options, blocks);
      const model = continuumModel(problem, RULES.physical, options.r_convec, null);
      const plan = modesPlan({ sources: blocks.length, samples, waves: hasManyOnFirstFace(model) ? [] : null });
      expect(plan.transient).toBe(blocks.length === 420 ? 'waves' : 'modal');
      const steps = hotspotTransient(problem, model, startFrom(problem, model, 420), { plan });
      // The same density over the six tiles of a block.
      const powerW = Float64Array.from(blocks, ({ leftM, bottomM, widthM, heightM }) => {
        const [x, y] = [Math.floor((leftM + 1e-6) / 2.4e-3), Math.floor((bottomM + 1e-6) / 1.6e-3)];
        return widthM * heightM * 1e5 * (2 + Math.sin(x + 3 * y));
      });
      for (let k = 0; k < samples; k++) steps.step(powerW);
      return steps.unitsK();
    };
    const [tiles, blocks, plain] = [run(tiled(1, 1), true), run(tiled(3, 2), true), run(tiled(3, 2), false)];
    blocks.forEach((kelvin, u) => {
      const [x, y] = [(u % 7) * 3, Math.floor(u / 7) * 2];
      const own = Array.from({ length: 6 }, (_, i) => tiles[(y + Math.floor(i / 3)) * 21 + x + (i % 3)]);
      const ofTiles = own.reduce((sum, one) => sum + one, 0) / 6;
      expect(kelvin - plain[u]).toBeGreaterThan(0.2);
      expect(Math.abs(ofTiles - kelvin)).toBeLessThan(0.2 * (kelvin - plain[u]));
    });
  },
);
