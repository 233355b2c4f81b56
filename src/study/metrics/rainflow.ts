/** The cycles of a series, as columns. */
export interface RainflowCycles {
  /** Difference between the two turning points of each cycle, in the unit of the series. */
  readonly range: Float64Array;
  /** Their mean. */
  readonly mean: Float64Array;
  /** 1 for a whole cycle, 0.5 for a half one. */
  readonly count: Float64Array;
}

/**
 * The turning points of a series, its first and last value included. Repeated values count once. A series without a
 * change has one turning point.
 */
export function turningPoints(values: ArrayLike<number>): Float64Array {
  const points = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (n > 0 && value === points[n - 1]) continue;
    // The last point moves on as long as the series keeps its direction.
    const goesOn = n > 1 && value > points[n - 1] === points[n - 1] > points[n - 2];
    if (goesOn) points[n - 1] = value;
    else points[n++] = value;
  }
  return points.slice(0, n);
}

/**
 * Counts cycles by the three-point rainflow method. Ranges that remain open at the end count as half cycles (ASTM E1049-85,
 * 5.4.4). Takes O(n) time for n values.
 */
export function rainflow(values: ArrayLike<number>): RainflowCycles {
  const points = turningPoints(values);
  const open = new Float64Array(points.length);
  const range = new Float64Array(points.length);
  const mean = new Float64Array(points.length);
  const count = new Float64Array(points.length);
  let cycles = 0;
  let first = 0;
  let end = 0;
  const add = (a: number, b: number, times: number): void => {
    range[cycles] = Math.abs(a - b);
    mean[cycles] = (a + b) / 2;
    count[cycles++] = times;
  };
  for (const point of points) {
    open[end++] = point;
    while (end - first >= 3) {
      const [a, b, c] = [open[end - 3], open[end - 2], open[end - 1]];
      if (Math.abs(c - b) < Math.abs(b - a)) break;
      if (end - first === 3) {
        add(a, b, 0.5);
        first++;
      } else {
        add(a, b, 1);
        open[end - 3] = c;
        end -= 2;
      }
    }
  }
  for (let i = first + 1; i < end; i++) add(open[i - 1], open[i], 0.5);
  return { range: range.slice(0, cycles), mean: mean.slice(0, cycles), count: count.slice(0, cycles) };
}
