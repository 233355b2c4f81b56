import { describe, expect, test } from 'vitest';
import { chooseSolver, type ThermalProblem } from '../../src/thermal/index.ts';

/** acc21 over a thousand samples. */
const PROBLEM: ThermalProblem = {
  nodes: 16_396,
  uniformGrid: true,
  sources: 21,
  samples: 1000,
  reducedModelKept: false,
  varyingNetwork: false,
  backwardEuler: false,
};

describe('steady', () => {
  test.each([
    [{}, 'cosine-cg'],
    [{ uniformGrid: false }, 'cholesky'],
  ])('%o: %s', (change, expected) => {
    expect(chooseSolver({ ...PROBLEM, ...change }).steady).toBe(expected);
  });
});

describe('transient', () => {
  test.each<[string, Partial<ThermalProblem>, string]>([
    ['a control loop', {}, 'modal'],
    ['64 sources, long', { sources: 64 }, 'modal'],
    ['a few samples of many sources', { sources: 64, samples: 10 }, 'tr-bdf2'],
    ['a few samples, but no saving: factors cost as much', { samples: 5 }, 'modal'],
    ['many sources, not long', { sources: 150, samples: 50 }, 'tr-bdf2'],
    ['many sources, long', { sources: 150, samples: 1e5 }, 'modal'],
    ['many sources, model kept', { sources: 150, samples: 200, reducedModelKept: true }, 'modal'],
    ['no uniform grid', { uniformGrid: false }, 'tr-bdf2'],
    ['a network that changes, whatever is kept', { varyingNetwork: true, reducedModelKept: true }, 'tr-bdf2'],
    ['backward Euler asked for, whatever else', { backwardEuler: true, varyingNetwork: true }, 'backward-euler'],
  ])('%s', (_, change, expected) => {
    const plan = chooseSolver({ ...PROBLEM, ...change });
    expect(plan.transient).toBe(expected);
    expect(plan.why.map((reason) => reason.slice(0, reason.indexOf(',')))).toEqual([
      `steady: ${plan.steady}`,
      `transient: ${plan.transient}`,
    ]);
  });

  test('states both costs: 1.2 s of reduction against 200 ms a sample, to a factor of two', () => {
    const [, reason] = chooseSolver(PROBLEM).why;
    const [modal, stepping] = [...reason.matchAll(/about ([\d.e+]+) s/g)].map(([, value]) => Number(value));
    expect(Math.abs(Math.log2(modal / 1.2))).toBeLessThan(1);
    expect(Math.abs(Math.log2(stepping / 200))).toBeLessThan(1);
  });
});
