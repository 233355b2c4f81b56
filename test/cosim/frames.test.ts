import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frames } from '../../src/cosim/record/frames.ts';
import { lawOptions } from '../tier.ts';

/** Epochs of 1 s; the state of epoch i is (i, -i). */
function kept(hottestK: readonly number[]): number[] {
  const frames = new Frames(2);
  hottestK.forEach((kelvin, i) => {
    frames.note(i, Float64Array.of(i, -i), kelvin);
  });
  const { timeS, states } = frames.result();
  timeS.forEach((s, i) => {
    expect([states[2 * i], states[2 * i + 1]]).toEqual([s, -s]);
  });
  return [...timeS];
}

test('a short run keeps every epoch', () => {
  expect(kept([300, 310, 305])).toEqual([0, 1, 2]);
  expect(kept(Array.from({ length: 320 }, () => 300))).toHaveLength(320);
});

test('a long one keeps even distances, and every epoch around the hottest', () => {
  const times = kept(Array.from({ length: 10_000 }, (_, i) => 400 - Math.abs(i - 5000) / 100));
  // 10,000 of at most 320: every 32nd. The ring of 80 holds 40 epochs after the hottest one and 39 before it.
  const even = Array.from({ length: 313 }, (_, i) => 32 * i);
  const near = Array.from({ length: 80 }, (_, i) => 4961 + i);
  expect(times).toEqual([...new Set([...even, ...near])].sort((a, b) => a - b));
});

test('the hottest epoch is always kept, and never more than 400', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 2999 }), (length, peak) => {
      const hottest = Math.min(peak, length - 1);
      const times = kept(Array.from({ length }, (_, i) => (i === hottest ? 400 : 300 + (i % 7))));
      expect(times).toContain(hottest);
      expect(times.length).toBeLessThanOrEqual(400);
    }),
    lawOptions(40, 10),
  );
});
