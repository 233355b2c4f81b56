import { gaussRule, lagrangeSlopes, lagrangeValues, lobattoRule, type Rule } from '../../../numeric/quadrature.ts';
import { ascending, smallSymmetricEigen } from '../../../numeric/symmetric-eigen.ts';

/**
 * Orthonormal modes of lateral conduction along one side of a body, whose ends are adiabatic: -d2/dx2 phi = lambda phi. Places
 * are measured from the middle, because all bodies are concentric: modes that are even there come first, then the odd ones.
 * Mode 0 is the uniform one.
 */
export interface LateralModes {
  readonly sideM: number;
  readonly even: number;
  readonly count: number;
  /** 1/m^2. */
  readonly lambda: Float64Array;
  /** Places between which every mode is smooth, from the middle to the end. */
  readonly breaks: readonly number[];
  /** Values of all modes at x, m^(-1/2), into `out`. */
  values(x: number, out: Float64Array): void;
  /** Their means from x0 to x1. */
  means(x0: number, x1: number): Float64Array;
}

/** Exact: cosines of k half waves over the side, k < count. */
export function cosineModes(sideM: number, count: number): LateralModes {
  const even = Math.ceil(count / 2);
  const waves = Float64Array.from({ length: count }, (_, i) => (i < even ? 2 * i : 2 * (i - even) + 1));
  const kappa = waves.map((k) => (Math.PI * k) / sideM);
  const scale = waves.map((k) => Math.sqrt((k === 0 ? 1 : 2) / sideM));
  return {
    sideM,
    even,
    count,
    lambda: kappa.map((k) => k * k),
    breaks: [0, sideM / 2],
    values(x, out) {
      for (let i = 0; i < count; i++) out[i] = scale[i] * Math.cos(kappa[i] * (x + sideM / 2));
    },
    means(x0, x1) {
      const [middle, half] = [(x0 + x1 + sideM) / 2, (x1 - x0) / 2];
      return scale.map((s, i) => s * Math.cos(kappa[i] * middle) * sinc(kappa[i] * half));
    },
  };
}

function sinc(x: number): number {
  return Math.abs(x) < 1e-4 ? 1 - (x * x) / 6 : Math.sin(x) / x;
}

/** Degree of the polynomials of an element. */
const DEGREE = 8;

/** For products of modes over a piece in which both are smooth; and for the polynomials themselves. */
const OF_PRODUCTS = gaussRule(20);
const EXACT = gaussRule(DEGREE / 2 + 1);
const NO_BREAKS: readonly number[] = [];

/**
 * By spectral elements between the given places (from 0, the middle, to half the side; ascending): polynomials of degree 8 on
 * Gauss-Lobatto points, whose quadrature makes the mass diagonal (Patera 1984). The lowest `count` modes.
 */
