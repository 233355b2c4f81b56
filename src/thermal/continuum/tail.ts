import { addProduct } from '../../numeric/matrix-product.ts';
import { transposed } from '../../numeric/projection.ts';
import type { Assembly } from './bodies.ts';
import { ladderOf } from './ladder.ts';
import { binnedProducts, rateOf, type Waves } from './lateral/index.ts';
import { addShort, allShort, BEYOND_SHARES, commonShare, ONCE, type ShortWaves, shortWaves } from './short/index.ts';
import type { Rectangle, Source } from './sources.ts';
import { unitLoads } from './unit-loads.ts';

/**
 * The cosines of the die that are too short to be felt by the package beyond the die: each sees the layers as if all ended with
 * the die, which the coupled ones do not. Binned by lambda, because only that matters to a response.
 */
export interface Tail {
  /** By bin, 1/m^2. */
  readonly lambda: Float64Array;
  /** The first rectangles, where power enters. */
  readonly columns: number;
  /**
   * By bin, rectangles x columns: sum over the bin's modes of the products of two rectangles' means, 1/m^2. With many rectangles these
   * would fill the memory. The waves are then kept one by one.
   */
  readonly weight: readonly Float64Array[] | null;
  readonly waves: ShortWaves | null;
}

/** With more rectangles that have power, waves are kept one by one. */
export const MANY_RECTANGLES = 400;

/** Shortest half waves, in parts of the smallest side of a rectangle with power: what is beyond is known from the whole (Parseval). */
const WAVES_A_SIDE = 8;

/** Products of pairs of rectangles that are worth the time: a second or so. */
const MOST_PRODUCTS = 1.5e9;

/** `columns`: power enters in so many of the rectangles, the first. */
export function tailOf(assembly: Assembly, rectangles: readonly Rectangle[], columns: number): Tail {
  if (columns > MANY_RECTANGLES) return tailOfMany(assembly, rectangles, columns);
  const { bodies, die } = assembly;
  const { x, y, widthM, heightM } = bodies[die];
  const smallest = rectangles
    .slice(0, columns)
    .reduce((least, { x0, x1, y0, y1 }) => Math.min(least, x1 - x0, y1 - y0), widthM);
  const pairs = (columns * (columns + 1)) / 2 + (rectangles.length - columns) * columns;
  const affordable = Math.sqrt(MOST_PRODUCTS / pairs / (widthM * heightM));
  const perMetre = Math.max(
    2 * (x.count / widthM),
    2 * (y.count / heightM),
    Math.min(WAVES_A_SIDE / smallest, affordable),
  );
  const sides: Waves = { widthM, heightM, rectangles };
  const [nx, ny] = [Math.ceil(perMetre * widthM), Math.ceil(perMetre * heightM)];
  const { lambda: binned, weight, within } = binnedProducts(sides, columns, [nx, ny], [x.count, y.count]);
  const beyond = Math.min(rateOf(nx - 1, widthM), rateOf(ny - 1, heightM));
  const lambda = [...binned, ...BEYOND_SHARES.map((_, j) => beyond * Math.exp(j + 0.5))];
  const rest = restOf(weight, within, rectangles, columns);
  for (const share of BEYOND_SHARES) weight.push(rest.map((value) => share * value));
  return { columns, lambda: Float64Array.from(lambda), weight, waves: null };
}

function tailOfMany(assembly: Assembly, rectangles: readonly Rectangle[], columns: number): Tail {
  const waves = shortWaves(assembly, rectangles.slice(0, columns), rectangles, ONCE);
  return { columns, lambda: waves.lambda, weight: null, waves };
}

/** A tail with the modes, too, that another assembly no longer couples; or without those that it couples besides. */
export function resampledTail(tail: Tail, from: Assembly, to: Assembly, rectangles: readonly Rectangle[]): Tail {
  const { weight } = tail;
  if (!weight) return tailOfMany(to, rectangles, tail.columns);
  const [before, after] = [from.bodies[from.die], to.bodies[to.die]];
  const isCoarser = after.x.count < before.x.count;
  const [fine, coarse] = isCoarser ? [before, after] : [after, before];
  const sides: Waves = { widthM: before.widthM, heightM: before.heightM, rectangles };
  const more = binnedProducts(sides, tail.columns, [fine.x.count, fine.y.count], [coarse.x.count, coarse.y.count]);
  const added = isCoarser ? more.weight : more.weight.map((values) => values.map((value) => -value));
  const lambda = Float64Array.of(...tail.lambda, ...more.lambda);
  return { columns: tail.columns, lambda, weight: [...weight, ...added], waves: null };
}

/** The sum over all cosines (the share of area that two rectangles have in common), less the coupled ones and `weight`. */
function restOf(
  weight: readonly Float64Array[],
  coupled: Float64Array,
  rectangles: readonly Rectangle[],
  columns: number,
): Float64Array {
  return coupled.map((value, at) => {
    const whole = commonShare(rectangles[Math.floor(at / columns)], rectangles[at % columns]);
    return whole - weight.reduce((sum, one) => sum + one[at], value);
  });
}

