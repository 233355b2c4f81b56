import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ResultCache } from '../thermal/index.ts';
import { makeFolder, remove } from './places.ts';

/** First of every entry; the number changes with the layout. Eight bytes. */
const MAGIC = 'isother2';

/**
 * A cache of columns of doubles in a folder: `$ISOTHERM_CACHE`, else the user's cache folder. Entries are named by a hash of
 * their key and hold the key, raw doubles and a checksum; one that is damaged or of another key, or a folder that cannot be
 * written, only costs time.
 */
export function fileCache(folder: string = defaultFolder()): ResultCache {
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
        makeFolder(folder);
        writeFileSync(temporary, encode(key, columns));
        renameSync(temporary, file);
      } catch {
        remove(temporary);
      }
    },
  };
}

/** A cache whose new entries wait for `write`: a program killed while it computes leaves none half-made. */
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
 * Magic and checksum of the rest; the length of the key in bytes, the number of columns and their lengths, as doubles; the key; the
 * columns. All begins at multiples of eight bytes, so that a reader need not copy.
 */
function encode(key: string, columns: readonly Float64Array[]): Buffer {
  const text = padded(key);
  const lengths = Float64Array.of(text.length, columns.length, ...columns.map((column) => column.length));
  const body = Buffer.concat([bytesOf(lengths), text, ...columns.map(bytesOf)]);
  return Buffer.concat([Buffer.from(MAGIC), checksum(body), body]);
}

/** Undefined unless it is of this key and every byte is as it was written. */
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

/** As UTF-8, with blanks up to a multiple of eight bytes. */
function padded(key: string): Buffer {
  return Buffer.from(key + ' '.repeat(-Buffer.byteLength(key) & 7));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The same memory, unless doubles cannot begin there. */
function doublesOf(bytes: Buffer): Float64Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(buffer, byteOffset, length / 8);
}

const CHECKSUM_BYTES = 8;

/**
 * Of a multiple of eight bytes; against damage, not against anybody. Two sums of 32 bits, each of which a change of one word
 * changes; Node's own hashes take longer to load than a model takes to read.
 */
function checksum(bytes: Buffer): Buffer {
  const { buffer, byteOffset, length } = doublesOf(bytes);
  const words = new Uint32Array(buffer, byteOffset, 2 * length);
  // FNV-1a by words (Fowler, Noll, Vo), and the same with another start and odd factor, turned so that high bits count.
  let [first, second] = [0x811c9dc5, words.length];
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
