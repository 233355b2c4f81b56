import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/index.ts';
import { hotspotModel } from '../../../src/peers/hotspot/build.ts';
import { startFrom } from '../../../src/peers/hotspot/initial.ts';
import { hotspotTransient } from '../../../src/peers/hotspot/transient.ts';
import type { ResultCache } from '../../../src/thermal/index.ts';
import type { SolverPlan } from '../../../src/thermal/solvers/index.ts';
import { block } from '../../thermal/continuum/support.ts';
import { dieProblem, RULES } from './support.ts';

const SAMPLES = 6;

/** Three blocks on HotSpot's network; 16 x 16 cells are reduced to 1e-5 K. */
function problemOf() {
  const options = { ...HOTSPOT_DEFAULTS, model_type: 'grid', grid_rows: 16, grid_cols: 16, sampling_intvl: 1e-3 };
  const blocks = [block('a', 0, 0, 4, 4), block('b', 4, 0, 4, 4), block('c', 0, 4, 8, 4)];
  return dieProblem(options as typeof HOTSPOT_DEFAULTS, blocks);
}

/** Temperatures of all samples, and the looks within them, under a plan that may take so many multiply-adds. Only the physics leaks in time. */
function run(
  transient: SolverPlan['transient'],
  limit: number,
  cache?: ResultCache,
  leakage_used: 0 | 1 = 0,
  rules = leakage_used === 1 ? RULES.physical : RULES.hotspot,
) {
  const given = problemOf();
  const problem = { ...given, options: { ...given.options, leakage_used } };
  const model = hotspotModel(problem, rules, problem.options.r_convec);
  const plan: SolverPlan = { steady: 'cosine-cg', transient, fine: true, limit, why: [] };
  const looks: number[] = [];
  const start = startFrom(problem, model, problem.options.ambient);
  const stepper = hotspotTransient(problem, model, start, { plan, cache, onLook: (_, units) => looks.push(units[0]) });
  const rows = Array.from({ length: SAMPLES }, (_, k) => {
    stepper.step(Float64Array.of(5, k % 2, 2 * (k % 3)));
    return [...stepper.unitsK()];
  });
  return { rows: rows.flat(), looks };
}

function memory(): ResultCache {
  const kept = new Map<string, readonly Float64Array[]>();
  return { get: (key) => kept.get(key), put: (key, columns) => void kept.set(key, columns) };
}

describe('a plan that takes more work than foreseen is left', () => {
  const exact = run('exponential', Number.POSITIVE_INFINITY);
  const reduced = run('modal', Number.POSITIVE_INFINITY);
  const isClose = (a: readonly number[], b: readonly number[], within = 1e-4): void => {
    expect(a).toHaveLength(b.length);
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i])).toBeLessThan(within);
    });
  };

  test('before a reduced model is made: the steps are those of nodes', () => {
    expect(run('modal', 1)).toEqual(exact);
  });

  test('between samples: what follows are the steps of a reduced model, and no look is repeated', () => {
    // A sample takes some 1e7 multiply-adds, as four steps, each of 21 solutions.
    const switched = run('exponential', 1e7);
    expect(switched.rows.slice(0, 3)).toEqual(exact.rows.slice(0, 3));
    expect(switched.rows).not.toEqual(exact.rows);
    expect(switched.rows.slice(-3)).toEqual(reduced.rows.slice(-3));
    isClose(switched.rows, exact.rows);
    isClose(switched.looks, exact.looks);
  });

  test('with leakage, which follows the temperatures of whichever steps there are', () => {
    const [leaky, switched] = [Number.POSITIVE_INFINITY, 1e7].map((limit) => run('exponential', limit, undefined, 1));
    const modal = run('modal', Number.POSITIVE_INFINITY, undefined, 1);
    expect(switched.rows.slice(0, 3)).toEqual(leaky.rows.slice(0, 3));
    expect(switched.rows).not.toEqual(leaky.rows);
    // Without leakage the reduced model is 1.1e-4 K off on this network.
    isClose(switched.rows, leaky.rows, 2e-4);
    isClose(switched.looks, leaky.looks, 2e-4);
    isClose(modal.rows, leaky.rows, 2e-4);
    // 64 mm2 leak 0.1 W at 318 K: 2 mK and more within 6 ms.
    const plain = run('exponential', Number.POSITIVE_INFINITY, undefined, 0, RULES.physical);
    expect(leaky.rows[leaky.rows.length - 1] - plain.rows[plain.rows.length - 1]).toBeGreaterThan(2e-3);
  });

  test('the same again, whatever the state of the cache', () => {
    const cache = memory();
    const first = run('exponential', 1e7, cache);
    expect(run('exponential', 1e7, cache)).toEqual(first);
    // The cache has the model now; a plan that would not have made it does without it all the same.
    expect(run('modal', 1, cache)).toEqual(exact);
    expect(run('modal', Number.POSITIVE_INFINITY, cache)).toEqual(reduced);
  });
});
