/** Cosines of k half waves along the sides of a die, and places over which they are averaged, from its middle. */
export interface Waves {
  readonly widthM: number;
  readonly heightM: number;
  readonly rectangles: readonly {
    readonly x0: number;
    readonly x1: number;
    readonly y0: number;
    readonly y1: number;
  }[];
}

/** Products of the means of cosines over two rectangles each, summed over cosines of alike lambda. */
export interface BinnedProducts {
  /** By bin, 1/m^2. */
  readonly lambda: Float64Array;
  /** By bin, rectangles x columns, 1/m^2. */
  readonly weight: Float64Array[];
  /** The sum over the cosines within, likewise. */
  readonly within: Float64Array;
}

/** Bins a factor of e of lambda: their width leaves 1e-4 of what they hold. */
const BINS = 12;

/** Partial sums that are kept at a time; they stay in the cache. */
const KEPT = 1 << 15;

/** 1/m^2 of a cosine of k half waves over a side. */
export function rateOf(k: number, sideM: number): number {
  return ((Math.PI * k) / sideM) ** 2;
}

/**
 * The cosines of fewer than nx and ny half waves, but for those within, of fewer than cx and cy; of all rectangles with the first
 * `columns` of them.
 */
export function binnedProducts(
  waves: Waves,
  columns: number,
  [nx, ny]: readonly [number, number],
  [cx, cy]: readonly [number, number],
): BinnedProducts {
  const n = waves.rectangles.length;
  const centres = centresOf(waves, [nx, ny], [cx, cy]);
  const sums = pairSums(waves, [nx, ny], [cx, cy], edgesBetween(centres));
  const weight = Array.from(sums.bins, () => new Float64Array(n * columns));
  const within = new Float64Array(n * columns);
  for (let from = 0; from < n; ) {
    const pairs = pairsFrom(from, n, columns, KEPT / (nx + 1));
    const size = pairs.row.length;
    const { bins, own } = sums.of(pairs);
    weight.forEach((values, b) => {
      scatter(bins.subarray(b * size, (b + 1) * size), pairs, columns, values);
    });
    scatter(own, pairs, columns, within);
    from = pairs.row[size - 1] + 1;
  }
  return { lambda: Float64Array.from(sums.bins, (b) => centres[b]), weight, within };
}

/**
 * For some pairs of rectangles, by their numbers, the sums over all cosines of fewer than nx and ny half waves between edges of lambda
 * (ascending; the first sum is below all of them): pairs x (edges + 1), 1/m^2.
 */
export function sumsBetween(
  waves: Waves,
  { row, column }: Pairs,
  [nx, ny]: readonly [number, number],
  edges: Float64Array,
): Float64Array {
  const sums = pairSums(waves, [nx, ny], [0, 0], Float64Array.of(...edges, Number.POSITIVE_INFINITY));
  const count = edges.length + 1;
  const weight = new Float64Array(row.length * count);
  const most = Math.max(1, Math.floor(KEPT / (nx + 1)));
  for (let from = 0; from < row.length; from += most) {
    const some = { row: row.subarray(from, from + most), column: column.subarray(from, from + most) };
    const size = some.row.length;
    const { bins } = sums.of(some);
    sums.bins.forEach((bin, b) => {
      for (let q = 0; q < size; q++) weight[(from + q) * count + bin] = bins[b * size + q];
    });
  }
  return weight;
}

/** The sums of pairs: along a row of cosines a bin is a run, whose sum is the difference of two partial sums that all rows share. */
function pairSums(
  { widthM, heightM, rectangles }: Waves,
  [nx, ny]: readonly [number, number],
  [cx, cy]: readonly [number, number],
  edges: Float64Array,
): { bins: readonly number[]; of: (pairs: Pairs) => { bins: Float64Array; own: Float64Array } } {
  const n = rectangles.length;
  const ofX = waveMeans(
    widthM,
    nx,
    rectangles.map(({ x0, x1 }) => [x0, x1]),
  );
  const ofY = waveMeans(
    heightM,
    ny,
    rectangles.map(({ y0, y1 }) => [y0, y1]),
  );
  const { bins: used, runs } = runsOf(widthM, heightM, [nx, ny], [cx, cy], edges);
  return {
    bins: used,
    of: (pairs) => {
      const sums = partialSums(ofX, n, nx, pairs);
      const { row, column } = pairs;
      const size = row.length;
      const along = new Float64Array(size);
      const own = new Float64Array(size);
      const bins = new Float64Array(used.length * size);
      for (let j = 0; j < ny; j++) {
        for (let q = 0, at = j * n; q < size; q++) along[q] = ofY[at + row[q]] * ofY[at + column[q]];
        for (let run = runs.first[j]; run < runs.first[j + 1]; run++) {
          addRun(bins, runs.bin[run] * size, along, sums, runs.from[run] * size, runs.to[run] * size);
        }
        if (j < cy) addRun(own, 0, along, sums, 0, cx * size);
      }
      return { bins, own };
    },
  };
}

