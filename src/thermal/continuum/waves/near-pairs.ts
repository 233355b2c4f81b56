import type { Assembly } from '../bodies.ts';
import { rateOf, sumsBetween } from '../lateral/index.ts';
import { BEYOND_SHARES, commonShare, type ShortWaves } from '../short/index.ts';
import type { Rectangle } from '../sources.ts';

/**
 * The effect of waves that are too short for the plane of every step. If all of them did the same, it would be felt at the source alone; their
 * difference to the shortest wave of the plane is felt near by too. So these pairs count all waves, those of the plane as its shortest.
 */
export interface NearPairs {
  /** Places in the plane of the waves that count one by one. */
  readonly inPlane: Int32Array;
  /** By bin, 1/m^2: all of the plane, at its shortest wave; those beyond. The last ones, from `together` on, count as one, by `BEYOND_SHARES`. */
  readonly lambda: Float64Array;
  readonly together: number;
  /** By pair, numbers of a place and of a source, and by bin the sum over its cosines of the products of both means, 1/m^2. */
  readonly place: Int32Array;
  readonly source: Int32Array;
  readonly weight: Float64Array;
}

/** Pairs are no further apart, in half waves of the shortest cosines of the plane. */
const REACH = 1;
/** Shortest half waves, in parts of the smallest side of a source; along a side of the die at most; and times the sources: some ten seconds. */
const WAVES_A_SIDE = 8;
const MOST_WAVES = 4096;
const MOST_OF_SOURCES = 4e6;
/** Bins a factor of e of lambda. */
const BINS = 2;

/** `short`: the waves of the plane, which depend on the sources alone. */
export function nearPairs(
  { bodies, die }: Assembly,
  { plane, counts }: ShortWaves,
  sources: readonly Rectangle[],
  places: readonly Rectangle[],
): NearPairs {
  const { widthM, heightM } = bodies[die];
  const pairs = pairsWithin((REACH * widthM) / counts[0], (REACH * heightM) / counts[1], sources, places);
  const smallest = sources.reduce((least, { x0, x1, y0, y1 }) => Math.min(least, x1 - x0, y1 - y0), widthM);
  const most = Math.min(MOST_WAVES, MOST_OF_SOURCES / sources.length);
  const perMetre = Math.min(WAVES_A_SIDE / smallest, most / Math.max(widthM, heightM));
  const [nx, ny] = [widthM, heightM].map((sideM, i) => Math.max(counts[i], Math.ceil(perMetre * sideM)));
  const endOf = (x: number, y: number): number => Math.min(rateOf(x - 1, widthM), rateOf(y - 1, heightM));
  const [cut, end] = [endOf(counts[0], counts[1]), endOf(nx, ny)];
  const inner = Math.max(1, Math.round(BINS * Math.log((2 * end) / cut)));
  const edges = Float64Array.from({ length: inner }, (_, b) => cut * ((2 * end) / cut) ** (b / inner));
  const rectangles = [...sources, ...places];
  const row = pairs.place.map((place) => sources.length + place);
  const sums = sumsBetween({ widthM, heightM, rectangles }, { row, column: pairs.source }, [nx, ny], edges);
  const together = inner + 1;
  const weight = new Float64Array(row.length * (together + 1));
  for (let q = 0; q < row.length; q++) {
    const own = sums.subarray(q * together, (q + 1) * together);
    weight.set(own, q * (together + 1));
    // All cosines make the share of the common area (Parseval).
    const all = commonShare(places[pairs.place[q]], sources[pairs.source[q]]);
    weight[q * (together + 1) + together] = own.reduce((rest, part) => rest - part, all);
  }
  const middles = edges.map((edge) => edge * ((2 * end) / cut) ** (0.5 / inner));
  const beyond = BEYOND_SHARES.map((_, j) => end * Math.exp(j + 0.5));
  const inPlane = Int32Array.from({ length: plane.size }, (_, at) => at).filter((at) => {
    const [i, j] = plane.waves(at);
    return rateOf(i, widthM) + rateOf(j, heightM) <= cut;
  });
  return { ...pairs, inPlane, lambda: Float64Array.of(cut, ...middles, ...beyond), together, weight };
}

/** Pairs of places and sources with gaps along both sides of at most so much, m. */
function pairsWithin(
  gapX: number,
  gapY: number,
  sources: readonly Rectangle[],
  places: readonly Rectangle[],
): Pick<NearPairs, 'place' | 'source'> {
  const [place, source]: [number[], number[]] = [[], []];
  places.forEach((a, i) => {
    sources.forEach((b, u) => {
      if (Math.max(a.x0, b.x0) - Math.min(a.x1, b.x1) > gapX) return;
      if (Math.max(a.y0, b.y0) - Math.min(a.y1, b.y1) > gapY) return;
      place.push(i);
      source.push(u);
    });
  });
  return { place: Int32Array.from(place), source: Int32Array.from(source) };
}
