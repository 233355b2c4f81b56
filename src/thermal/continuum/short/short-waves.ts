import type { Assembly } from '../bodies.ts';
import { rateOf } from '../lateral/index.ts';
import type { Rectangle } from '../sources.ts';
import { type PlaneWaves, planeWaves } from './plane-waves.ts';

/**
 * The cosines of the die that are too short to be felt by the package beyond the die, one by one, and those that are shorter still as a
 * whole. A sum over them takes as many operations as `PlaneWaves` says, and no memory by pairs of rectangles.
 */
export interface ShortWaves {
  readonly plane: PlaneWaves;
  /** Cosines along x and along y. */
  readonly counts: readonly [number, number];
  /** By bin, 1/m^2: the cosines of the plane, then what is beyond. */
  readonly lambda: Float64Array;
  /** By cosine of the plane, its bin; -1 for one that meets the package. */
  readonly bin: Int16Array;
  /** The first bin beyond the plane. */
  readonly beyond: number;
  /** By source and place that have an area in common: that over both areas, 1/m^2. */
  readonly common: readonly Common[];
}

interface Common {
  readonly place: number;
  readonly source: number;
  readonly share: number;
}

/** Shortest half waves, in parts of the smallest side of a rectangle with power. */
const WAVES_A_SIDE = 8;
/** They are so many times shorter at least than those that meet the package. */
const SHORTER = 2;
/** Multiply-adds of one sum over the plane that are worth the time: in every step, and once. */
export const IN_EVERY_STEP = 7.5e5;
export const ONCE = 1e8;
/** Bins a factor of e of lambda: single cosines are told apart to a fiftieth, what they hold together to 1e-5. */
const BINS = 24;
/**
 * Shares of the bins for what is beyond, each a factor of e of lambda: edges leave the density lambda^(-3/2), over which these are the
 * integrals. The last one takes the rest.
 */
export const BEYOND_SHARES = Float64Array.from({ length: 14 }, (_, j) => {
  return Math.exp(-j / 2) - (j < 13 ? Math.exp(-(j + 1) / 2) : 0);
});

export function shortWaves(
  { bodies, die }: Assembly,
  sources: readonly Rectangle[],
  places: readonly Rectangle[],
  mostOperations: number,
): ShortWaves {
  const { x, y, widthM, heightM } = bodies[die];
  const smallest = sources.reduce((least, { x0, x1, y0, y1 }) => Math.min(least, x1 - x0, y1 - y0), widthM);
  const intervals = Math.min(distinct(sources, 'x0'), distinct(sources, 'y0'));
  const affordable = Math.sqrt(mostOperations / intervals / (widthM * heightM));
  const perMetre = Math.max(
    (SHORTER * x.count) / widthM,
    (SHORTER * y.count) / heightM,
    Math.min(WAVES_A_SIDE / smallest, affordable),
  );
  const [nx, ny] = [Math.ceil(perMetre * widthM), Math.ceil(perMetre * heightM)];
  const plane = planeWaves({ widthM, heightM }, [nx, ny], sources, places);
  const least = Math.min(rateOf(x.count, widthM), rateOf(y.count, heightM));
  const most = rateOf(nx - 1, widthM) + rateOf(ny - 1, heightM);
  const count = Math.ceil(BINS * Math.log(most / least)) + 1;
  const bin = Int16Array.from({ length: plane.size }, (_, at) => {
    const [i, j] = plane.waves(at);
    if (i < x.count && j < y.count) return -1;
    return Math.round(BINS * Math.log((rateOf(i, widthM) + rateOf(j, heightM)) / least));
  });
  const first = Math.min(rateOf(nx - 1, widthM), rateOf(ny - 1, heightM));
  const lambda = Float64Array.from({ length: count + BEYOND_SHARES.length }, (_, b) =>
    b < count ? least * Math.exp(b / BINS) : first * Math.exp(b - count + 0.5),
  );
  return { plane, counts: [nx, ny], lambda, bin, beyond: count, common: commonAreas(sources, places) };
}

function distinct(rectangles: readonly Rectangle[], edge: 'x0' | 'y0'): number {
  return new Set(rectangles.map((one) => one[edge])).size;
}

function commonAreas(sources: readonly Rectangle[], places: readonly Rectangle[]): Common[] {
  const common: Common[] = [];
  places.forEach((a, place) => {
    sources.forEach((b, source) => {
      const share = commonShare(a, b);
      if (share > 0) common.push({ place, source, share });
    });
  });
  return common;
}

/** The area that two rectangles have in common over both areas, 1/m^2. */
export function commonShare(a: Rectangle, b: Rectangle): number {
  const across = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
  const along = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
  return (across / (a.x1 - a.x0) / (b.x1 - b.x0)) * (along / (a.y1 - a.y0) / (b.y1 - b.y0));
}

/** The value of all that is beyond the plane, of values by bin. */
export function beyondOf({ beyond }: ShortWaves, value: Float64Array): number {
  return BEYOND_SHARES.reduce((sum, part, j) => sum + part * value[beyond + j], 0);
}

/** The sum over the short waves of values by bin, of each source at the place of the same number, of which there are as many. */
export function ownShort(waves: ShortWaves, value: Float64Array): Float64Array {
  const own = waves.plane.ofPairs(lessBeyond(waves, value));
  const whole = beyondOf(waves, value);
  for (const { place, source, share } of waves.common) if (place === source) own[source] += whole * share;
  return own;
}

/** By cosine of the plane: its value, less that of what is beyond, which all rectangles have in common areas. */
export function lessBeyond(waves: ShortWaves, value: Float64Array): Float64Array {
  const whole = beyondOf(waves, value);
  const { bin } = waves;
  // A plain loop: `Float64Array.from` of an array of another type takes ten times as long and more.
  const less = new Float64Array(bin.length);
  for (let k = 0; k < less.length; k++) less[k] = (bin[k] < 0 ? 0 : value[bin[k]]) - whole;
  return less;
}

/** By place and source, the sum over the short waves of values by bin times the means of both: F diag(value) F'. */
export function allShort(waves: ShortWaves, value: Float64Array, sources: number): Float64Array {
  const all = waves.plane.ofAll(lessBeyond(waves, value));
  const whole = beyondOf(waves, value);
  for (const { place, source, share } of waves.common) all[place * sources + source] += whole * share;
  return all;
}

/** mean += the sum over the short waves of values by bin times the means over places and the mean of p: F diag(value) F' p. */
export function addShort(waves: ShortWaves, value: Float64Array, p: Float64Array, mean: Float64Array): void {
  const { plane, common } = waves;
  const amplitude = new Float64Array(plane.size);
  const read = new Float64Array(mean.length);
  plane.project(p, amplitude);
  const factor = lessBeyond(waves, value);
  for (let k = 0; k < amplitude.length; k++) amplitude[k] *= factor[k];
  plane.read(amplitude, read);
  const whole = beyondOf(waves, value);
  for (const { place, source, share } of common) read[place] += whole * share * p[source];
  for (let i = 0; i < mean.length; i++) mean[i] += read[i];
}
