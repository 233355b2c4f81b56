import { positiveEigen } from '../../numeric/eigen.ts';
import { gaussRule, lagrangeSlopes, lagrangeValues, lobattoRule } from './quadrature.ts';

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

/** Of the polynomials of an element. */
const DEGREE = 8;

/** Of the points a Gauss rule takes to integrate products of modes over a piece in which both are smooth. */
const GAUSS = 24;

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
  const table = new Float64Array((even + odd) * nodes);
  const lambda = new Float64Array(even + odd);
  [even, odd].forEach((some, p) => {
    const first = p * even;
    lambda.set(solved[p].lambda.subarray(0, some), first);
    table.set(solved[p].vectors.subarray(0, some * nodes), first * nodes);
  });
  const all = even + odd;
  const values = (x: number, out: Float64Array): void => {
    const place = Math.min(half, Math.abs(x));
    let e = 0;
    while (e < breaks.length - 2 && place > breaks[e + 1]) e++;
    const [from, to] = [breaks[e], breaks[e + 1]];
    const weights = lagrangeValues(rule, (2 * (place - from)) / (to - from) - 1);
    for (let i = 0; i < all; i++) {
      let sum = 0;
      for (let j = 0; j <= DEGREE; j++) sum += weights[j] * table[i * nodes + e * DEGREE + j];
      out[i] = i >= even && x < 0 ? -sum : sum;
    }
  };
  const means = (x0: number, x1: number): Float64Array => {
    const sum = new Float64Array(all);
    const value = new Float64Array(all);
    for (const [x, weight] of quadrature(x0, x1, breaks)) {
      values(x, value);
      for (let i = 0; i < all; i++) sum[i] += (weight / (x1 - x0)) * value[i];
    }
    return sum;
  };
  return { sideM: 2 * half, even, count: all, lambda, breaks, values, means };
}

/** Of half of the side. */
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
  const length = mass.reduce((sum, m) => sum + m, 0);
  // Above 0, as the eigenvalue of the uniform mode is not.
  const shift = 1 / length ** 2;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const k = stiffness[(i + first) * nodes + j + first];
      a[i * n + j] = k / (root[i + first] * root[j + first]) + (i === j ? shift : 0);
    }
  }
  const { values, vectors } = positiveEigen(a, n);
  const lambda = values.map((value) => Math.max(0, value - shift));
  const table = new Float64Array(n * nodes);
  for (let mode = 0; mode < n; mode++) {
    // The other half has as much of the norm.
    for (let i = 0; i < n; i++) table[mode * nodes + i + first] = (vectors[mode * n + i] / root[i + first]) * Math.SQRT1_2;
  }
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

/** Points from x0 to x1 and their weights, piece by piece between the breaks on either side of the middle. */
function quadrature(x0: number, x1: number, breaks: readonly number[]): [number, number][] {
  const inner = breaks.flatMap((x) => (x === 0 ? [0] : [x, -x])).filter((x) => x > x0 && x < x1);
  const ends = [x0, ...inner.sort((a, b) => a - b), x1];
  const { points, weights } = gaussRule(GAUSS);
  return ends.slice(1).flatMap((end, i) => {
    const half = (end - ends[i]) / 2;
    return Array.from(points, (x, q): [number, number] => [ends[i] + half * (1 + x), half * weights[q]]);
  });
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
  for (const [x, weight] of quadrature(0, smaller.sideM / 2, breaks)) {
    smaller.values(x, a);
    larger.values(x, b);
    for (let i = 0; i < larger.count; i++) {
      const from = i < larger.even ? 0 : smaller.even;
      const to = i < larger.even ? smaller.even : smaller.count;
      for (let j = from; j < to; j++) down[i * smaller.count + j] += 2 * weight * b[i] * a[j];
    }
  }
  for (let i = 0; i < larger.count; i++) {
    for (let j = 0; j < smaller.count; j++) up[j * larger.count + i] = down[i * smaller.count + j];
  }
  return { larger, smaller, down, up };
}
