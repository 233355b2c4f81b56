/** Points in [-1, 1], ascending, and their weights, which sum to 2. */
export interface Rule {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** Legendre's polynomial of a degree, and the one before, at x. */
function legendre(degree: number, x: number): readonly [number, number] {
  let [before, now] = [1, x];
  for (let n = 2; n <= degree; n++) [before, now] = [now, ((2 * n - 1) * x * now - (n - 1) * before) / n];
  return degree === 0 ? [1, 0] : [now, before];
}

/** Newton's method converges in five steps from these starts; more change nothing. */
const NEWTON = 10;

/** Gauss-Legendre: exact for polynomials up to the degree 2 count - 1. */
export function gaussRule(count: number): Rule {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < NEWTON; step++) {
      const [value, before] = legendre(count, x);
      slope = (count * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    points[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** Gauss-Lobatto of `degree` + 1 points, both ends among them: exact up to the degree 2 degree - 1. */
export function lobattoRule(degree: number): Rule {
  const points = Float64Array.from({ length: degree + 1 }, (_, i) => -Math.cos((Math.PI * i) / degree));
  const weights = new Float64Array(degree + 1);
  for (let i = 0; i <= degree; i++) {
    let x = points[i];
    for (let step = 0; step < NEWTON && i > 0 && i < degree; step++) {
      const [value, before] = legendre(degree, x);
      // (1 - x^2) P' = n (P_(n-1) - x P_n), whose slope is -n (n + 1) P_n.
      x += (before - x * value) / ((degree + 1) * value);
    }
    const [value] = legendre(degree, x);
    points[i] = x;
    weights[i] = 2 / (degree * (degree + 1) * value * value);
  }
  return { points, weights };
}

/** Weights of barycentric interpolation through points. */
function barycentric(points: Float64Array): Float64Array {
  return points.map((x, i) => points.reduce((product, other, j) => (i === j ? product : product / (x - other)), 1));
}

/** Slopes of the Lagrange polynomials of a rule's points: row i holds the slopes at point i, one a polynomial. */
export function lagrangeSlopes({ points }: Rule): Float64Array {
  const n = points.length;
  const w = barycentric(points);
  const slopes = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      slopes[i * n + j] = w[j] / w[i] / (points[i] - points[j]);
      slopes[i * n + i] -= slopes[i * n + j];
    }
  }
  return slopes;
}

/** Writes the values at x of the Lagrange polynomials of a rule's points. */
export type Interpolation = (x: number, out: Float64Array) => void;

export function lagrangeValues({ points }: Rule): Interpolation {
  const w = barycentric(points);
  return (x, out) => {
    let sum = 0;
    for (let i = 0; i < points.length; i++) {
      const distance = x - points[i];
      if (Math.abs(distance) < 1e-14) {
        out.fill(0);
        out[i] = 1;
        return;
      }
      out[i] = w[i] / distance;
      sum += out[i];
    }
    for (let i = 0; i < points.length; i++) out[i] /= sum;
  };
}
