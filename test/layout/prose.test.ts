/** The prose of comments: sentences begin with their subject, so that a reader needs no second look. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** The start of a sentence in a comment; the script of the page is one line of code in a text. */
const RIDDLE = /(?:\* |\/\/ |[.:;] )(?:What|Who|Of|Whoever) [a-z]/;

test('no sentence of a comment opens with a bare What, Who or Of', () => {
  const found = SOURCES.filter((name) => !name.endsWith('page/script.ts')).flatMap((name) =>
    readFileSync(join('src', name), 'utf8')
      .split('\n')
      .map((line, i) => ({ line, place: `${name}:${i + 1}` }))
      // Questions may.
      .filter(({ line }) => /^\s*(\/?\*|\/\/)/.test(line) && RIDDLE.test(line) && !line.includes('?'))
      .map(({ place }) => place),
  );
  expect(found).toEqual([]);
});

test('the rule finds a riddle', () => {
  expect(RIDDLE.test('/** Of one plane. */')).toBe(true);
  expect(RIDDLE.test('/** The transform of one plane. */')).toBe(false);
});
