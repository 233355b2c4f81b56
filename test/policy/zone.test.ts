import fc from 'fast-check';
import { expect, test } from 'vitest';
import { zoneOf } from '../../src/policy/zone.ts';
import { contextOf } from './support.ts';

/** The blocks a pattern names, by the temperatures that the zone looks at. */
function blocksLike(pattern: string, blocks: readonly string[]): string[] {
  try {
    const { hottestK } = zoneOf('p', { blocks: [pattern] }, contextOf({ blocks }), () => undefined);
    return blocks.filter((_, i) => {
      const temperatureK = blocks.map((_, j) => (i === j ? 400 : 300));
      return hottestK({ temperatureK } as never) === 400;
    });
  } catch {
    return [];
  }
}

const text = fc.array(fc.constantFrom('a', 'b', '.', '*'), { maxLength: 6 }).map((letters) => letters.join(''));

test('a pattern names what the regular expression with .* for * names', () => {
  const names = fc.uniqueArray(
    text.map((name) => name.replaceAll('*', 'c')),
    { minLength: 1, maxLength: 5 },
  );
  const property = fc.property(
    text.filter((pattern) => pattern !== ''),
    names,
    (pattern, blocks) => {
      const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      const like = new RegExp(`^${parts.join('.*')}$`);
      expect(blocksLike(pattern, blocks)).toEqual(blocks.filter((name) => like.test(name)));
    },
  );
  fc.assert(property, { numRuns: 500, seed: 12 });
});

test('no pattern takes for ever', () => {
  // A regular expression tries every way to share out these letters: some 10^20.
  expect(blocksLike(`${'*a'.repeat(40)}*b`, ['a'.repeat(200)])).toEqual([]);
});
