import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArrayRates, fairShares } from '../../src/cosim/pipelines/fair-shares.ts';
import { lawOptions } from '../tier.ts';

type Wish = readonly [computeS: number, bytes: number, latencyS: number];

/** Seconds of a stage of each array. */
function stages(wishes: readonly Wish[], bytesPerS: number): number[] {
  const rates: ArrayRates = {
    computeS: Float64Array.from(wishes, ([computeS]) => computeS),
    bytes: Float64Array.from(wishes, ([, bytes]) => bytes),
    latencyS: Float64Array.from(wishes, ([, , latencyS]) => latencyS),
    stageS: new Float64Array(wishes.length),
  };
  fairShares(rates, bytesPerS);
  return Array.from(rates.stageS);
}

describe('DRAM of 100 bytes/s', () => {
  test('for one array', () => {
    expect(stages([[1, 50, 0]], 100)).toEqual([1]);
    expect(stages([[1, 200, 0]], 100)).toEqual([2]);
    // Latency delays and occupies nothing: 200 bytes in 2 s, half a second late.
    expect(stages([[1, 200, 0.5]], 100)).toEqual([2.5]);
  });

  test('for two that want too much: half each', () => {
    expect(
      stages(
        [
          [1, 200, 0],
          [1, 100, 0],
        ],
        100,
      ),
    ).toEqual([4, 2]);
  });

  test('for one that wants little and two that want the rest', () => {
    // 10 bytes/s as wanted, 45 of what is left for each of the others.
    const [little, much, more] = stages(
      [
        [1, 10, 0],
        [1, 90, 0],
        [1, 180, 0],
      ],
      100,
    );
    expect([little, much, more]).toEqual([1, 2, 4]);
  });

  test('for one that does nothing', () => {
    expect(
      stages(
        [
          [0, 0, 0],
          [1, 100, 0],
        ],
        100,
      ),
    ).toEqual([0, 1]);
  });
});

test('shares are max-min fair, and all of the bandwidth is used where it is short', () => {
  const wish = fc.tuple(
    fc.double({ min: 0.01, max: 10, noNaN: true }),
    fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 1000, noNaN: true })),
    fc.constant(0),
  );
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 6 }), (wishes) => {
      const stageS = stages(wishes, 100);
      const rates = wishes.map(([, bytes], a) => bytes / stageS[a]);
      const used = rates.reduce((sum, rate) => sum + rate, 0);
      expect(used).toBeLessThanOrEqual(100 * (1 + 1e-12));
      const slowed = wishes.flatMap(([computeS], a) => (stageS[a] > computeS * (1 + 1e-12) ? [a] : []));
      if (slowed.length > 0) expect(used).toBeGreaterThan(100 * (1 - 1e-12));
      // Nobody who has to wait has less than anybody else.
      for (const a of slowed) expect(rates[a]).toBeGreaterThan(Math.max(...rates) * (1 - 1e-12));
      for (const [a, [computeS]] of wishes.entries()) expect(stageS[a]).toBeGreaterThanOrEqual(computeS);
    }),
    lawOptions(300),
  );
});
