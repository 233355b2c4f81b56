/** Closed loops on a network of five thermal nodes, computed by an independent script; test/golden/policies/README.md. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exponentialLeakage, logarithmAt } from '../../../src/energy/leakage.ts';
import { createSensors, idealSensors } from '../../../src/policy/index.ts';
import { steadyWithLeakage } from '../../../src/thermal/index.ts';
import { someOf } from '../../tier.ts';
import { BLOCKS, closedLoop, type Epoch, model, resistance, runs, ZERO_C } from './rc-loop.ts';

describe('30 epochs from a warm start', () => {
  test.each(runs)('$policy, $start', ({ policy, T_init, traj }) => {
    const loop = closedLoop({ policy, T_init });
    traj.forEach(([expectedPoint, expectedC], epoch) => {
      const { chosen, celsius } = loop.next().value as Epoch;
      expect([epoch, ...chosen]).toEqual([epoch, ...[expectedPoint].flat()]);
      celsius.forEach((c, i) => {
        expect(Math.abs(c - expectedC[i])).toBeLessThan(1e-6);
      });
    });
  });
});

interface Metrics {
  readonly policy: string;
  readonly start: string;
  readonly T_init: readonly number[];
  readonly peak_c: number;
  readonly energy_J: number;
  readonly leak_J: number;
  readonly work_cycles: number;
  readonly mean_max_c: number;
  readonly time_over_85_s: number;
  readonly transitions: number;
}

const long: {
  readonly epochs: number;
  readonly runs: readonly Metrics[];
  readonly sensor: readonly {
    readonly sensor_quantum_c: number;
    readonly peak_c: number;
    readonly over_s: number;
    readonly work: number;
    readonly transitions: number;
  }[];
  readonly steady_fmax_feedback_c: readonly number[];
  readonly steady_fmax_leak_at_T0_c: readonly number[];
} = JSON.parse(readFileSync('test/golden/policies/closed-loop-rc-metrics.json', 'utf8'));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The metrics of a loop over 3 s. */
function measured(run: Pick<Metrics, 'policy' | 'T_init'>, sensors = idealSensors()): Omit<Metrics, 'start'> {
  const loop = closedLoop(run, sensors);
  const found = { energy_J: 0, leak_J: 0, work_cycles: 0, mean_max_c: 0, time_over_85_s: 0, transitions: 0 };
  let peak_c = Number.NEGATIVE_INFINITY;
  let last: readonly number[] = [];
  for (let n = 0; n < long.epochs; n++) {
    const { chosen, celsius, watts, leakW, cycles } = loop.next().value as Epoch;
    found.transitions += chosen.filter((point, d) => point !== (last[d] ?? 4)).length;
    last = chosen;
    const hottest = Math.max(...celsius.slice(0, BLOCKS));
    peak_c = Math.max(peak_c, hottest);
    found.mean_max_c += hottest / long.epochs;
    found.energy_J += sum(watts) * model.dt_s;
    found.leak_J += sum(leakW) * model.dt_s;
    found.work_cycles += cycles;
    if (hottest > 85) found.time_over_85_s += model.dt_s;
  }
  return { ...run, ...found, peak_c };
}

describe('3 s from any start', () => {
  // A threshold tells temperatures apart that differ in the last bit; so far both scripts take the same side each time.
  test.each(someOf(long.runs, 3))('$policy, $start', (run) => {
    const found = measured(run);
    expect(found.transitions).toBe(run.transitions);
    expect(Math.abs(found.time_over_85_s - run.time_over_85_s)).toBeLessThan(model.dt_s / 2);
    for (const name of ['peak_c', 'energy_J', 'leak_J', 'work_cycles', 'mean_max_c'] as const) {
      expect(Math.abs(found[name] / run[name] - 1), name).toBeLessThan(1e-9);
    }
  });

  // A reading that is rounded half a quantum too low is one that is rounded down.
  test.each(someOf(long.sensor, 2))('step_wise that sees steps of $sensor_quantum_c C', (expected) => {
    const start = long.runs.find((run) => run.policy === 'step_wise' && run.start === 'self_consistent') as Metrics;
    const quantumK = expected.sensor_quantum_c;
    const spec = { quantumK, offsetK: -quantumK / 2, noiseK: 0, delayEpochs: 0 };
    const found = measured(start, createSensors(new Array(BLOCKS).fill(spec), 0));
    expect(found.transitions).toBe(expected.transitions);
    expect(Math.abs(found.time_over_85_s - expected.over_s)).toBeLessThan(model.dt_s / 2);
    expect(found.peak_c).toBeCloseTo(expected.peak_c, 6);
    expect(found.work_cycles / expected.work).toBeCloseTo(1, 9);
  });
});

test('the steady state at the highest point, with leakage that follows the temperature and without', () => {
  const activity = model.dyn_W_at_1GHz_1V.map((_, b) => sum(model.activity_15_epochs.map((all) => all[b])) / 15);
  const dynamic = model.dyn_W_at_1GHz_1V.map((watts, b) => watts * activity[b]);
  const leaking = [...model.leak_A_at_T0, 0];
  const curve = exponentialLeakage(model.leak_beta);
  const at = (kelvin: number): number =>
    Math.exp(logarithmAt(curve, kelvin) - logarithmAt(curve, model.leak_T0_c + ZERO_C));
  const steadyC = (growth: (kelvin: number) => number): number[] => {
    const { temperatureK } = steadyWithLeakage(
      Float64Array.from(resistance.flat()),
      model.T_amb_c + ZERO_C,
      Float64Array.of(...dynamic, 0),
      (kelvin, watts) => watts.set(leaking.map((amperes, u) => amperes * growth(kelvin[u]))),
    );
    return Array.from(temperatureK, (kelvin) => kelvin - ZERO_C);
  };
  for (const [found, expected] of [
    [steadyC(at), long.steady_fmax_feedback_c],
    [steadyC(() => 1), long.steady_fmax_leak_at_T0_c],
  ]) {
    found.forEach((c, u) => {
      expect(Math.abs(c - expected[u])).toBeLessThan(1e-6);
    });
  }
});
