import { fail } from '../../base/errors.ts';
import type { ReducedModel } from './reduced-model.ts';

/** The highest temperature of each block within an interval, its ends included, and when. */
export interface IntervalPeak {
  /** By block, K. */
  readonly temperatureK: Float64Array;
  /** By block, seconds after the begin. */
  readonly timeS: Float64Array;
  /** The hottest of them. */
  readonly block: number;
}

/**
 * The highest temperatures inside of a long interval of constant power: after a change of power one that cools may first rise. Under
 * constant power T_u(t) = T_u(inf) + sum_i c_ui exp(-rate_i t), whose slope is known: it is looked at at times in geometric
 * progression, and between a rise and a fall the peak is found by bisection. `state` is the model's before the interval.
 * Errors: `out-of-range` for a duration that is not above 0.
 */
export function peakWithin(
  model: ReducedModel,
  state: Float64Array,
  powerW: Float64Array,
  durationS: number,
): IntervalPeak {
  const decay = decayOf(model, state, powerW);
  const times = interiorTimes(model, durationS);
  const temperatureK = new Float64Array(model.blocks);
  const timeS = new Float64Array(model.blocks);
  const slopes = sampled(decay, times);
  for (let u = 0; u < model.blocks; u++) {
    const consider = (t: number): void => {
      const value = temperatureAt(decay, u, t);
      if (t > 0 && !(value > temperatureK[u])) return;
      temperatureK[u] = value;
      timeS[u] = t;
    };
    consider(0);
    for (let k = 1; k < times.length; k++) {
      const [before, after] = [slopes[(k - 1) * model.blocks + u], slopes[k * model.blocks + u]];
      if (before > 0 && after < 0) consider(falling(decay, u, times[k - 1], times[k]));
    }
    consider(durationS);
  }
  const block = temperatureK.reduce((best, value, u) => (value > temperatureK[best] ? u : best), 0);
  return { temperatureK, timeS, block };
}

/**
 * Seconds after which some block first exceeds `aboveK` under constant power; null if none does within `durationS`. Errors: those
 * of `peakWithin`.
 */
export function timeToExceed(
  model: ReducedModel,
  state: Float64Array,
  powerW: Float64Array,
  durationS: number,
  aboveK: number,
): number | null {
  const decay = decayOf(model, state, powerW);
  const times = interiorTimes(model, durationS);
  const slopes = sampled(decay, times);
  let first: number | null = null;
  for (let u = 0; u < model.blocks; u++) {
    const found = firstAbove(decay, u, times, slopes, aboveK);
    if (found !== null && (first === null || found < first)) first = found;
  }
  return first;
}

/** T_u(t) = steadyK[u] + sum_i amplitude[u k + i] exp(-rate[i] t). */
interface Decay {
  readonly rate: Float64Array;
  readonly steadyK: Float64Array;
  readonly amplitude: Float64Array;
}

function decayOf(
  { blocks, modes, ambientK, rate, input, output }: ReducedModel,
  state: Float64Array,
  powerW: Float64Array,
): Decay {
  const steadyK = new Float64Array(blocks).fill(ambientK);
  const amplitude = new Float64Array(blocks * modes);
  for (let i = 0; i < modes; i++) {
    let drive = 0;
    for (let v = 0; v < blocks; v++) drive += input[i * blocks + v] * powerW[v];
    const steady = drive / rate[i];
    for (let u = 0; u < blocks; u++) {
      steadyK[u] += output[u * modes + i] * steady;
      amplitude[u * modes + i] = output[u * modes + i] * (state[i] - steady);
    }
  }
  return { rate, steadyK, amplitude };
}

/** Times a decade: exponentials change over a whole one. */
const PER_DECADE = 12;

/** 0, a tenth of the fastest time constant, from there in geometric progression to the end. */
function interiorTimes({ rate, modes }: ReducedModel, durationS: number): Float64Array {
  if (!(durationS > 0 && Number.isFinite(durationS))) fail('out-of-range', `an interval of ${durationS} s`);
  const first = Math.min(durationS, 0.1 / rate[modes - 1]);
  const steps = Math.ceil(Math.log10(durationS / first) * PER_DECADE);
  const ratio = steps > 0 ? (durationS / first) ** (1 / steps) : 1;
  const times = Float64Array.from({ length: steps + 2 }, (_, k) => (k === 0 ? 0 : first * ratio ** (k - 1)));
  times[steps + 1] = durationS;
  return times;
}

/** K/s, times x blocks. */
function sampled({ rate, amplitude, steadyK }: Decay, times: Float64Array): Float64Array {
  const blocks = steadyK.length;
  const modes = rate.length;
  const slopes = new Float64Array(times.length * blocks);
  const factor = new Float64Array(modes);
  for (let k = 0; k < times.length; k++) {
    for (let i = 0; i < modes; i++) factor[i] = -rate[i] * Math.exp(-rate[i] * times[k]);
    for (let u = 0, at = 0; u < blocks; u++) {
      let sum = 0;
      for (let i = 0; i < modes; i++, at++) sum += amplitude[at] * factor[i];
      slopes[k * blocks + u] = sum;
    }
  }
  return slopes;
}

function temperatureAt({ rate, amplitude, steadyK }: Decay, u: number, t: number): number {
  let sum = 0;
  for (let i = 0, at = u * rate.length; i < rate.length; i++, at++) sum += amplitude[at] * Math.exp(-rate[i] * t);
  return steadyK[u] + sum;
}

function slopeAt({ rate, amplitude }: Decay, u: number, t: number): number {
  let sum = 0;
  for (let i = 0, at = u * rate.length; i < rate.length; i++, at++)
    sum -= amplitude[at] * rate[i] * Math.exp(-rate[i] * t);
  return sum;
}

/** Halvings: a bracket is at most a fifth of a decade, of which this leaves 1e-12. */
const HALVINGS = 40;

/** Where a slope above 0 at `from` turns below it. */
function falling(decay: Decay, u: number, from: number, to: number): number {
  return bisect(from, to, (t) => slopeAt(decay, u, t) > 0);
}

/** The place between where something holds and where it no longer does. */
function bisect(from: number, to: number, holds: (t: number) => boolean): number {
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (from + to) / 2;
    if (holds(middle)) from = middle;
    else to = middle;
  }
  return to;
}

/** Between two extremes the temperature is monotone: the first end of such a stretch that is above has the crossing before it. */
function firstAbove(decay: Decay, u: number, times: Float64Array, slopes: Float64Array, aboveK: number): number | null {
  const blocks = decay.steadyK.length;
  const below = (t: number): boolean => temperatureAt(decay, u, t) <= aboveK;
  if (!below(0)) return 0;
  for (let k = 1; k < times.length; k++) {
    const [before, after] = [slopes[(k - 1) * blocks + u], slopes[k * blocks + u]];
    const top = before > 0 && after < 0 ? falling(decay, u, times[k - 1], times[k]) : times[k];
    if (!below(top)) return bisect(times[k - 1], top, below);
  }
  return null;
}
