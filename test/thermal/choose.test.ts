import { describe, expect, test } from 'vitest';
import { chooseSolver, type ThermalProblem } from '../../src/thermal/index.ts';

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

  test('states both costs: 1.2 s of reduction against 170 ms a sample, to a factor of two', () => {
    const [, reason] = chooseSolver(PROBLEM).why;
    const [modal, exact] = [...reason.matchAll(/(?:about|exponential) ([\d.e+]+) s/g)].map(([, value]) =>
      Number(value),
    );
    expect(Math.abs(Math.log2(modal / 1.2))).toBeLessThan(1);
    expect(Math.abs(Math.log2(exact / 170))).toBeLessThan(1);
  });
});
