import { addProduct } from '../../../numeric/matrix-product.ts';
import { dot } from '../../../numeric/panels.ts';
import { transposed } from '../../../numeric/projection.ts';
import { waveMeans } from '../lateral/index.ts';
import type { Rectangle } from '../sources.ts';

/** Cosines of fewer than so many half waves along either side of a die, and how rectangles meet them. */
export interface PlaneWaves {
  /** Cosines: the first side x the second. The first is that along which sources share more of their edges. */
  readonly size: number;
  /** Half waves along x and along y of a cosine. */
  readonly waves: (at: number) => readonly [number, number];
  /** Amplitudes by cosine (1/m per unit) of one value a source: F' p. */
  project(p: Float64Array, amplitude: Float64Array): void;
  /** Means over the places: F a. */
  read(amplitude: Float64Array, mean: Float64Array): void;
  /** By place and source, the sum over the cosines of a value times the means of both: F diag(value) F'. */
  ofAll(value: Float64Array): Float64Array;
  /** For so many p, `ofAll` takes less than `project` and `read` of each. */
  readonly manyForAll: number;
  /** By source, the sum over the cosines of a value times its mean and that of the place of the same number. */
  ofPairs(value: Float64Array): Float64Array;
}

/** A side of the die: the distinct intervals of some rectangles, and how they meet its waves. */
interface Along {
  /** By rectangle, its interval. */
  readonly interval: Int32Array;
  readonly intervals: number;
  /** Intervals x waves, and transposed. */
  readonly means: Float64Array;
  readonly byWave: Float64Array;
}

interface Side {
  readonly sideM: number;
  readonly count: number;
  readonly ends: (of: Rectangle) => readonly [number, number];
}

/**
 * A cosine's mean over a rectangle is a product of one factor a side. So rectangles are summed along one side first, then all of one
 * interval together along the other: (intervals x cosines + rectangles x waves) multiply-adds instead of rectangles x cosines.
 */
