import type { Trace } from '../result.ts';

/** The mean power of a run whose policies swing between points, over whole swings. */
export interface LimitCycle {
  /** Mean length of a swing, s. */
  readonly lengthS: number;
  /** Mean power by block, W, leakage included. */
  readonly meanW: Float64Array;
}

/** Fewer swings than this are no limit cycle: the run may follow its load. */
const LEAST_CYCLES = 3;
/** A swing counts if it goes beyond this part of the standard deviation on both sides of the mean. */
const HYSTERESIS = 0.5;

/**
 * The limit cycle of a run. A policy that switches at a temperature swings for ever, and the end of a run cuts a swing somewhere: the
 * mean power then depends on where, by more than the tolerance of a start. The mean of all means over one swing does not: each epoch
 * counts with a weight that rises over the first swing and falls over the last. `completed` is the number of inferences. Null if power
 * does not swing at least three times.
 */
export function limitCycle(
  { epochs, durationS, powerW }: Pick<Trace, 'epochs' | 'durationS' | 'powerW'>,
  simulatedS: number,
  completed: number,
): LimitCycle | null {
  // Within an inference power follows its layers, which is no swing.
  const inferenceS = simulatedS / Math.max(1, completed);
  const smoothed = movingMean(sumOf(powerW, epochs), Math.round((inferenceS / simulatedS) * epochs));
  const cycles = swings(smoothed);
  if (cycles < LEAST_CYCLES) return null;
  const ramp = Math.max(1, smoothed.length / cycles);
  const meanW = new Float64Array(powerW.length);
  let all = 0;
  for (let n = 0; n < epochs; n++) {
    const weight = durationS[n] * Math.min(1, (n + 0.5) / ramp, (epochs - n - 0.5) / ramp);
    all += weight;
    for (let u = 0; u < meanW.length; u++) meanW[u] += weight * powerW[u][n];
  }
  for (let u = 0; u < meanW.length; u++) meanW[u] /= all;
  return { lengthS: simulatedS / cycles, meanW };
}

function sumOf(columns: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const column of columns) for (let n = 0; n < length; n++) sum[n] += column[n];
  return sum;
}

/** Means of `width` values in a row. */
function movingMean(values: Float64Array, width: number): Float64Array {
  const w = Math.max(1, Math.min(width, values.length));
  const means = new Float64Array(values.length - w + 1);
  let sum = 0;
  for (let n = 0; n < values.length; n++) {
    sum += values[n] - (n >= w ? values[n - w] : 0);
    if (n >= w - 1) means[n - w + 1] = sum / w;
  }
  return means;
}

/** How often values go from well below their mean to well above it and back. */
function swings(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  let side = 0;
  let changes = 0;
  for (const value of values) {
    const now = value > mean + HYSTERESIS * deviation ? 1 : value < mean - HYSTERESIS * deviation ? -1 : side;
    if (side !== 0 && now !== side) changes++;
    side = now;
  }
  return changes / 2;
}
