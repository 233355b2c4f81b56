import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketMaxima,
  bucketMeans,
  bucketMinima,
  bucketsOf,
  extremeEpochs,
} from '../../../src/report/charts/downsample.ts';

function times(durations: readonly number[]) {
  let now = 0;
  const durationS = Float64Array.from(durations);
  const timeS = durationS.map((s) => {
    now += s;
    return now;
  });
  return { epochs: durations.length, timeS, durationS };
}

test('by hand: five epochs in two buckets', () => {
  // Epochs 0 and 1 of 1 s and 3 s, then 2, 3 and 4 of 1 s, 1 s and 2 s.
  const buckets = bucketsOf(times([1, 3, 1, 1, 2]), 2);
  expect([...buckets.first]).toEqual([0, 2, 5]);
  expect([...buckets.edgesS]).toEqual([0, 4, 8]);
  const values = Float64Array.of(8, 4, 1, 9, 3);
  // (8 * 1 + 4 * 3) / 4 and (1 * 1 + 9 * 1 + 3 * 2) / 4.
  expect([...bucketMeans(values, buckets)]).toEqual([5, 4]);
  expect([...bucketMinima(values, buckets)]).toEqual([4, 1]);
  expect([...bucketMaxima(values, buckets)]).toEqual([8, 9]);
  expect(extremeEpochs(values, buckets, 'greatest')).toEqual([0, 3, 4]);
  expect(extremeEpochs(values, buckets, 'least')).toEqual([1, 2, 4]);
});

test('few epochs are all kept', () => {
  const trace = times([1, 2, 3]);
  const buckets = bucketsOf(trace, 600);
  const values = Float64Array.of(3, 1, 2);
  expect([...bucketMeans(values, buckets)]).toEqual([3, 1, 2]);
  expect(extremeEpochs(values, buckets, 'greatest')).toEqual([0, 1, 2]);
  expect([...buckets.edgesS]).toEqual([0, 1, 3, 6]);
});

describe('whatever the epochs', () => {
  const epoch = fc.record({
    s: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    value: fc.double({ min: -100, max: 100, noNaN: true }),
  });
  const trace = fc.array(epoch, { minLength: 1, maxLength: 200 });
  const most = fc.integer({ min: 1, max: 30 });

  test('energy stays, in all and in each bucket', () => {
    fc.assert(
      fc.property(trace, most, (epochs, most) => {
        const all = times(epochs.map(({ s }) => s));
        const buckets = bucketsOf(all, most);
        const means = bucketMeans(
          Float64Array.from(epochs, ({ value }) => value),
          buckets,
        );
        means.forEach((mean, i) => {
          const own = epochs.slice(buckets.first[i], buckets.first[i + 1]);
          const energy = own.reduce((sum, { s, value }) => sum + s * value, 0);
          expect(mean * (buckets.edgesS[i + 1] - buckets.edgesS[i])).toBeCloseTo(energy, 8);
        });
        expect(buckets.first[buckets.count]).toBe(epochs.length);
        expect(buckets.edgesS[buckets.count]).toBe(all.timeS[epochs.length - 1]);
      }),
    );
  });

  test('the kept epochs have the extreme of every bucket and the end, in order', () => {
    fc.assert(
      fc.property(trace, most, (epochs, most) => {
        const values = Float64Array.from(epochs, ({ value }) => value);
        const buckets = bucketsOf(times(epochs.map(({ s }) => s)), most);
        const extremes = [
          ['greatest', bucketMaxima(values, buckets)],
          ['least', bucketMinima(values, buckets)],
        ] as const;
        for (const [which, expected] of extremes) {
          const kept = extremeEpochs(values, buckets, which);
          expect(kept.slice(0, buckets.count).map((epoch) => values[epoch])).toEqual([...expected]);
          expect(kept[kept.length - 1]).toBe(epochs.length - 1);
          expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
          for (let i = 0; i < buckets.count; i++) {
            expect(kept[i]).toBeGreaterThanOrEqual(buckets.first[i]);
            expect(kept[i]).toBeLessThan(buckets.first[i + 1]);
          }
        }
      }),
    );
  });
});
