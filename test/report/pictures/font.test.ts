import { expect, test } from 'vitest';
import { GLYPH, glyphRows } from '../../../src/report/pictures/font.ts';

const drawn = (character: string): string[] =>
  glyphRows(character).map((bits) => [16, 8, 4, 2, 1].map((bit) => (bits & bit ? '#' : '.')).join(''));

test('two letters as they look', () => {
  expect(drawn('R').slice(0, 7)).toEqual(['####.', '#...#', '#...#', '####.', '#.#..', '#..#.', '#...#']);
  expect(drawn('g')).toEqual(['.....', '.....', '.####', '#...#', '#...#', '#...#', '.####', '....#', '.###.']);
});

test('all of ASCII, degree and micro have glyphs of their own, of five pixels a row', () => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  const all = [...ascii, '°', 'µ'];
  expect(new Set(all.map((character) => drawn(character).join())).size).toBe(all.length);
  const unknown = drawn('\u4e2d');
  for (const character of all) {
    expect(glyphRows(character)).toHaveLength(GLYPH.height + GLYPH.descent);
    expect(Math.max(...glyphRows(character))).toBeLessThan(32);
    expect(drawn(character)).not.toEqual(unknown);
  }
});
