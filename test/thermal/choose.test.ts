import { describe, expect, test } from 'vitest';
import { chooseSolver, type ThermalProblem } from '../../src/thermal/index.ts';
import { modesPlan } from '../../src/thermal/solvers/index.ts';

/** acc21 over a thousand samples. */
const PROBLEM: ThermalProblem = {
  nodes: 16_396,
  uniformGrid: true,
  sources: 21,
  samples: 1000,
  varyingNetwork: false,
  wholeFields: false,
  backwardEuler: false,
};

test.each([
  [{}, 'cosine-cg'],
  [{ uniformGrid: false }, 'cholesky'],
])('steady, %o: %s', (change, expected) => {
  expect(chooseSolver({ ...PROBLEM, ...change }).steady).toBe(expected);
});

test('without samples there is nothing to say of time', () => {
  expect(chooseSolver({ ...PROBLEM, samples: 0 }).why).toHaveLength(1);
});

describe('transient', () => {
  test.each<[string, Partial<ThermalProblem>, string]>([
    ['a control loop', {}, 'modal'],
    ['64 sources, long', { sources: 64 }, 'modal'],
    ['a few samples of many sources', { sources: 64, samples: 10 }, 'exponential'],
    ['many sources, not long', { sources: 150, samples: 50 }, 'exponential'],
    ['many sources, long', { sources: 150, samples: 1e5 }, 'modal'],
    ['no uniform grid, long', { uniformGrid: false }, 'modal'],
    ['every cell', { wholeFields: true }, 'exponential'],
    ['a network that changes', { varyingNetwork: true }, 'exponential'],
    ['backward Euler asked for, whatever else', { backwardEuler: true, varyingNetwork: true }, 'backward-euler'],
  ])('%s', (_, change, expected) => {
    const plan = chooseSolver({ ...PROBLEM, ...change });
    expect(plan.transient).toBe(expected);
    expect(plan.why.map((reason) => reason.split(' ')[0])).toEqual([plan.steady, plan.transient]);
  });

  test('small networks are reduced to the accuracy of the other solvers', () => {
    expect(chooseSolver({ ...PROBLEM, nodes: 2060, samples: 1e5 })).toMatchObject({ transient: 'modal', fine: true });
    expect(chooseSolver(PROBLEM).fine).toBe(false);
  });

  const costs = (change: Partial<ThermalProblem>): number[] => {
    const [, reason] = chooseSolver({ ...PROBLEM, ...change }).why;
    return [...reason.matchAll(/(?:about|exponential) ([\d.e+-]+) s/g)].map(([, value]) => Number(value));
  };

  // CPU seconds from a model's network to the end of its 100 samples, in a process of its own, where 1e9 multiply-adds of a dense product
  // take 0.4 s (measured beside each run, which is scaled by it). The constants were not made of these runs but of nine others.
  test.each([
    [4108, 4, 0.52],
    [9228, 121, 7.6],
    [36_876, 25, 2.45],
    [65_548, 9, 1.93],
  ])('reducing %i nodes to %i sources is said to cost %d s, within 1.5', (nodes, sources, measured) => {
    const [modal] = costs({ nodes, sources, samples: 100 });
    expect(Math.abs(Math.log(modal / measured))).toBeLessThan(Math.log(1.5));
  });

  // CPU seconds of exponentialTransient under random powers, the mean over steps of 10 us, 1 ms and 0.1 s (three decades differ by 2).
  test.each([
    [16_396, 4096, 0.047],
    [40_972, 4096, 0.072],
    [73_740, 4096, 0.1],
    [65_548, 16_384, 0.15],
  ])('a step of %i nodes, %i a plane, is said to cost %d s, within 1.5', (nodes, cells, measured) => {
    const side = Math.sqrt(cells);
    const [, exact] = costs({ nodes, grid: { rows: side, columns: side }, samples: 1000, stepS: 1e-3 });
    expect(Math.abs(Math.log(exact / 1000 / measured))).toBeLessThan(Math.log(1.5));
  });

  // CPU seconds as above. The exponential series' constant comes from five other runs, none of the others from these.
  test.each<[string, number, Partial<ThermalProblem>, 0 | 1, number]>([
    ['100 samples of 0.1 ms', 64, { nodes: 16_396, sources: 25, samples: 100, stepS: 1e-4 }, 1, 3.5],
    ['10 samples of 1 ms', 100, { nodes: 40_012, sources: 25, samples: 10, stepS: 1e-3 }, 1, 1.62],
    [
      '10 samples, secondary path',
      64,
      { nodes: 36_892, sources: 16, samples: 10, stepS: 1e-3, joinedPlanes: 9 },
      1,
      1.46,
    ],
    ['reducing 16 sources, secondary path', 64, { nodes: 36_892, sources: 16, samples: 100, joinedPlanes: 9 }, 0, 2.53],
    ['reducing 9 sources, secondary path', 128, { nodes: 147_484, sources: 9, samples: 100, joinedPlanes: 9 }, 0, 5.18],
  ])('%s on %i cells a side are said to cost what they do, within 1.5', (_, side, change, plan, measured) => {
    const said = costs({ ...change, grid: { rows: side, columns: side } })[plan];
    expect(Math.abs(Math.log(said / measured))).toBeLessThan(Math.log(1.5));
  });
});

// CPU seconds of a cold run of 100 samples, as above. The constants come from 1,024 tiles at samples of 1 ms alone.
test.each([
  ['484 tiles', 484, [876, 847, 847, 827], 23.8],
  ['600 blocks of a random slicing at samples of 10 ms', 600, [453, 436, 436, 428], 9.9],
])('waves of %s are said to take what they take, within 1.5', (_, sources, fields, measured) => {
  const waves = fields.map((count) => ({ fields: count, cosines: 324 }));
  const { transient, why } = modesPlan({ sources, samples: 100, waves });
  const [, said] = /they take about ([\d.]+) s/.exec(why[1]) ?? [];
  expect(transient).toBe('waves');
  expect(Math.max(Number(said) / measured, measured / Number(said))).toBeLessThan(1.5);
  expect(modesPlan({ sources, samples: 100, waves: null }).transient).toBe('modal');
});
