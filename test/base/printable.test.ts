import { expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/base/errors.ts';
import { printable, printableJson, printableLine } from '../../src/base/printable.ts';

// Unicode: C0 and C1 controls and DEL; marks that turn the direction of text (UAX #9); no width; separators; halves of pairs.
const UNPRINTABLE = [
  '\0',
  '\u001b',
  '\r',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u200b',
  '\u200f',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\ud800',
];

test.each(UNPRINTABLE)('%j is a mark on a terminal', (character) => {
  expect(printable(`a${character}b`)).toBe('a\ufffdb');
  const json = printableJson(JSON.stringify({ name: `a${character}b` }));
  expect(JSON.parse(json)).toEqual({ name: `a${character}b` });
  expect(printable(json)).toBe(json);
});

test('words of any language and pairs of surrogates stay, line feeds where there are lines', () => {
  const text = 'caf\u00e9 \u05d0\u05d1 \u65e5\u672c \u{1f321}\t1\n2';
  expect(printable(text)).toBe(text);
  expect(printableLine('a\tb\nc')).toBe('a\ufffdb\ufffdc');
});

test('a name of a file does not move the cursor', () => {
  const span = { file: 'a\u001b[2J\nb', line: 1, column: 1, length: 1, lineText: 'x' };
  expect(formatDiagnostic({ code: 'out-of-range', message: 'm', span })).toContain('--> a\ufffd[2J\ufffdb:1:1\n');
});
