import { Buffer } from 'node:buffer';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zlibRuns } from '../../../src/report/pictures/deflate.ts';

/** What Node's zlib reads back, its checksum included. */
function expectReadBack(data: Uint8Array): void {
  expect(Buffer.compare(inflateSync(zlibRuns(data)), data)).toBe(0);
}

test('runs of all lengths of all kinds of bytes', () => {
  const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 600 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(runs, (parts) =>
      expectReadBack(Uint8Array.from(parts.flatMap(([byte, length]) => Array(length).fill(byte)))),
    ),
  );
});

// One literal, a match of 3 to 258, or two: every symbol of a length and its extra bits.
test.each([0, 200])('every length of a run of %d', (byte) => {
  for (let length = 0; length < 530; length++) expectReadBack(new Uint8Array(length).fill(byte));
});

test('a million equal bytes take 21 bits for each 259, bytes without runs 8 or 9 each', () => {
  // Symbol 285 is 8 bits, distance 1 is 5; the rest is the literal for each match's first byte.
  const matches = Math.ceil(1e6 / 259);
  expect(zlibRuns(new Uint8Array(1e6)).length).toBeLessThanOrEqual(Math.ceil((matches * (8 + 8 + 5)) / 8) + 12);
  const rising = Uint8Array.from({ length: 65536 }, (_, i) => i);
  expect(zlibRuns(rising).length).toBeLessThan(65536 * (9 / 8));
});
