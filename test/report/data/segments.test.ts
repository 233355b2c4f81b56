import { expect, test } from 'vitest';
import { decodeTimes } from '../../../src/report/data/numbers-coded.ts';
import {
  MOST_VALUES,
  maximaOf,
  meansOf,
  minimaOf,
  segmentData,
  segmentsOf,
} from '../../../src/report/data/segments.ts';

function times(durations: readonly number[]) {
  let now = 0;
  const durationS = Float64Array.from(durations);
  const timeS = durationS.map((s) => {
    now += s;
    return now;
  });
  return { epochs: durations.length, timeS, durationS };
}

test('by hand: five epochs in groups of three', () => {
  const trace = times([1, 3, 1, 1, 2]);
  const segments = [{ name: 'all', firstEpoch: 0, epochs: 5, each: 3 }];
  const values = Float64Array.of(8, 4, 1, 9, 3);
  // (8 * 1 + 4 * 3 + 1 * 1) / 5 and (9 * 1 + 3 * 2) / 3.
  expect([...meansOf(segments, values, trace.durationS)]).toEqual([4.2, 5]);
  expect([...minimaOf(segments, values)]).toEqual([1, 3]);
  expect([...maximaOf(segments, values)]).toEqual([8, 9]);
  expect([...decodeTimes(segmentData(segments[0], trace, 1e9).edges, 1e9)]).toEqual([0, 5, 8]);
});

test('a run that fits is there epoch by epoch, without windows', () => {
  const trace = times(Array.from({ length: MOST_VALUES }, () => 1e-3));
  const segments = segmentsOf(trace, [{ name: 'the end', fromS: 1, toS: 2 }]);
  expect(segments).toEqual([{ name: 'the whole run', firstEpoch: 0, epochs: MOST_VALUES, each: 1 }]);
});

test('a longer one stands in groups, with every epoch around the places of interest', () => {
  const trace = times(Array.from({ length: 100_000 }, () => 1e-3));
  const places = [
    { name: 'b', fromS: 60.0005, toS: 60.1005 },
    { name: 'a', fromS: 0, toS: 0.1 },
    { name: 'c', fromS: 61.0005, toS: 61.1005 },
  ];
  const [whole, ...windows] = segmentsOf(trace, places);
  // 100,000 / 24,000, rounded up.
  expect(whole.each).toBe(5);
  // 8,000 epochs for three windows; those at 60 and 61 s overlap.
  expect(windows).toEqual([
    { name: 'a', firstEpoch: 0, epochs: 2666, each: 1 },
    { name: 'b, c', firstEpoch: 60_050 - 1333, epochs: 2666 + 1000, each: 1 },
  ]);
});
