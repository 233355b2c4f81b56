import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ResultCache } from '../thermal/index.ts';
import { makeFolder, remove } from './places.ts';

/** The first eight bytes of every entry. The number changes with the layout. */
const MAGIC = 'isother2';

/**
 * A cache of columns of doubles in a folder: `$ISOTHERM_CACHE`, or the user's cache folder. The hash of its key names
 * an entry; the entry holds the key, the raw doubles and a checksum. A damaged entry, an entry of another key or a
 * read-only folder only costs time. The folder keeps the newest entries, up to `mostBytes`.
 */
export function fileCache(folder: string = defaultFolder(), mostBytes = MOST_BYTES): ResultCache {
  const place = (key: string): string => join(folder, `${checksum(padded(key)).toString('hex')}.bin`);
  return {
    get(key) {
      try {
        return decode(readFileSync(place(key)), key);
      } catch {
        return undefined;
      }
    },
    put(key, columns) {
      const file = place(key);
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        const bytes = encode(key, columns);
        if (bytes.length > mostBytes) return;
        makeFolder(folder);
        writeFileSync(temporary, bytes);
        renameSync(temporary, file);
        prune(folder, mostBytes);
      } catch {
        remove(temporary);
      }
    },
  };
}

/** Bytes of a folder of entries: a die of 256 blocks takes some 10 MB. */
const MOST_BYTES = 1e9;

/** A file that a killed process left is this much older than the newest one, s. */
const LEFT_BEHIND_S = 3600;

/** Names of entries, and of those that are being written. */
const OF_CACHE = /^[0-9a-f]{16}\.bin(\.\d+\.tmp)?$/;

/** Removes the oldest entries until the others fit, and files that killed processes left. */
function prune(folder: string, mostBytes: number): void {
  const files = readdirSync(folder)
    .filter((name) => OF_CACHE.test(name))
    .flatMap((name) => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return stat ? [{ name, bytes: stat.size, writtenS: stat.mtimeMs / 1e3 }] : [];
    })
    .sort((a, b) => b.writtenS - a.writtenS || (a.name < b.name ? -1 : 1));
  let bytes = 0;
  for (const one of files) {
    const isLeft = one.name.endsWith('.tmp') && files[0].writtenS - one.writtenS > LEFT_BEHIND_S;
    bytes += one.bytes;
    if (isLeft || (bytes > mostBytes && one.name.endsWith('.bin'))) remove(join(folder, one.name));
  }
}

/** A cache that holds new entries back until `write`. A program killed while it computes leaves no half-made entry. */
export function waitingCache(cache: ResultCache): ResultCache & { write(): Generator<void> } {
  const waiting = new Map<string, Float64Array[]>();
  return {
    get: (key) => waiting.get(key) ?? cache.get(key),
    put(key, columns) {
      waiting.set(
        key,
        columns.map((column) => column.slice()),
      );
    },
    *write() {
      for (const [key, columns] of waiting) {
        cache.put(key, columns);
        waiting.delete(key);
        yield;
      }
    },
  };
}

function defaultFolder(): string {
  const { ISOTHERM_CACHE, XDG_CACHE_HOME } = process.env;
  return ISOTHERM_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'isotherm');
}

/**
 * An entry's bytes: magic; checksum of the rest; length of the key in bytes, number of columns and length of each
 * column, all as doubles; the key; the columns. Each part begins at a multiple of eight bytes, so that a reader need
 * not copy.
 */
function encode(key: string, columns: readonly Float64Array[]): Buffer {
  const text = padded(key);
  const lengths = Float64Array.of(text.length, columns.length, ...columns.map((column) => column.length));
  const body = Buffer.concat([bytesOf(lengths), text, ...columns.map(bytesOf)]);
  return Buffer.concat([Buffer.from(MAGIC), checksum(body), body]);
}

/** The columns of an entry; undefined unless the entry has this key and every byte is intact. */
function decode(bytes: Buffer, key: string): Float64Array[] | undefined {
  const body = bytes.subarray(MAGIC.length + CHECKSUM_BYTES);
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC || body.length % 8 !== 0) return undefined;
  if (!checksum(body).equals(bytes.subarray(MAGIC.length, bytes.length - body.length))) return undefined;
  const values = doublesOf(body);
  const [textBytes, count] = values;
  const from = 8 * (2 + count);
  if (!padded(key).equals(body.subarray(from, from + textBytes))) return undefined;
  const columns: Float64Array[] = [];
  let at = (from + textBytes) / 8;
  for (const length of values.subarray(2, 2 + count)) {
    columns.push(values.subarray(at, at + length));
    at += length;
  }
  return at === values.length ? columns : undefined;
}

/** The key as UTF-8, padded with blanks to a multiple of eight bytes. */
function padded(key: string): Buffer {
  return Buffer.from(key + ' '.repeat(-Buffer.byteLength(key) & 7));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The bytes as doubles. They share memory unless their offset is not aligned for doubles. */
function doublesOf(bytes: Buffer): Float64Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(buffer, byteOffset, length / 8);
}

const CHECKSUM_BYTES = 8;

/**
 * A checksum of bytes whose number is a multiple of eight. It detects damage, not tampering. A change of any one word
 * changes both of its 32-bit sums. Node's own hashes take longer to load than a model takes to read.
 */
function checksum(bytes: Buffer): Buffer {
  const { buffer, byteOffset, length } = doublesOf(bytes);
  // Signed, since the interpreter allocates larger numbers.
  const words = new Int32Array(buffer, byteOffset, 2 * length);
  // FNV-1a by words (Fowler, Noll, Vo), and a second sum with another start and another odd factor, rotated so that
  // high bits count.
  let [first, second] = [0x811c9dc5 | 0, words.length];
  for (let i = 0; i < words.length; i++) {
    first = Math.imul(first ^ words[i], 0x01000193);
    second = Math.imul(second ^ words[i], 0x9e3779b1);
    second ^= second >>> 15;
  }
  const sums = Buffer.alloc(CHECKSUM_BYTES);
  sums.writeUInt32LE(first >>> 0, 0);
  sums.writeUInt32LE(second >>> 0, 4);
  return sums;
}
