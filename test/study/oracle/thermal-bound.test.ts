import { describe, expect, test } from 'vitest';
import { leastPower, mostWork, type SteadyMode, type ThermalProblem } from '../../../src/study/oracle/index.ts';

const AMBIENT_K = 300;
const mode = (rate: number, powerW: number, leakPerK = 0): SteadyMode => ({
  rate,
  blockW: [powerW],
  offDieW: 0,
  leakageW: (temperatureK) => [leakPerK * (temperatureK[0] - AMBIENT_K)],
});
/** One block of 10 K/W: rest, half speed at 1 W, full speed at 4 W. */
const problem = (limitK: number, rate: number, leakPerK = 0): ThermalProblem => ({
  modes: [mode(0, 0, leakPerK), mode(0.5, 1, leakPerK), mode(1, 4, leakPerK)],
  resistance: [10],
  ambientK: AMBIENT_K,
  limitK,
  rate,
});

describe('the steady state of mixed modes', () => {
  // By hand: 25 K allow 2.5 W, half of the time at each speed: 0.75 of the work.
  test('does the most work that the limit allows', () => {
    const { share, rate, powerW, temperatureK } = mostWork(problem(325, 0))!;
    expect([...share]).toEqual([expect.closeTo(0, 12), expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
    expect([rate, powerW, temperatureK[0]]).toEqual([expect.closeTo(0.75), expect.closeTo(2.5), expect.closeTo(325)]);
  });

  // By hand: 0.6 of the work takes 0.8 at half speed and 0.2 at full speed: 1.6 W.
  test('does the asked work at the least power', () => {
    expect(leastPower(problem(325, 0.6))!.powerW).toBeCloseTo(1.6, 12);
    expect(leastPower(problem(325, 0.8))).toBeNull();
  });

  // By hand: leakage of 0.05 W/K makes the rise P R / (1 - 0.05 R) = 20 P, so 25 K allow 1.25 W of work: 1/12 at full speed.
  test('has the leakage of its own temperature', () => {
    const { rate, powerW, temperatureK } = mostWork(problem(325, 0, 0.05))!;
    expect(rate).toBeCloseTo(0.5 + 0.5 / 12, 6);
    expect(temperatureK[0]).toBeCloseTo(325, 6);
    expect(powerW).toBeCloseTo(2.5, 6);
  });

  test('is null if the leakage runs away', () => {
    expect(leastPower(problem(325, 0.5, 0.2))).toBeNull();
  });
});
