import { once } from '../../base/once.ts';
import type { Assembly, Resolution } from './bodies.ts';
import { eachSource } from './expansion.ts';
import { fluxesIn } from './fluxes/index.ts';
import type { ContinuumNetwork } from './network.ts';
import { type Continuum, coupledOnly, type Response, resampled, responseAt, someSources } from './response.ts';
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
 * A level is compared with one of so many times as many waves; the last one with the one before. The error of rises falls with the square
 * of the waves or faster, so that these parts of the difference bound it: on 48 random packages within 1.1 times, but for a case at 0.1 % of
 * the rise and one at 8.5 % (docs/methods/thermal.md).
 */
const FINER = 3 / 2;
const OF_DIFFERENCE = 1 / (1 - FINER ** -2);
const OF_LAST_DIFFERENCE = 1 / (FINER ** 2 - 1);

/** No error is seen to fall with a higher power on the way to a level that is good enough. */
const MOST_ORDER = 3;

/** By how much fluxes may be off, a part of them, where only differences of rises are sought. */
const OF_FLUXES = 1e-6;

/**
 * Sources that are judged one by one beyond the first level: those whose rise changes most there. With many sources, those whose rise
 * changes most from three quarters of the waves to all of them.
 */
const HARDEST = 8;
const FEWER = 3 / 4;

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
 * difference to half as many waves more. The finest, if none is. `kept` returns what an earlier call of it made for the same network, if it
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
  const networks = new Map<number, ContinuumNetwork>();
  const networkOf = (count: number): ContinuumNetwork => {
    const network = networks.get(count) ?? make(resolutionOf(count));
    networks.set(count, network);
    return network;
  };
  const first = networkOf(LEVELS[0]);
  const judged = powerW ? allUnder(first, powerW) : eachOf(first, (times) => networkOf(times * LEVELS[0]));
  const known = new Map([[LEVELS[0], judged.first]]);
  const risesOf = (count: number): Float64Array => {
    const rises = known.get(count) ?? judged.rises(networkOf(count).continuum.assembly);
    known.set(count, rises);
    return rises;
  };
  const last = !powerW && first.waves() ? LAST_OF_MANY : LEVELS.length - 1;
  for (let level = 0; ; level++) {
    const count = LEVELS[level];
    const error =
      level === LEVELS.length - 1
        ? errorOf(judged, risesOf(count / FINER), risesOf(count), OF_LAST_DIFFERENCE)
        : errorOf(judged, risesOf(count), risesOf(FINER * count), OF_DIFFERENCE);
    if (level === last || isEnough(error)) return { network: networkOf(count), count, error };
    // Levels that would not be enough even if the error fell as fast as that.
    while (level + 1 < last && !isEnough(error, (count / LEVELS[level + 1]) ** MOST_ORDER)) level++;
  }
}

function isEnough({ part, kelvin }: ResolutionError, times = 1): boolean {
  return times * part <= ENOUGH || times * (kelvin ?? Number.POSITIVE_INFINITY) <= ENOUGH_K;
}

/** Sources, and the rises whose error is sought. */
interface Judged {
  /** At the first level, and with any other waves, K; but for a part that waves do not change. */
  readonly first: Float64Array;
  readonly rises: (assembly: Assembly) => Float64Array;
  /** The rises whose parts the errors are, K. */
  readonly whole: Float64Array;
  /** Whether the rises are those under the powers that were given. */
  readonly isUnderPowers: boolean;
}

/** All sources under their powers; the largest rise counts. */
function allUnder({ continuum, steadyUnder }: ContinuumNetwork, powerW: Float64Array): Judged {
  const { sources, tail } = continuum;
  const powers = Float64Array.of(...powerW, 0);
  const response = steadyUnder(powers);
  const own = response.h.subarray(0, sources.length);
  const most = own.reduce((largest, rise) => Math.max(largest, Math.abs(rise)), 0);
  const whole = new Float64Array(sources.length).fill(most);
  // With many rectangles, the waves that assemblies have in common are not told apart from the others.
  const isMany = tail().waves !== null;
  const judged = isMany ? continuum : coupledOnly(continuum);
  const rises = (assembly: Assembly): Float64Array =>
    responseNear(judged, assembly, powers, response.flux).h.subarray(0, sources.length);
  return {
    first: isMany ? own : response.coupledMeans(sources),
    rises,
    whole,
    isUnderPowers: true,
  };
}

