import { innerProducts } from '../../numeric/panels.ts';
import type { Assembly, Body } from './bodies.ts';
import { applyCapacity, heatCapacityOf, type Ladder, ladderOf, solveLadder } from './ladder.ts';
import { cosineModes } from './lateral.ts';
import type { Rectangle, Source } from './sources.ts';

/**
 * The cosines of the die that are too short to be felt by the package beyond the die: each sees the layers as if all ended with
 * the die, which the coupled ones do not. Binned by lambda, because only that matters to a response.
 */
export interface Tail {
  /** By bin, 1/m^2. */
  readonly lambda: Float64Array;
  /** By bin, count x count: sum over the bin's modes of the products of two rectangles' means, 1/m^2. */
  readonly weight: readonly Float64Array[];
}

/** Bins a factor of e of lambda: their width leaves 1e-4 of what they hold. */
const BINS = 12;

/** Shortest half waves, in parts of the smallest side of a rectangle: what is beyond is known from the whole (Parseval). */
const WAVES_A_SIDE = 8;

/** Bins for what is beyond, each a factor of e of lambda: edges leave the density lambda^(-3/2). */
const BEYOND = 14;

/** Products of pairs of rectangles that are worth the time: a second or so. */
const MOST_PRODUCTS = 1.5e9;

export function tailOf({ bodies, die }: Assembly, rectangles: readonly Rectangle[]): Tail {
  const body = bodies[die];
  const { widthM, heightM } = body;
  const smallest = rectangles.reduce((least, { x0, x1, y0, y1 }) => Math.min(least, x1 - x0, y1 - y0), widthM);
  const pairs = (rectangles.length * (rectangles.length + 1)) / 2;
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
  const weight = used.map(({ modes }) => gram(modes, nx, ofX, ofY));
  const rest = restOf(weight, body, rectangles);
  for (let j = 0; j < BEYOND; j++) {
    // Of the integral of lambda^(-3/2); the last bin takes what is left.
    const share = Math.exp(-j / 2) - (j + 1 < BEYOND ? Math.exp(-(j + 1) / 2) : 0);
    weight.push(rest.map((value) => share * value));
  }
  return { lambda: Float64Array.from(lambda), weight };
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
  const weight = more.map(([, modes]) => gramOf(modes, (u, mode) => means[u][mode], means.length));
  const lambda = [...tail.lambda, ...more.map(([bin]) => Math.exp(bin / BINS))];
  return { lambda: Float64Array.from(lambda), weight: [...tail.weight, ...weight] };
}

type Means = readonly Float64Array[];

function gram(modes: readonly number[], nx: number, ofX: Means, ofY: Means): Float64Array {
  return gramOf(modes, (u, mode) => ofX[u][mode % nx] * ofY[u][Math.floor(mode / nx)], ofX.length);
}

/** Products of `m` rows over some modes. */
function gramOf(modes: readonly number[], mean: (u: number, mode: number) => number, m: number): Float64Array {
  const n = modes.length;
  const values = new Float64Array(m * n);
  for (let u = 0; u < m; u++) for (let at = 0; at < n; at++) values[u * n + at] = mean(u, modes[at]);
  const rows = { values, at: 0, stride: n, count: m };
  const out = new Float64Array(m * m);
  innerProducts(rows, rows, n, out);
  return out;
}

/** What all cosines together hold (the share of area that two rectangles have in common), less the coupled ones and `weight`. */
function restOf(weight: readonly Float64Array[], { x, y }: Body, rectangles: readonly Rectangle[]): Float64Array {
  const m = rectangles.length;
  const coupled = gram(
    Array.from({ length: x.count * y.count }, (_, i) => i),
    x.count,
    rectangles.map(({ x0, x1 }) => x.means(x0, x1)),
    rectangles.map(({ y0, y1 }) => y.means(y0, y1)),
  );
  return coupled.map((value, at) => {
    const [a, b] = [rectangles[Math.floor(at / m)], rectangles[at % m]];
    const across = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
    const along = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
    const whole = (across / (a.x1 - a.x0) / (b.x1 - b.x0)) * (along / (a.y1 - a.y0) / (b.y1 - b.y0));
    return whole - weight.reduce((sum, one) => sum + one[at], value);
  });
}

/** What a tail adds at one shift, sources x sources: to the response, and to the heat that two responses store together. */
export interface TailResponse {
  readonly response: Float64Array;
  readonly stored: () => Float64Array;
}

export function tailResponse(assembly: Assembly, tail: Tail, sources: readonly Source[], shift: number): TailResponse {
  const { layers, cooling } = assembly;
  const ladder = ladderOf(layers, cooling, tail.lambda, shift);
  const bins = tail.lambda.length;
  const faces = [...new Set(sources.map(({ face }) => face))];
  const fields = new Map(faces.map((face): [number, Float64Array] => [face, unitField(ladder, face)]));
  /** By bin, of two faces. */
  const between = (f: number, g: number): Float64Array => fields.get(f)!.subarray(g * bins, (g + 1) * bins);
  const heat = (f: number, g: number): Float64Array => {
    const [x, image, sum] = [fields.get(f)!, new Float64Array(ladder.faces * bins), new Float64Array(bins)];
    applyCapacity(heatCapacityOf(ladder, layers, cooling), fields.get(g)!, image);
    for (let i = 0; i < x.length; i++) sum[i % bins] += x[i] * image[i];
    return sum;
  };
  return {
    response: weighted(tail, sources, faces, between),
    stored: () => weighted(tail, sources, faces, heat),
  };
}

/** Sum over the bins of their weights times what they do from face to face, sources x sources. */
function weighted(
  { weight }: Tail,
  sources: readonly Source[],
  faces: readonly number[],
  between: (f: number, g: number) => Float64Array,
): Float64Array {
  const m = sources.length;
  const rectangles = Math.round(Math.sqrt(weight[0].length));
  const out = new Float64Array(m * m);
  for (const f of faces) {
    for (const g of faces) {
      const values = between(f, g);
      for (let u = 0; u < m; u++) {
        if (sources[u].face !== f) continue;
        for (let v = 0; v < m; v++) {
          if (sources[v].face !== g) continue;
          const pair = sources[u].rectangle * rectangles + sources[v].rectangle;
          let sum = 0;
          for (let b = 0; b < values.length; b++) sum += weight[b][pair] * values[b];
          out[u * m + v] = sum;
        }
      }
    }
  }
  return out;
}

/** Temperatures for a unit load at a face, face x mode. */
export function unitField(ladder: Ladder, face: number): Float64Array {
  const x = new Float64Array(ladder.faces * ladder.modes);
  x.fill(1, face * ladder.modes, (face + 1) * ladder.modes);
  solveLadder(ladder, x);
  return x;
}
