import { innerProducts } from '../../numeric/panels.ts';
import type { Assembly, Body } from './bodies.ts';
import { ladderOf } from './ladder.ts';
import { cosineModes } from './lateral/index.ts';
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
  /** By bin, rectangles x columns: sum over the bin's modes of the products of two rectangles' means, 1/m^2. */
  readonly weight: readonly Float64Array[];
}

/** Bins a factor of e of lambda: their width leaves 1e-4 of what they hold. */
const BINS = 12;

/** Shortest half waves, in parts of the smallest side of a rectangle with power: what is beyond is known from the whole (Parseval). */
const WAVES_A_SIDE = 8;

/** Bins for what is beyond, each a factor of e of lambda: edges leave the density lambda^(-3/2). */
const BEYOND = 14;

/** Products of pairs of rectangles that are worth the time: a second or so. */
const MOST_PRODUCTS = 1.5e9;

/** `columns`: power enters in so many of the rectangles, the first. */
export function tailOf({ bodies, die }: Assembly, rectangles: readonly Rectangle[], columns: number): Tail {
  const body = bodies[die];
  const { widthM, heightM } = body;
  const smallest = rectangles
    .slice(0, columns)
    .reduce((least, { x0, x1, y0, y1 }) => Math.min(least, x1 - x0, y1 - y0), widthM);
  const pairs = (columns * (columns + 1)) / 2 + (rectangles.length - columns) * columns;
  const affordable = Math.sqrt(MOST_PRODUCTS / pairs / (widthM * heightM));
  const perMetre = Math.max(
    2 * (body.x.count / widthM),
    2 * (body.y.count / heightM),
    Math.min(WAVES_A_SIDE / smallest, affordable),
  );
  const [nx, ny] = [Math.ceil(perMetre * widthM), Math.ceil(perMetre * heightM)];
  const [x, y] = [cosineModes(widthM, nx), cosineModes(heightM, ny)];
  const ofX = rectangles.map(({ x0, x1 }) => x.means(x0, x1));
  const ofY = rectangles.map(({ y0, y1 }) => y.means(y0, y1));
  const coupledX = new Set(body.x.lambda);
  const coupledY = new Set(body.y.lambda);
  const [isX, isY] = [x.lambda.map((l) => +coupledX.has(l)), y.lambda.map((l) => +coupledY.has(l))];
  const most = Math.max(...x.lambda) + Math.max(...y.lambda);
  const least = Math.min(...x.lambda.filter((_, i) => !isX[i]), ...y.lambda.filter((_, i) => !isY[i]));
  const count = Math.max(2, Math.ceil(BINS * Math.log(most / least)) + 1);
  const members: number[][] = Array.from({ length: count }, () => []);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      if (isX[i] && isY[j]) continue;
      members[Math.round(((count - 1) * Math.log((x.lambda[i] + y.lambda[j]) / least)) / Math.log(most / least))].push(
        j * nx + i,
      );
    }
  }
  const used = members.flatMap((modes, b) => (modes.length > 0 ? [{ modes, b }] : []));
  const beyond = Math.min(Math.max(...x.lambda), Math.max(...y.lambda));
  const lambda = [
    ...used.map(({ b }) => least * (most / least) ** (b / (count - 1))),
    ...Array.from({ length: BEYOND }, (_, j) => beyond * Math.exp(j + 0.5)),
  ];
  const weight = used.map(({ modes }) => gram(modes, nx, ofX, ofY, columns));
  const rest = restOf(weight, body, rectangles, columns);
  for (let j = 0; j < BEYOND; j++) {
    // Shares of the integral of lambda^(-3/2); the last bin takes the rest.
    const share = Math.exp(-j / 2) - (j + 1 < BEYOND ? Math.exp(-(j + 1) / 2) : 0);
    weight.push(rest.map((value) => share * value));
  }
  return { columns, lambda: Float64Array.from(lambda), weight };
}

