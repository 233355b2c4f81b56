import { describe, expect, test } from 'vitest';
import { HOTSPOT_DEFAULTS } from '../../src/formats/hotspot/config.ts';
import {
  hotspotStack,
  type LeakageModel,
  leakyStepper,
  makeFloorplan,
  modalTransient,
  reduceNetwork,
  steadyResistance,
  steadyWithLeakage,
} from '../../src/thermal/index.ts';
import { codesOf, largestDifference, modelOf } from './support.ts';

const NAMES = ['left', 'right', 'rest'];
const BLOCKS = [
  { name: 'left', leftM: 0, bottomM: 0, widthM: 2e-3, heightM: 3e-3 },
  { name: 'right', leftM: 2e-3, bottomM: 0, widthM: 2e-3, heightM: 3e-3 },
  { name: 'rest', leftM: 0, bottomM: 3e-3, widthM: 4e-3, heightM: 1e-3 },
];
const STACK = hotspotStack({ ...HOTSPOT_DEFAULTS, r_convec: 2, s_spreader: 0.012, s_sink: 0.02, c_convec: 2 });
const { network, map } = modelOf(makeFloorplan(BLOCKS), STACK, { rows: 16, columns: 16 });
const REDUCED = reduceNetwork(network, map);
const RESISTANCE = steadyResistance(REDUCED);
const POWER = Float64Array.of(6, 2, 0.5);

/** `watts` in all at ambient, growing e-fold in 27 K, as HotSpot's leakage does. */
function leakageOf(watts: number): LeakageModel {
  return (temperatureK, powerW) => {
    for (let u = 0; u < powerW.length; u++) {
      powerW[u] = (watts / 3) * Math.exp(0.036 * (temperatureK[u] - STACK.ambientK));
    }
  };
}

function residualK(t: Float64Array, leakage: LeakageModel): number {
  const power = new Float64Array(3);
  leakage(t, power);
  const again = t.map((_, u) => {
    let sum = STACK.ambientK;
    for (let v = 0; v < 3; v++) sum += RESISTANCE[u * 3 + v] * (POWER[v] + power[v]);
    return sum;
  });
  return largestDifference(t, again);
}

describe('steady leakage', () => {
  test.each([0, 0.05, 0.2, 0.4])('%f W at ambient: a fixed point, stable, in few steps', (watts) => {
    const state = steadyWithLeakage(RESISTANCE, STACK.ambientK, POWER, leakageOf(watts));
    expect(residualK(state.temperatureK, leakageOf(watts))).toBeLessThan(1e-8);
    expect(state.spectralRadius).toBeLessThan(1);
    expect(state.iterations).toBeLessThanOrEqual(8);
  });

  test('the radius of a power that grows linearly is R times its slope', () => {
    const one = steadyWithLeakage(Float64Array.of(4), 300, Float64Array.of(1), (t, p) => {
      p[0] = 0.1 * (t[0] - 300);
    });
    // T = 300 + 4 (1 + 0.1 (T - 300)).
    expect(one.temperatureK[0]).toBeCloseTo(300 + 4 / 0.6, 9);
    expect(one.spectralRadius).toBeCloseTo(0.4, 9);
  });

  test('runaway is an error with its condition, and starts where the fixed points end', () => {
    const runaway = (watts: number) => () =>
      steadyWithLeakage(RESISTANCE, STACK.ambientK, POWER, leakageOf(watts), { names: NAMES });
    let [stable, unstable] = [0.2, 50];
    for (let k = 0; k < 40; k++) {
      const middle = (stable + unstable) / 2;
      if (codesOf(runaway(middle)).length > 0) unstable = middle;
      else stable = middle;
    }
    // At the last stable point the loop gain has all but reached 1.
    expect(runaway(stable)().spectralRadius).toBeGreaterThan(0.99);
    expect(codesOf(runaway(unstable))).toEqual(['thermal-runaway']);
    expect(runaway(unstable)).toThrow(/left at 3\d\d\.\d\d K/);
  });
});

describe('leakage in time', () => {
  const LEAK = leakageOf(0.4);

  function advance(durationS: number, stepS: number, options = {}): { t: Float64Array; heat: number; leakJ: number } {
    const solver = modalTransient(REDUCED);
    const stepper = leakyStepper(solver, LEAK, options);
    const steps = Math.round(durationS / stepS);
    let heat = 0;
    let leakJ = 0;
    for (let k = 0; k < steps; k++) {
      stepper.step(POWER, stepS);
      const leakW = stepper.leakageW.reduce((a, b) => a + b, 0);
      leakJ += leakW * stepS;
      heat += (8.5 + leakW) * stepS - stepper.heatOutJ;
    }
    return { t: solver.temperatureK.slice(), heat: heat - solver.storedHeatJ(), leakJ };
  }

  test('steps of 10 ms follow steps of 10 us', () => {
    const fine = advance(0.05, 1e-5);
    const coarse = advance(0.05, 1e-2);
    expect(largestDifference(fine.t, coarse.t)).toBeLessThan(2e-3);
    expect(coarse.leakJ).toBeCloseTo(fine.leakJ, 4);
  });

  test('heat is conserved to rounding', () => {
    for (const step of [1e-4, 1e-2, 0.5]) expect(Math.abs(advance(1, step).heat)).toBeLessThan(1e-9);
  });

  test('a tighter tolerance takes more substeps and changes little', () => {
    const loose = advance(0.02, 0.02, { longestStepS: 0.02, toleranceK: 0.1 });
    const tight = advance(0.02, 0.02, { longestStepS: 0.02, toleranceK: 1e-3 });
    expect(largestDifference(loose.t, tight.t)).toBeLessThan(0.02);
    expect(largestDifference(tight.t, advance(0.02, 1e-5).t)).toBeLessThan(1e-3);
  });

  test('settles where the steady state is', () => {
    const { t } = advance(400, 4, { longestStepS: 1, toleranceK: 5 });
    const steady = steadyWithLeakage(RESISTANCE, STACK.ambientK, POWER, LEAK);
    expect(largestDifference(t, steady.temperatureK)).toBeLessThan(1e-4);
  });

  test('frozen leakage is plain power', () => {
    const solver = modalTransient(REDUCED);
    const plain = modalTransient(REDUCED);
    leakyStepper(solver, (_, powerW) => powerW.fill(1)).step(POWER, 0.003);
    plain.step(
      POWER.map((p) => p + 1),
      0.003,
    );
    expect(largestDifference(solver.temperatureK, plain.temperatureK)).toBeLessThan(1e-9);
  });

  test('runaway is an error, not a number', () => {
    const stepper = leakyStepper(modalTransient(REDUCED), leakageOf(60), { names: NAMES });
    expect(codesOf(() => stepper.step(POWER, 100))).toEqual(['thermal-runaway']);
  });
});