export function elementModes(breaks: readonly number[], count: number): LateralModes {
  const half = breaks[breaks.length - 1];
  const rule = lobattoRule(DEGREE);
  const nodes = (breaks.length - 1) * DEGREE + 1;
  const { mass, stiffness } = assembled(breaks);
  const solved = [true, false].map((isEven) => parityModes(mass, stiffness, nodes, isEven));
  const [even, odd] = shares(solved, count);
  const all = even + odd;
  const lambda = Float64Array.from({ length: all }, (_, i) =>
    i < even ? solved[0].lambda[i] : solved[1].lambda[i - even],
  );
  // By node, all modes together.
  const table = new Float64Array(nodes * all);
  for (let i = 0; i < all; i++) {
    const { vectors } = solved[i < even ? 0 : 1];
    const row = i < even ? i : i - even;
    for (let node = 0; node < nodes; node++) table[node * all + i] = vectors[row * nodes + node];
  }
  const interpolate = lagrangeValues(rule);
  const weights = new Float64Array(DEGREE + 1);
  const add = (x: number, factor: number, out: Float64Array): void => {
    const place = Math.min(half, Math.abs(x));
    let e = 0;
    while (e < breaks.length - 2 && place > breaks[e + 1]) e++;
    interpolate((2 * (place - breaks[e])) / (breaks[e + 1] - breaks[e]) - 1, weights);
    const sign = x < 0 ? -factor : factor;
    for (let j = 0, at = e * DEGREE * all; j <= DEGREE; j++, at += all) {
      const weight = factor * weights[j];
      const odd = sign * weights[j];
      for (let i = 0; i < even; i++) out[i] += weight * table[at + i];
      for (let i = even; i < all; i++) out[i] += odd * table[at + i];
    }
  };
  const values = (x: number, out: Float64Array): void => {
    out.fill(0);
    add(x, 1, out);
  };
  /** By element of the half side, the integral of every mode over it. */
  const whole = new Float64Array((breaks.length - 1) * all);
  for (let e = 0; e + 1 < breaks.length; e++) {
    for (let j = 0; j <= DEGREE; j++) {
      const weight = (rule.weights[j] * (breaks[e + 1] - breaks[e])) / 2;
      for (let i = 0, at = (e * DEGREE + j) * all; i < all; i++, at++) whole[e * all + i] += weight * table[at];
    }
  }
  const means = (x0: number, x1: number): Float64Array => {
    const sum = new Float64Array(all);
    const integrate = (from: number, to: number, sign: number): void => {
      for (let e = 0; e + 1 < breaks.length; e++) {
        const [a, b] = [Math.max(from, breaks[e]), Math.min(to, breaks[e + 1])];
        if (a >= b) continue;
        if (a === breaks[e] && b === breaks[e + 1]) {
          const at = e * all;
          for (let i = 0; i < all; i++) sum[i] += (i < even ? 1 : sign) * whole[at + i];
        } else eachPoint(a, b, NO_BREAKS, EXACT, (x, weight) => add(sign * x, weight, sum));
      }
    };
    if (x1 > 0) integrate(Math.max(0, x0), x1, 1);
    if (x0 < 0) integrate(Math.max(0, -x1), -x0, -1);
    for (let i = 0; i < all; i++) sum[i] /= x1 - x0;
    return sum;
  };
  return { sideM: 2 * half, even, count: all, lambda, breaks, values, means };
}

/** Matrices of half of the side. */
function assembled(breaks: readonly number[]): { mass: Float64Array; stiffness: Float64Array } {
  const rule = lobattoRule(DEGREE);
  const slopes = lagrangeSlopes(rule);
  const p = DEGREE + 1;
  const nodes = (breaks.length - 1) * DEGREE + 1;
  const mass = new Float64Array(nodes);
  const stiffness = new Float64Array(nodes * nodes);
  for (let e = 0; e + 1 < breaks.length; e++) {
    const width = breaks[e + 1] - breaks[e];
    const first = e * DEGREE;
    for (let q = 0; q < p; q++) {
      mass[first + q] += (rule.weights[q] * width) / 2;
      for (let i = 0; i < p; i++) {
        for (let j = 0; j < p; j++) {
          const product = (slopes[q * p + i] * slopes[q * p + j] * 2) / width;
          stiffness[(first + i) * nodes + first + j] += rule.weights[q] * product;
        }
      }
    }
  }
  return { mass, stiffness };
}

interface Solved {
  readonly lambda: Float64Array;
  /** One a row, over the nodes of the half side. */
  readonly vectors: Float64Array;
}

/** All modes that are even or odd about the middle; those that are odd are 0 there. */
function parityModes(mass: Float64Array, stiffness: Float64Array, nodes: number, isEven: boolean): Solved {
  const first = isEven ? 0 : 1;
  const n = nodes - first;
  const root = mass.map(Math.sqrt);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      a[i * n + j] = stiffness[(i + first) * nodes + j + first] / (root[i + first] * root[j + first]);
    }
  }
  const { values: lambda, vectors } = ascending(smallSymmetricEigen(a, n));
  const table = new Float64Array(n * nodes);
  for (let mode = 0; mode < n; mode++) {
    // Positive at the end, by which modes of other elements are known again. The other half has as much of the norm.
    const half = vectors[(mode + 1) * n - 1] < 0 ? -Math.SQRT1_2 : Math.SQRT1_2;
    for (let i = 0; i < n; i++) table[mode * nodes + i + first] = (vectors[mode * n + i] / root[i + first]) * half;
  }
  const length = mass.reduce((sum, m) => sum + m, 0);
  if (isEven) {
    lambda[0] = 0;
    table.fill(1 / Math.sqrt(2 * length), 0, nodes);
  }
  return { lambda, vectors: table };
}