export function planeWaves(
  { widthM, heightM }: { readonly widthM: number; readonly heightM: number },
  [nx, ny]: readonly [number, number],
  sources: readonly Rectangle[],
  places: readonly Rectangle[],
): PlaneWaves {
  const x: Side = { sideM: widthM, count: nx, ends: ({ x0, x1 }) => [x0, x1] };
  const y: Side = { sideM: heightM, count: ny, ends: ({ y0, y1 }) => [y0, y1] };
  // By the sources alone, so that other places can be read of the same amplitudes.
  const isByRows = alongOf(y, sources).intervals <= alongOf(x, sources).intervals;
  const [first, second] = isByRows ? [y, x] : [x, y];
  const [outer, inner] = [alongOf(first, sources), alongOf(second, sources)];
  const [outerOfPlaces, innerOfPlaces] = [alongOf(first, places), alongOf(second, places)];
  const [rows, columns] = [first.count, second.count];
  const sums = new Float64Array(Math.max(outer.intervals, outerOfPlaces.intervals) * columns);
  const panel = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  const readBy = (
    along: Along,
    across: Along,
    amplitude: Float64Array,
    mean: Float64Array,
    sums: Float64Array,
  ): void => {
    sums.fill(0, 0, along.intervals * columns);
    addProduct(
      panel(along.means, rows),
      panel(amplitude, columns),
      panel(sums, columns),
      along.intervals,
      rows,
      columns,
    );
    for (let u = 0; u < mean.length; u++) {
      const from = along.interval[u] * columns;
      const of = across.interval[u] * columns;
      mean[u] = dot(sums.subarray(from, from + columns), across.means.subarray(of, of + columns));
    }
  };
  // Multiply-adds over those along a side.
  const forAll = outer.intervals * outerOfPlaces.intervals * rows + sources.length * places.length;
  const forOne = (outer.intervals + outerOfPlaces.intervals) * rows;
  return {
    size: rows * columns,
    manyForAll: Math.max(2, Math.ceil(forAll / forOne)),
    waves: (at) => {
      const [one, other] = [Math.floor(at / columns), at % columns];
      return isByRows ? [other, one] : [one, other];
    },
    project(p, amplitude) {
      sums.fill(0, 0, outer.intervals * columns);
      for (let u = 0; u < sources.length; u++) {
        const value = p[u];
        if (value === 0) continue;
        for (let k = 0, to = outer.interval[u] * columns, at = inner.interval[u] * columns; k < columns; k++)
          sums[to++] += value * inner.means[at++];
      }
      amplitude.fill(0);
      const { byWave, intervals } = outer;
      addProduct(panel(byWave, intervals), panel(sums, columns), panel(amplitude, columns), rows, intervals, columns);
    },
    read: (amplitude, mean) => readBy(outerOfPlaces, innerOfPlaces, amplitude, mean, sums),
    ofAll(value) {
      const all = new Float64Array(places.length * sources.length);
      const weighted = new Float64Array(rows * columns);
      const ofSources = new Float64Array(outer.intervals * columns);
      const row = new Float64Array(columns);
      const byInterval = membersOf(outer);
      membersOf(outerOfPlaces).forEach((members, interval) => {
        for (let i = 0, at = 0; i < rows; i++) {
          const mean = outerOfPlaces.means[interval * rows + i];
          for (let k = 0; k < columns; k++, at++) weighted[at] = mean * value[at];
        }
        ofSources.fill(0);
        const to = panel(ofSources, columns);
        addProduct(panel(outer.means, rows), panel(weighted, columns), to, outer.intervals, rows, columns);
        for (const place of members) {
          const own = innerOfPlaces.interval[place] * columns;
          byInterval.forEach((others, from) => {
            for (let k = 0; k < columns; k++) row[k] = innerOfPlaces.means[own + k] * ofSources[from * columns + k];
            for (const source of others) {
              const at = inner.interval[source] * columns;
              all[place * sources.length + source] = dot(row, inner.means.subarray(at, at + columns));
            }
          });
        }
      });
      return all;
    },
    ofPairs(value) {
      const sum = new Float64Array(sources.length);
      const along = paired(outer, outerOfPlaces);
      readBy(along, paired(inner, innerOfPlaces), value, sum, new Float64Array(along.intervals * columns));
      return sum;
    },
  };
}

/** By interval, the rectangles that have it. */
function membersOf({ interval, intervals }: Along): number[][] {
  const members: number[][] = Array.from({ length: intervals }, () => []);
  interval.forEach((of, u) => {
    members[of].push(u);
  });
  return members;
}

/** Products of the means over two intervals each, as of one. */
function paired(one: Along, other: Along): Along {
  const waves = one.means.length / one.intervals;
  const known = new Map<string, number>();
  const rows: number[][] = [];
  const interval = one.interval.map((a, u) => {
    const b = other.interval[u];
    const key = `${a} ${b}`;
    const at = known.get(key) ?? rows.push([a * waves, b * waves]) - 1;
    known.set(key, at);
    return at;
  });
  const means = new Float64Array(rows.length * waves);
  rows.forEach(([a, b], row) => {
    for (let k = 0; k < waves; k++) means[row * waves + k] = one.means[a + k] * other.means[b + k];
  });
  return { interval, intervals: rows.length, means, byWave: new Float64Array(0) };
}

function alongOf({ sideM, count, ends }: Side, rectangles: readonly Rectangle[]): Along {
  const known = new Map<string, number>();
  const distinct: (readonly [number, number])[] = [];
  const interval = Int32Array.from(rectangles, (one) => {
    const key = ends(one).join();
    const at = known.get(key) ?? distinct.push(ends(one)) - 1;
    known.set(key, at);
    return at;
  });
  const byWave = waveMeans(sideM, count, distinct);
  return { interval, intervals: distinct.length, byWave, means: transposed(byWave, count, distinct.length) };
}