/** The part that a tail adds at one shift to combinations of the inputs (sources and ambient, inputs x count). */
export interface TailResponse {
  /** To means over places, places x count. */
  addMeans(places: readonly Source[], combination: Float64Array, count: number, means: Float64Array): void;
  /** To the heat that two combinations store together, count x count. */
  addStored(combination: Float64Array, count: number, stored: Float64Array): void;
}

export const NO_TAIL: TailResponse = { addMeans() {}, addStored() {} };

export function tailResponse(assembly: Assembly, tail: Tail, sources: readonly Source[], shift: number): TailResponse {
  const { layers, cooling } = assembly;
  const { temperature, stored } = unitLoads(ladderOf(layers, cooling, tail.lambda, shift), { layers, cooling });
  const m = sources.length;
  return {
    addMeans(places, combination, count, means) {
      const between: Between = (face, load) => temperature(load, face);
      addTo(tail, places, sources, between, { combination, count }, means);
    },
    addStored(combination, count, all) {
      const ofSources = new Float64Array(m * count);
      addTo(tail, sources, sources, stored, { combination, count }, ofSources);
      const left = transposed(combination.subarray(0, m * count), m, count);
      addProduct(table(left, m), table(ofSources, count), table(all, count), count, m, count);
    },
  };
}

/** By bin, the effect of loads at a face on another. */
type Between = (face: number, load: number) => Float64Array;

interface Combinations {
  readonly combination: Float64Array;
  readonly count: number;
}

/** out += the sum over the bins of their weights times what they do from face to face, of combinations of the sources. */
function addTo(
  tail: Tail,
  places: readonly Source[],
  sources: readonly Source[],
  between: Between,
  { combination, count }: Combinations,
  out: Float64Array,
): void {
  const { waves, columns } = tail;
  const m = sources.length;
  if (waves && count < waves.plane.manyForAll) {
    for (let v = 0; v < count; v++) {
      const p = Float64Array.from(sources, (_, u) => combination[u * count + v]);
      shortMeans(waves, columns, places, sources, between, p).forEach((mean, i) => {
        out[i * count + v] += mean;
      });
    }
    return;
  }
  const whole = betweenAll(tail, places, sources, between);
  addProduct(table(whole, m), table(combination, count), table(out, count), places.length, m, count);
}

function table(values: Float64Array, stride: number) {
  return { values, at: 0, stride };
}

/** Means over places of what powers `p` do in waves that are kept one by one. */
export function shortMeans(
  waves: ShortWaves,
  columns: number,
  places: readonly Source[],
  sources: readonly Source[],
  between: Between,
  p: Float64Array,
): Float64Array {
  const out = new Float64Array(places.length);
  const rectangles = Math.max(...places.map(({ rectangle }) => rectangle)) + 1;
  const faces = [...new Set(places.map(({ face }) => face))];
  for (const load of new Set(sources.map(({ face }) => face))) {
    const powers = new Float64Array(columns);
    sources.forEach(({ rectangle, face }, u) => {
      if (face === load) powers[rectangle] += p[u];
    });
    if (powers.every((value) => value === 0)) continue;
    for (const face of faces) {
      const means = new Float64Array(Math.max(rectangles, columns));
      addShort(waves, between(face, load), powers, means);
      places.forEach((place, i) => {
        if (place.face === face) out[i] += means[place.rectangle];
      });
    }
  }
  return out;
}

/** The mean over each place per unit of each source, places x sources. */
export function betweenAll(
  { columns, weight, waves }: Tail,
  places: readonly Source[],
  sources: readonly Source[],
  between: Between,
): Float64Array {
  const out = new Float64Array(places.length * sources.length);
  const byFace = (of: readonly Source[]): Map<number, number[]> => {
    const found = new Map<number, number[]>();
    of.forEach(({ face }, i) => {
      found.set(face, [...(found.get(face) ?? []), i]);
    });
    return found;
  };
  for (const [face, rows] of byFace(places)) {
    for (const [load, others] of byFace(sources)) {
      const values = between(face, load);
      const all = waves && allShort(waves, values, columns);
      const columnOf = Int32Array.from(others, (v) => sources[v].rectangle);
      const row = new Float64Array(others.length);
      for (const u of rows) {
        const from = places[u].rectangle * columns;
        if (all) for (let v = 0; v < row.length; v++) row[v] = all[from + columnOf[v]];
        else sumOfBins(weight!, values, from, columnOf, row);
        for (let v = 0; v < row.length; v++) out[u * sources.length + others[v]] = row[v];
      }
    }
  }
  return out;
}

/** row = the sum over the bins of a value times the weights from an element on, in some columns. */
function sumOfBins(
  weight: readonly Float64Array[],
  values: Float64Array,
  from: number,
  columnOf: Int32Array,
  row: Float64Array,
): void {
  row.fill(0);
  for (let b = 0; b < values.length; b++) {
    const [table, value] = [weight[b], values[b]];
    for (let v = 0; v < row.length; v++) row[v] += table[from + columnOf[v]] * value;
  }
}
