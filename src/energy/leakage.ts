import type { LeakageCurve } from './estimators/leakage-curve.ts';

/**
 * Leakage of logic grows by this factor of e a kelvin, where no curve is known (ours; CACTI's 45 nm HP cells: 0.0146 at
 * 310 K, 0.010 at 390 K).
 */
export const LOGIC_GROWTH_PER_K = 0.015;

/** d ln(current) / dV of leakage unless a design says otherwise, 1/V (docs/methods/loop.md). */
export const LEAKAGE_SLOPE_PER_V = 2.6;

/** ln P over T: straight between knots, and beyond them as between the last two. */
export interface LeakageLogarithm {
  readonly temperatureK: Float64Array;
  readonly logarithm: Float64Array;
  readonly slope: Float64Array;
}

/**
 * The voltage-dependent factor of leakage power, V: the voltage times exp(slope x (V - 1 V)), as the current grows exponentially with
 * the voltage (drain-induced barrier lowering). Its time mean stands for changing voltages; with a slope of 0 it is V itself.
 */
export function leakageVoltage(voltageV: number, slopePerV: number): number {
  return voltageV * Math.exp(slopePerV * (voltageV - 1));
}

/** ln P of logic that grows by `perKelvin` (1/K), 0 at 300 K; the line goes on beyond 300 to 400 K. */
export function exponentialLeakage(perKelvin: number): LeakageLogarithm {
  return curveOf([300, 400], [0, 100 * perKelvin]);
}

/** ln P through measured powers (W) at ascending temperatures (K): linear between them, and on beyond the ends. */
export function tabulatedLeakage({ temperatureK, powerW }: LeakageCurve): LeakageLogarithm {
  return curveOf(temperatureK, powerW.map(Math.log));
}

function curveOf(temperatureK: readonly number[], logarithm: readonly number[]): LeakageLogarithm {
  const slope = temperatureK.slice(1).map((t, i) => (logarithm[i + 1] - logarithm[i]) / (t - temperatureK[i]));
  return {
    temperatureK: Float64Array.from(temperatureK),
    logarithm: Float64Array.from(logarithm),
    slope: Float64Array.from(slope),
  };
}

/** ln P at a temperature in K, relative to where the curve is 0. */
export function logarithmAt({ temperatureK, logarithm, slope }: LeakageLogarithm, t: number): number {
  let i = slope.length - 1;
  while (i > 0 && t < temperatureK[i]) i--;
  return logarithm[i] + slope[i] * (t - temperatureK[i]);
}