/** A tail with the modes, too, that a coarser assembly no longer couples; `means` are those of the finer one's. */
export function longerTail(tail: Tail, fine: Assembly, coarse: Assembly, means: Means): Tail {
  const [body, fewer] = [fine.bodies[fine.die], coarse.bodies[coarse.die]];
  const kept = new Set<number>();
  const place = (of: 'x' | 'y', i: number): number => (i < fewer[of].even ? i : body[of].even + i - fewer[of].even);
  for (let j = 0; j < fewer.y.count; j++) {
    for (let i = 0; i < fewer.x.count; i++) kept.add(place('y', j) * body.x.count + place('x', i));
  }
  const bins = new Map<number, number[]>();
  body.lambda.forEach((lambda, mode) => {
    if (kept.has(mode)) return;
    const bin = Math.round(BINS * Math.log(lambda));
    bins.set(bin, [...(bins.get(bin) ?? []), mode]);
  });
  const more = [...bins];
  const weight = more.map(([, modes]) => gramOf(modes, (u, mode) => means[u][mode], means.length, tail.columns));
  const lambda = [...tail.lambda, ...more.map(([bin]) => Math.exp(bin / BINS))];
  return { columns: tail.columns, lambda: Float64Array.from(lambda), weight: [...tail.weight, ...weight] };
}

type Means = readonly Float64Array[];

function gram(modes: readonly number[], nx: number, ofX: Means, ofY: Means, columns: number): Float64Array {
  return gramOf(modes, (u, mode) => ofX[u][mode % nx] * ofY[u][Math.floor(mode / nx)], ofX.length, columns);
}

/** Rows whose products are made at a time; of those that are columns too, the products with later ones are spared. */
const ROWS = 16;

/** Products of `m` rows with the first `columns` of them, over some modes. */
function gramOf(
  modes: readonly number[],
  mean: (u: number, mode: number) => number,
  m: number,
  columns: number,
): Float64Array {
  const n = modes.length;
  const values = new Float64Array(m * n);
  for (let u = 0; u < m; u++) for (let at = 0; at < n; at++) values[u * n + at] = mean(u, modes[at]);
  const rows = (first: number, count: number) => ({ values, at: first * n, stride: n, count });
  const out = new Float64Array(m * columns);
  const part = new Float64Array(ROWS * columns);
  for (let first = 0; first < m; first += ROWS) {
    const some = Math.min(ROWS, m - first);
    const others = Math.min(columns, first + some);
    innerProducts(rows(first, some), rows(0, others), n, part);
    for (let i = 0; i < some; i++) {
      const u = first + i;
      for (let v = 0; v < others; v++) {
        out[u * columns + v] = part[i * others + v];
        if (u < columns) out[v * columns + u] = part[i * others + v];
      }
    }
  }
  return out;
}

/** The sum over all cosines (the share of area that two rectangles have in common), less the coupled ones and `weight`. */
function restOf(
  weight: readonly Float64Array[],
  { x, y }: Body,
  rectangles: readonly Rectangle[],
  columns: number,
): Float64Array {
  const coupled = gram(
    Array.from({ length: x.count * y.count }, (_, i) => i),
    x.count,
    rectangles.map(({ x0, x1 }) => x.means(x0, x1)),
    rectangles.map(({ y0, y1 }) => y.means(y0, y1)),
    columns,
  );
  return coupled.map((value, at) => {
    const [a, b] = [rectangles[Math.floor(at / columns)], rectangles[at % columns]];
    const across = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
    const along = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
    const whole = (across / (a.x1 - a.x0) / (b.x1 - b.x0)) * (along / (a.y1 - a.y0) / (b.y1 - b.y0));
    return whole - weight.reduce((sum, one) => sum + one[at], value);
  });
}

/** The part that a tail adds at one shift: to the means over places, places x sources; to the heat that two responses store together. */
export interface TailResponse {
  readonly response: (places: readonly Source[]) => Float64Array;
  readonly stored: () => Float64Array;
}

export function tailResponse(assembly: Assembly, tail: Tail, sources: readonly Source[], shift: number): TailResponse {
  const { layers, cooling } = assembly;
  const { temperature, stored } = unitLoads(ladderOf(layers, cooling, tail.lambda, shift), { layers, cooling });
  return {
    response: (places) => weighted(tail, places, sources, (face, load) => temperature(load, face)),
    stored: () => weighted(tail, sources, sources, stored),
  };
}

/** Sum over the bins of their weights times what they do from face to face, places x sources. */
function weighted(
  { weight, columns }: Tail,
  places: readonly Source[],
  sources: readonly Source[],
  between: (face: number, load: number) => Float64Array,
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
      for (let b = 0; b < values.length; b++) {
        const [table, value] = [weight[b], values[b]];
        for (const u of rows) {
          const from = places[u].rectangle * columns;
          for (const v of others) out[u * sources.length + v] += table[from + sources[v].rectangle] * value;
        }
      }
    }
  }
  return out;
}
