import { once } from '../../base/once.ts';
import type { Resolution } from './bodies.ts';
import { eachSource } from './expansion.ts';
import type { ContinuumNetwork } from './network.ts';
import { coarserContinuum, responseAt } from './response.ts';
import { type CoupledWaves, coupledWaves, ownSteadyRises } from './waves/index.ts';

/** Waves a side, from coarse to fine. */
const LEVELS = [24, 30, 36, 54];

/** The last level for each of many sources by itself in time: the next one takes six minutes to reduce. */
const LAST_OF_MANY = 2;

function resolutionOf(count: number): Resolution {
  return {
    columns: count,
    rows: count,
    elements: 2 * Math.round(count / 6),
    kept: [Math.round((7 / 3) * count), Math.round((5 / 3) * count)],
  };
}

/**
 * Half of the waves tell of the error. Two thirds do not: the error falls unevenly, and on a few random packages it was still two
 * to three times that difference.
 */
const COARSER = 1 / 2;

/** On 35 random packages the error was at most 1.5 times this multiple of the difference (docs/methods/thermal.md). */
const OF_DIFFERENCE = 1.5;

/** The tolerated error: a part of the rise, or kelvins if the rise is known. */
const ENOUGH = 0.005;
const ENOUGH_K = 0.2;

/** How far the resolution along the sides may be off. */
export interface ResolutionError {
  /** The largest part of a block's rise. */
  readonly part: number;
  /** At the powers that were given, K; null without. */
  readonly kelvin: number | null;
}

export interface ChosenNetwork {
  /** Made when first asked for, if the choice was kept. */
  readonly network: () => ContinuumNetwork;
  readonly error: ResolutionError;
}

/** Length of what is kept of a choice. */
export const CHOICE_LENGTH = 3;

/**
 * The coarsest network that is good enough for blocks under the given powers (W by source), or for every block by itself: by the
 * difference to half of the waves. The finest, if none is. `kept` returns what an earlier call of it made for the same network, if it
 * has that: then nothing is compared.
 */
export function chooseNetwork(
  make: (resolution: Resolution) => ContinuumNetwork,
  powerW: Float64Array | null,
  kept: (choose: () => Float64Array) => Float64Array = (choose) => choose(),
): ChosenNetwork {
  let compared: ContinuumNetwork | undefined;
  const [count, part, kelvin] = kept(() => {
    const { network, error, count } = compareLevels(make, powerW);
    compared = network;
    return Float64Array.of(count, error.part, error.kelvin ?? Number.NaN);
  });
  const network = once(() => compared ?? make(resolutionOf(count)));
  return { network, error: { part, kelvin: Number.isNaN(kelvin) ? null : kelvin } };
}

interface ComparedLevel {
  readonly network: ContinuumNetwork;
  readonly count: number;
  readonly error: ResolutionError;
}

function compareLevels(make: (resolution: Resolution) => ContinuumNetwork, powerW: Float64Array | null): ComparedLevel {
  for (let level = 0; ; level++) {
    const count = LEVELS[level];
    const network = make(resolutionOf(count));
    const error = errorOf(network, resolutionOf(count * COARSER), powerW);
    const isEnough = error.part <= ENOUGH || (error.kelvin ?? Number.POSITIVE_INFINITY) <= ENOUGH_K;
    const last = !powerW && network.waves() ? LAST_OF_MANY : LEVELS.length - 1;
    if (isEnough || level === last) return { network, count, error };
  }
}

/** The error of the rises of blocks under these powers, or of each under its own. */
function errorOf(network: ContinuumNetwork, coarser: Resolution, powerW: Float64Array | null): ResolutionError {
  const { continuum } = network;
  if (!powerW && network.waves()) return errorOfMany(network.waves()!, coarser);
  const m = continuum.sources.length;
  const inputs = powerW ? Float64Array.of(...powerW, 0) : eachSource(m);
  const { h: a } = powerW ? responseAt(continuum, 0, inputs) : network.steadyResponse();
  const { h: b } = responseAt(coarserContinuum(continuum, coarser), 0, inputs);
  const step = powerW ? 1 : m + 1;
  let [part, kelvin, most] = [0, 0, 0];
  for (let u = 0; u < m; u++) {
    const error = OF_DIFFERENCE * Math.abs(a[u * step] - b[u * step]);
    kelvin = Math.max(kelvin, error);
    most = Math.max(most, Math.abs(a[u * step]));
    if (a[u * step] !== 0) part = Math.max(part, error / Math.abs(a[u * step]));
  }
  return powerW ? { part: most > 0 ? kelvin / most : 0, kelvin } : { part, kelvin: null };
}

/** The error of the rise of each of many blocks by itself. */
function errorOfMany(waves: CoupledWaves, coarser: Resolution): ResolutionError {
  const fine = ownSteadyRises(waves);
  const coarse = ownSteadyRises(coupledWaves(coarserContinuum(waves.continuum, coarser)));
  const part = fine.reduce((most, rise, u) => Math.max(most, OF_DIFFERENCE * Math.abs(1 - coarse[u] / rise)), 0);
  return { part, kelvin: null };
}
