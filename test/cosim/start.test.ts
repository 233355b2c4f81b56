/** The search for a start temperature. */
import { describe, expect, test } from 'vitest';
import { FixedPoint } from '../../src/cosim/start/fixed-point.ts';

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** Tries x until g(x) is within `tolerance` of it; returns the number of tries and x. */
function search(
  g: (x: Float64Array) => Float64Array,
  first: Float64Array,
  tolerance: number,
  search = new FixedPoint(),
) {
  let x = first;
  for (let tries = 1; tries <= 60; tries++) {
    const wanted = g(x);
    if (wanted.every((value, i) => Math.abs(value - x[i]) <= tolerance)) return { tries, x };
    x = search.next(x, wanted);
  }
  throw new Error('not found');
}

describe('the fixed point', () => {
  /** Two blocks share a power that falls `steepness` times as fast as x rises, between a floor and a ceiling. */
  const throttled =
    (steepness: number) =>
    (x: Float64Array): Float64Array => {
      const total = Math.min(2.2, Math.max(0.9, 1.6 - steepness * (sum(x) - 1.6)));
      return Float64Array.of(0.3 * total, 0.7 * total);
    };

  // By hand: the sum is 1.6 wherever g crosses, and the shares are those of g.
  test.each([0, 0.5, 2, 8, 40])('of a policy that throttles %d times as fast', (steepness) => {
    const { x, tries } = search(throttled(steepness), Float64Array.of(1.1, 1.1), 1e-4);
    expect(sum(x)).toBeCloseTo(1.6, 3);
    expect(x[0] / sum(x)).toBeCloseTo(0.3, 3);
    expect(tries).toBeLessThanOrEqual(12);
  });

  test('of a constant takes two tries', () => {
    expect(search(() => Float64Array.of(1, 2), Float64Array.of(5, 5), 1e-12).tries).toBe(2);
  });

  test('learns the slope of the pairs, and begins with it', () => {
    const learning = new FixedPoint();
    for (const total of [1.5, 1.7])
      learning.next(Float64Array.of(total / 2, total / 2), throttled(2)(Float64Array.of(total, 0)));
    expect(learning.learned).toBeCloseTo(-2, 9);
    // By hand: 1.6 - 2 (1.9 - 1.6) = 1.0 is 0.9 too small at 1.9; a slope of -2 puts the crossing at 1.9 - 0.9 / 3 = 1.6.
    const next = new FixedPoint(learning.learned).next(Float64Array.of(0.9, 1), throttled(2)(Float64Array.of(0.9, 1)));
    expect(sum(next)).toBeCloseTo(1.6, 9);
  });
});
