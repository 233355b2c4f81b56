/** Fields chosen from many: their indices, and the row-major factor L of their inner products L L^T. */
export interface Independent {
  readonly kept: Int32Array;
  readonly factor: Float64Array;
}

/**
 * ROUNDING is the relative error of an inner product. TOLERABLE is the share of the square of a new part that rounding
 * may take, where that only affects how fast a direction follows. On 16 hard cases without this limit, estimates up to
 * 2e4 cost less than 1e-10 of the steady state, and 3e6 cost 2e-6.
 */
const ROUNDING = 1e-16;
const TOLERABLE = 0.1;

/**
 * Chooses, in order, the fields whose new part exceeds the share `least`, from their inner products (row-major; lower
 * triangle). The first `orthonormal` fields are orthonormal. Null if rounding hides a new part that matters.
 */
export function independentFields(gram: Float64Array, orthonormal: number, least: Float64Array): Independent | null {
  const order = least.length;
  const factor = new Float64Array(order * order);
  const kept: number[] = [];
  for (let j = 0; j < orthonormal; j++) {
    factor[j * (order + 1)] = 1;
    kept.push(j);
  }
  for (let j = orthonormal; j < order; j++) {
    const size = kept.length;
    const at = size * order;
    const whole = gram[j * order + j];
    for (let i = 0; i < size; i++) {
      factor[at + i] = (gram[j * order + kept[i]] - dot(factor, at, i * order, i)) / factor[i * order + i];
    }
    const square = 1 - dot(factor, at, at, size) / whole;
    const matters = Math.max(square, least[j] ** 2);
    if (ROUNDING * (1 + weightOf(factor, order, kept, gram, whole)) > TOLERABLE * matters) return null;
    if (!(square > least[j] ** 2)) continue;
    factor[at + size] = Math.sqrt(square * whole);
    kept.push(j);
  }
  const size = kept.length;
  const compact = new Float64Array(size * size);
  for (let i = 0; i < size; i++) compact.set(factor.subarray(i * order, i * order + i + 1), i * size);
  return { kept: Int32Array.from(kept), factor: compact };
}

/** Sum of squares of the parts, relative to a field's length, that make up its known component. */
function weightOf(
  factor: Float64Array,
  order: number,
  kept: readonly number[],
  gram: Float64Array,
  whole: number,
): number {
  const size = kept.length;
  const rest = factor.slice(size * order, size * order + size);
  let sum = 0;
  for (let i = size - 1; i >= 0; i--) {
    const weight = rest[i] / factor[i * order + i];
    sum += weight * weight * gram[kept[i] * (order + 1)];
    for (let j = 0, at = i * order; j < i; j++) rest[j] -= weight * factor[at + j];
  }
  return sum / whole;
}

function dot(x: Float64Array, i: number, j: number, count: number): number {
  let sum = 0;
  for (const end = i + count; i < end; i++, j++) sum += x[i] * x[j];
  return sum;
}
