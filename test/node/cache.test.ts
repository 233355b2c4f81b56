import { readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileCache } from '../../src/node/cache.ts';
import { folderWith } from '../cli/support.ts';
import { lawOptions } from '../tier.ts';

const COLUMNS = [Float64Array.of(1, -0, Number.NaN, 5e-324), new Float64Array(0), Float64Array.of(Math.PI)];

/** The only file in a folder. */
function onlyFile(folder: string): string {
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name);
}

describe('an entry', () => {
  test('comes back bit by bit, whatever the key', () => {
    const folder = folderWith();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.float64Array({ maxLength: 20 }), { maxLength: 6 }),
        (key, columns) => {
          const cache = fileCache(folder);
          cache.put(key, columns);
          expect(cache.get(key)).toEqual(columns);
        },
      ),
      lawOptions(100),
    );
  });

  test('is lost with any of its bytes', () => {
    const folder = folderWith();
    const cache = fileCache(folder);
    cache.put('key', COLUMNS);
    const file = onlyFile(folder);
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped[at] ^= 1 << (at % 8);
      writeFileSync(file, flipped);
      expect(cache.get('key'), `byte ${at}`).toBeUndefined();
    }
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(cache.get('key'), `${length} bytes`).toBeUndefined();
    }
    writeFileSync(file, bytes);
    expect(cache.get('key')).toEqual(COLUMNS);
  });

  test('is of its key, whatever its name', () => {
    const [mine, other] = [folderWith(), folderWith()];
    fileCache(mine).put('mine', COLUMNS);
    fileCache(other).put('other', COLUMNS);
    const place = onlyFile(mine);
    renameSync(onlyFile(other), place);
    expect(fileCache(mine).get('mine')).toBeUndefined();
  });
});

test('a folder keeps the newest entries, up to its size, and no file that is not its own', () => {
  const folder = folderWith();
  // An entry of 100 numbers takes some 900 bytes.
  const cache = fileCache(folder, 3000);
  const column = [new Float64Array(100)];
  writeFileSync(join(folder, 'mine.bin'), Buffer.alloc(5000));
  const old = new Date(1e12);
  const keep = (key: string, seconds: number): void => {
    const before = new Set(readdirSync(folder));
    cache.put(key, column);
    const name = readdirSync(folder).find((one) => !before.has(one));
    if (name) utimesSync(join(folder, name), old, new Date(1e12 + 1e3 * seconds));
  };
  ['a', 'b', 'c'].forEach(keep);
  keep('d', 3);
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['b', 'c', 'd']);
  expect(readdirSync(folder)).toContain('mine.bin');
  cache.put('larger than the folder', [new Float64Array(1000)]);
  expect(cache.get('larger than the folder')).toBeUndefined();
});

test('what a killed process left is removed in the end', () => {
  const folder = folderWith();
  const left = join(folder, '0123456789abcdef.bin.1.tmp');
  writeFileSync(left, 'half');
  utimesSync(left, new Date(1e12), new Date(1e12));
  fileCache(folder).put('a', [new Float64Array(1)]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a folder that cannot be made keeps nothing', () => {
  const folder = folderWith({ 'a file': '' });
  const cache = fileCache(join(folder, 'a file', 'cache'));
  cache.put('key', COLUMNS);
  expect(cache.get('key')).toBeUndefined();
});