/** y += a (s1 - s0), element by element. */
function addRun(y: Float64Array, at: number, a: Float64Array, s: Float64Array, from: number, to: number): void {
  for (let q = 0; q < a.length; q++) y[at + q] += a[q] * (s[to + q] - s[from + q]);
}

/** Cosines x places: the mean of each cosine over each place. */
export function waveMeans(sideM: number, count: number, places: readonly (readonly [number, number])[]): Float64Array {
  const means = new Float64Array(count * places.length);
  places.forEach(([from, to], u) => {
    const [middle, half] = [(from + to + sideM) / 2, (to - from) / 2];
    for (let k = 0; k < count; k++) {
      const kappa = (Math.PI * k) / sideM;
      const x = kappa * half;
      const sinc = x < 1e-4 ? 1 - (x * x) / 6 : Math.sin(x) / x;
      means[k * places.length + u] = Math.sqrt((k === 0 ? 1 : 2) / sideM) * Math.cos(kappa * middle) * sinc;
    }
  });
  return means;
}

interface Runs {
  /** By row, its first run, and the end of the last. */
  readonly first: number[];
  readonly bin: number[];
  readonly from: number[];
  readonly to: number[];
}

/** Middles of bins of lambda for the cosines between, 1/m^2. */
function centresOf(
  { widthM, heightM }: Waves,
  [nx, ny]: readonly [number, number],
  [cx, cy]: readonly [number, number],
): Float64Array {
  const most = rateOf(nx - 1, widthM) + rateOf(ny - 1, heightM);
  const least = Math.min(rateOf(cx, widthM), rateOf(cy, heightM));
  const count = Math.max(2, Math.ceil(BINS * Math.log(most / least)) + 1);
  return Float64Array.from({ length: count }, (_, b) => least * (most / least) ** (b / (count - 1)));
}

/** Between bins with these middles, whose ratios are equal; the last one has no end. */
function edgesBetween(centres: Float64Array): Float64Array {
  const count = centres.length;
  const [least, most] = [centres[0], centres[count - 1]];
  return centres.map((_, b) =>
    b + 1 < count ? least * (most / least) ** ((b + 0.5) / (count - 1)) : Number.POSITIVE_INFINITY,
  );
}

/** Along every row of cosines, the runs of one bin; of the bins that hold any, by their upper edges. */
function runsOf(
  widthM: number,
  heightM: number,
  [nx, ny]: readonly [number, number],
  [cx, cy]: readonly [number, number],
  edges: Float64Array,
): { bins: number[]; runs: Runs } {
  const runs: Runs = { first: [0], bin: [], from: [], to: [] };
  for (let j = 0; j < ny; j++) {
    const ofRow = rateOf(j, heightM);
    let bin = 0;
    let start = j < cy ? cx : 0;
    for (let i = start; i <= nx; i++) {
      const rate = i < nx ? ofRow + rateOf(i, widthM) : Number.POSITIVE_INFINITY;
      if (rate <= edges[bin] && i < nx) continue;
      if (i > start) {
        runs.bin.push(bin);
        runs.from.push(start);
        runs.to.push(i);
      }
      start = i;
      while (i < nx && rate > edges[bin]) bin++;
    }
    runs.first.push(runs.bin.length);
  }
  const used = [...new Set(runs.bin)].sort((a, b) => a - b);
  const place = new Map(used.map((b, i) => [b, i]));
  return { bins: used, runs: { ...runs, bin: runs.bin.map((b) => place.get(b)!) } };
}

/** Pairs of rectangles, by their numbers. */
interface Pairs {
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/** All pairs (of two columns only the later with the earlier one) of some rows from `first` on, so many at most (or one row). */
function pairsFrom(first: number, rows: number, columns: number, most: number): Pairs {
  const [row, column]: [number[], number[]] = [[], []];
  for (let u = first; u < rows; u++) {
    const width = Math.min(u + 1, columns);
    if (u > first && row.length + width > most) break;
    for (let v = 0; v < width; v++) {
      row.push(u);
      column.push(v);
    }
  }
  return { row: Int32Array.from(row), column: Int32Array.from(column) };
}

/** By number of cosines, the sum over so many of the products of each pair. */
function partialSums(ofX: Float64Array, n: number, nx: number, { row, column }: Pairs): Float64Array {
  const size = row.length;
  const sums = new Float64Array((nx + 1) * size);
  for (let i = 0, to = size; i < nx; i++) {
    for (let q = 0, at = i * n; q < size; q++, to++)
      sums[to] = sums[to - size] + ofX[at + row[q]] * ofX[at + column[q]];
  }
  return sums;
}

/** Into a table of rectangles x columns, both ways where a row is a column too. */
function scatter(values: Float64Array, { row, column }: Pairs, columns: number, table: Float64Array): void {
  for (let q = 0; q < values.length; q++) {
    table[row[q] * columns + column[q]] = values[q];
    if (row[q] < columns) table[column[q] * columns + row[q]] = values[q];
  }
}