/** Every source by itself; `other` has so many times as many waves. */
function eachOf(network: ContinuumNetwork, other: (times: number) => ContinuumNetwork): Judged {
  const waves = network.waves();
  if (waves) return hardestOfMany(network, waves, other(FEWER).continuum.assembly);
  return hardestOf(network, other(FINER).continuum.assembly);
}

/** The sources whose own rises change most from the first level to the one that it is compared with, each by itself. */
function hardestOf({ continuum, steadyResponse }: ContinuumNetwork, finer: Assembly): Judged {
  const { sources } = continuum;
  const { h, count, combination, flux, coupledMeans } = steadyResponse();
  const whole = diagonal(h, count);
  const first = diagonal(coupledMeans(sources), count);
  const all = ownOf(responseNear(coupledOnly(continuum), finer, combination, flux));
  const chosen = largest(whole.map((rise, u) => Math.abs((all[u] - first[u]) / rise)));
  const of = (values: Float64Array): Float64Array => Float64Array.from(chosen, (u) => values[u]);
  const length = flux.length / count;
  const ofChosen = new Float64Array(chosen.length * length);
  chosen.forEach((u, v) => {
    ofChosen.set(flux.subarray(u * length, (u + 1) * length), v * length);
  });
  const some = someSources(continuum, chosen);
  return {
    first: of(first),
    rises: (assembly) =>
      assembly === finer ? of(all) : ownOf(responseNear(some, assembly, eachSource(chosen.length), ofChosen)),
    whole: of(whole),
    isUnderPowers: false,
  };
}

/** Those of many sources whose own rises change most when there are fewer waves. */
function hardestOfMany({ continuum }: ContinuumNetwork, waves: CoupledWaves, fewer: Assembly): Judged {
  const whole = ownSteadyRises(waves);
  const rises = ownSteadyRises(coupledWaves(resampled(continuum, fewer)));
  const chosen = largest(whole.map((rise, u) => Math.abs(1 - rises[u] / rise)));
  const some = someSources(continuum, chosen);
  const response = responseAt(some, 0, eachSource(chosen.length));
  return {
    first: ownOf(response),
    rises: (assembly) => ownOf(responseNear(some, assembly, response.combination, response.flux)),
    whole: Float64Array.from(chosen, (u) => whole[u]),
    isUnderPowers: false,
  };
}

/** Numbers of the largest values, as many as are judged one by one. */
function largest(values: Float64Array): number[] {
  return [...values.keys()].sort((u, v) => values[v] - values[u] || u - v).slice(0, HARDEST);
}

/** The steady response of an assembly with other waves, as exactly as differences need it; `flux` is that of the continuum's own. */
function responseNear(
  continuum: Continuum,
  assembly: Assembly,
  combination: Float64Array,
  flux: Float64Array,
): Response {
  const near = { flux: fluxesIn(assembly, continuum.assembly, flux), tolerance: OF_FLUXES };
  return responseAt(resampled(continuum, assembly), 0, combination, { near });
}

function ownOf({ h, count }: Response): Float64Array {
  return diagonal(h, count);
}

function diagonal(values: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, u) => values[u * (count + 1)]);
}

/** The largest error of a rise, by so many times the difference between two levels. */
function errorOf(
  { whole, isUnderPowers }: Judged,
  fewer: Float64Array,
  more: Float64Array,
  ofDifference: number,
): ResolutionError {
  let [part, kelvin] = [0, 0];
  for (let u = 0; u < whole.length; u++) {
    const error = ofDifference * Math.abs(more[u] - fewer[u]);
    kelvin = Math.max(kelvin, error);
    if (error > 0) part = Math.max(part, error / Math.abs(whole[u]));
  }
  return { part, kelvin: isUnderPowers ? kelvin : null };
}
