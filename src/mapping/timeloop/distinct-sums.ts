/** Most children whose positions along a sliding rank are looked at one by one. */
const MOST_POSITIONS = 2 ** 16;

/** The number of different values of sum i_k step_k, with 0 <= i_k < bound_k. */
export function distinctSums(steps: readonly number[], bounds: readonly number[]): number {
  const all = bounds.reduce((product, bound) => product * bound, 1);
  if (steps.length <= 1 || all > MOST_POSITIONS) return all;
  let sums = new Set([0]);
  steps.forEach((step, k) => {
    const next = new Set<number>();
    for (const sum of sums) for (let i = 0; i < bounds[k]; i++) next.add(sum + i * step);
    sums = next;
  });
  return sums.size;
}
