import type { ThermalNetwork } from '../../src/thermal/index.ts';

/**
 * Slow and plain: the whole network as one dense matrix, and one step under constant power by the matrix exponential of
 * [[-C^-1 G, C^-1 source], [0, 0]] h, by scaling and squaring of its Taylor series. Small networks only.
 */
export function denseStep(network: ThermalNetwork, rise: Float64Array, source: Float64Array, h: number): Float64Array {
  const { nodes: n, capacity } = network;
  const g = denseConductance(network);
  const m = n + 1;
  const a = new Float64Array(m * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) a[i * m + j] = (-h * g[i * n + j]) / capacity[i];
    a[i * m + n] = (h * source[i]) / capacity[i];
  }
  const e = exponential(a, m);
  return rise.map((_, i) => {
    let sum = e[i * m + n];
    for (let j = 0; j < n; j++) sum += e[i * m + j] * rise[j];
    return sum;
  });
}

/** Steady rise by Gaussian elimination. */
export function denseSteady(network: ThermalNetwork, source: Float64Array): Float64Array {
  const n = network.nodes;
  const a = denseConductance(network);
  const x = source.slice();
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / a[k * n + k];
      if (factor === 0) continue;
      for (let j = k; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
      x[i] -= factor * x[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < n; j++) x[k] -= a[k * n + j] * x[j];
    x[k] /= a[k * n + k];
  }
  return x;
}

export function denseConductance({ nodes: n, conductance }: ThermalNetwork): Float64Array {
  const g = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    g[i * n + i] += conductance.diagonal[i];
    for (let e = conductance.start[i]; e < conductance.start[i + 1]; e++) {
      g[i * n + conductance.column[e]] -= conductance.offDiagonal[e];
    }
  }
  return g;
}

function exponential(a: Float64Array, n: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(a[i * n + j]);
    largest = Math.max(largest, sum);
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(largest)) + 2);
  const scaled = a.map((value) => value / 2 ** squarings);
  let result = identity(n);
  for (let k = 12; k >= 1; k--) {
    result = multiply(scaled, result, n).map((value) => value / k);
    for (let i = 0; i < n; i++) result[i * n + i] += 1;
  }
  for (let k = 0; k < squarings; k++) result = multiply(result, result, n);
  return result;
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
}

function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) c[i * n + j] += factor * b[k * n + j];
    }
  }
  return c;
}
