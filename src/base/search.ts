/**
 * Index of the last of the ascending `values[first]` to `values[last]` that is at most `x`; `first` if there is none.
 * O(log n).
 */
export function lastAtMost(values: ArrayLike<number>, x: number, first = 0, last = values.length - 1): number {
  let low = first;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}
