import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ResultCache } from '../thermal/index.ts';
import { makeFolder } from './output.ts';

/** First bytes of every entry; the number changes with the layout. */
const MAGIC = 'isotherm1';

/**
 * A cache of columns of doubles in a folder: `$ISOTHERM_CACHE`, else the user's cache folder. Entries are named by the hash of
 * their key and hold raw doubles with a checksum; one that is damaged, or a folder that cannot be written, only costs time.
 */
export function fileCache(folder: string = defaultFolder()): ResultCache {
  const place = (key: string): string => join(folder, `${hash(key)}.bin`);
  return {
    get(key) {
      try {
        return decode(readFileSync(place(key)));
      } catch {
        return undefined;
      }
    },
    put(key, columns) {
      const file = place(key);
      const temporary = `${file}.${process.pid}.tmp`;
      try {
        makeFolder(folder);
        writeFileSync(temporary, encode(columns));
        renameSync(temporary, file);
      } catch {
        discard(temporary);
      }
    },
  };
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing can be there.
  }
}

function defaultFolder(): string {
  const { ISOTHERM_CACHE, XDG_CACHE_HOME } = process.env;
  return ISOTHERM_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'isotherm');
}

function hash(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Magic and checksum of the rest as text, then the number of columns, their lengths, and the columns; little endian. */
function encode(columns: readonly Float64Array[]): Buffer {
  const lengths = Float64Array.of(columns.length, ...columns.map((column) => column.length));
  const body = Buffer.concat([lengths, ...columns].map((c) => Buffer.from(c.buffer, c.byteOffset, c.byteLength)));
  return Buffer.concat([Buffer.from(`${MAGIC}${hash(body)}`), body]);
}

/** Undefined unless every byte is as it was written. */
function decode(bytes: Buffer): Float64Array[] | undefined {
  const header = MAGIC.length + 64;
  const body = bytes.subarray(header);
  if (bytes.subarray(0, header).toString('latin1') !== MAGIC + hash(body) || body.length % 8 !== 0) return undefined;
  // A copy, because doubles must lie at multiples of eight bytes.
  const values = new Float64Array(new Uint8Array(body).buffer);
  const columns: Float64Array[] = [];
  let at = 1 + values[0];
  for (let c = 1; c <= values[0]; c++) {
    columns.push(values.slice(at, at + values[c]));
    at += values[c];
  }
  return at === values.length ? columns : undefined;
}
