import { expect } from 'vitest';
import { HOTSPOT_DEFAULTS, type HotspotOptions } from '../../../src/formats/hotspot/index.ts';
import { continuumModel } from '../../../src/peers/hotspot/continuum.ts';
import { readUnits, unitSources } from '../../../src/peers/hotspot/field.ts';
import { startFrom } from '../../../src/peers/hotspot/initial.ts';
import { hasManyOnFirstFace } from '../../../src/peers/hotspot/reduced.ts';
import { hotspotTransient } from '../../../src/peers/hotspot/transient.ts';
import { continuumSteady } from '../../../src/thermal/continuum/index.ts';
import { modesPlan } from '../../../src/thermal/solvers/index.ts';
import { block } from '../../thermal/continuum/support.ts';
import { longTest } from '../../tier.ts';
import { dieProblem, RULES } from './support.ts';

longTest(
  '420 tiles: a sample of 1e6 s ends at the steady state, a start there stays, cells have the mean of the die',
  () => {
    const options = {
      ...HOTSPOT_DEFAULTS,
      model_type: 'grid',
      grid_rows: 16,
      grid_cols: 16,
      grid_map_mode: 'avg',
      sampling_intvl: 1e6,
    } as HotspotOptions;
    const tiles = Array.from({ length: 420 }, (_, u) => {
      return block(`t${u}`, (u % 21) * 0.8, Math.floor(u / 21) * 0.8, 0.8, 0.8);
    });
    const problem = dieProblem(options, tiles);
    const model = continuumModel(problem, RULES.physical, options.r_convec, null);
    expect(hasManyOnFirstFace(model)).toBe(true);
    const plan = modesPlan({ sources: 420, samples: 1, waves: [] });
    const powerW = Float64Array.from(tiles, (_, u) => 0.1 * (1 + Math.sin(u)));
    const steps = hotspotTransient(problem, model, startFrom(problem, model, 300), { plan, fields: 'die' });
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
    const short = { ...problem, options: { ...options, sampling_intvl: 1e5 } };
    const warm = hotspotTransient(short, model, startFrom(short, model, given), { plan });
    warm.step(powerW);
    warm.unitsK().forEach((value, u) => {
      expect(Math.abs(value - steadyK[u])).toBeLessThan(2e-3);
    });
  },
);