/** How many of the even and of the odd modes are among the lowest. */
function shares([even, odd]: readonly Solved[], count: number): [number, number] {
  const all = [...even.lambda, ...odd.lambda].sort((a, b) => a - b);
  const most = count < all.length ? (all[count - 1] + all[count]) / 2 : Number.POSITIVE_INFINITY;
  const below = (of: Solved): number => of.lambda.filter((value) => value <= most).length;
  return [below(even), below(odd)];
}

/** Points and weights from x0 to x1, piece by piece between the breaks on either side of the middle. */
function eachPoint(
  x0: number,
  x1: number,
  breaks: readonly number[],
  { points, weights }: Rule,
  visit: (x: number, weight: number) => void,
): void {
  const inner = breaks.flatMap((x) => (x === 0 ? [0] : [x, -x])).filter((x) => x > x0 && x < x1);
  const ends = [x0, ...inner.sort((a, b) => a - b), x1];
  for (let i = 1; i < ends.length; i++) {
    const half = (ends[i] - ends[i - 1]) / 2;
    for (let q = 0; q < points.length; q++) visit(ends[i - 1] + half * (1 + points[q]), half * weights[q]);
  }
}

/** The lowest modes of these, so many of each parity. */
function truncated(modes: LateralModes, even: number, odd: number): LateralModes {
  const places = Int32Array.from({ length: even + odd }, (_, i) => (i < even ? i : modes.even + i - even));
  const all = new Float64Array(modes.count);
  return {
    ...modes,
    even,
    count: even + odd,
    lambda: Float64Array.from(places, (i) => modes.lambda[i]),
    values(x, out) {
      modes.values(x, all);
      places.forEach((from, i) => {
        out[i] = all[from];
      });
    },
    means: (x0, x1) => {
      const means = modes.means(x0, x1);
      return Float64Array.from(places, (i) => means[i]);
    },
  };
}

/** The `count` lowest modes of these. */
export function lowestModes(modes: LateralModes, count: number): LateralModes {
  if (count >= modes.count) return modes;
  const sorted = Float64Array.from(modes.lambda).sort();
  const most = (sorted[count - 1] + sorted[count]) / 2;
  const below = (from: number, to: number): number =>
    modes.lambda.subarray(from, to).reduce((sum, value) => sum + (value <= most ? 1 : 0), 0);
  return truncated(modes, below(0, modes.even), below(modes.even, modes.count));
}

/** Integrals over the smaller body of its modes with those of the larger: by parity, larger x smaller and transposed. */
export interface Overlap {
  readonly larger: LateralModes;
  readonly smaller: LateralModes;
  /** larger.count x smaller.count, row-major, 0 between modes of different parity; and its transpose. */
  readonly down: Float64Array;
  readonly up: Float64Array;
}

export function overlapOf(smaller: LateralModes, larger: LateralModes): Overlap {
  const down = new Float64Array(larger.count * smaller.count);
  const up = new Float64Array(down.length);
  const [a, b] = [new Float64Array(smaller.count), new Float64Array(larger.count)];
  const breaks = [...new Set([...smaller.breaks, ...larger.breaks])].sort((x, y) => x - y);
  eachPoint(0, smaller.sideM / 2, breaks, OF_PRODUCTS, (x, weight) => {
    smaller.values(x, a);
    larger.values(x, b);
    for (let i = 0; i < larger.count; i++) {
      const from = i < larger.even ? 0 : smaller.even;
      const to = i < larger.even ? smaller.even : smaller.count;
      for (let j = from; j < to; j++) down[i * smaller.count + j] += 2 * weight * b[i] * a[j];
    }
  });
  for (let i = 0; i < larger.count; i++) {
    for (let j = 0; j < smaller.count; j++) up[j * larger.count + i] = down[i * smaller.count + j];
  }
  return { larger, smaller, down, up };
}
