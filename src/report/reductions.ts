/** Works for any number of values, unlike Math.max(...values). */
export function greatest(values: Iterable<number>): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > best) best = value;
  return best;
}

export function least(values: Iterable<number>): number {
  let best = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < best) best = value;
  return best;
}

/** The sum of a column's values, each over its duration: joules of watts. */
export function timeIntegral(column: Float64Array, durationS: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < column.length; n++) sum += column[n] * durationS[n];
  return sum;
}
