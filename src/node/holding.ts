import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes held back until their file may be written. */
export interface Held {
  /** `isGiven`: nobody writes into the bytes afterwards, so that they need no copy. */
  add(bytes: Uint8Array, isGiven?: boolean): void;
  /** All bytes in order, in pieces of at most `PIECE` bytes. A piece is valid until the next one is requested. */
  pieces(): Generator<Uint8Array>;
}

/** Holds the bytes of many files back until all are complete. */
export interface Holding {
  open(): Held;
  /** Frees all memory and the overflow file. */
  close(): void;
}

/** Most bytes kept in memory, all files together. */
const MOST_IN_MEMORY = 2 ** 25;

/** Bytes of one piece. */
const PIECE = 2 ** 22;

/** Where a file's bytes lie in the overflow file. */
interface Extent {
  readonly at: number;
  readonly length: number;
}

type Part = Uint8Array | Extent;

/**
 * Bytes beyond `mostInMemory` go into one overflow file in `folder()`. Its name is removed right after opening, so that
 * no ending of the program, even a kill, leaves the file behind. Errors: those of the file system.
 */
export function holding(folder: () => string, mostInMemory = MOST_IN_MEMORY): Holding {
  const files: Part[][] = [];
  let descriptor: number | undefined;
  let [inMemory, end] = [0, 0];
  const overflow = (): void => {
    descriptor ??= openNameless(folder());
    for (const parts of files) {
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        if (!(part instanceof Uint8Array)) continue;
        writeAll(descriptor, part, end);
        parts[i] = { at: end, length: part.length };
        end += part.length;
      }
    }
    inMemory = 0;
  };
  return {
    open() {
      const parts: Part[] = [];
      files.push(parts);
      return {
        add(bytes, isGiven = false) {
          // The caller may reuse its buffer for the next bytes.
          parts.push(isGiven ? bytes : new Uint8Array(bytes));
          inMemory += bytes.length;
          if (inMemory > mostInMemory) overflow();
        },
        *pieces() {
          for (const part of parts) yield* part instanceof Uint8Array ? cut(part) : readBack(descriptor!, part);
        },
      };
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
      files.length = 0;
    },
  };
}

function openNameless(folder: string): number {
  const path = join(folder, `.isotherm.${process.pid}.tmp`);
  const descriptor = openSync(path, 'w+');
  rmSync(path);
  return descriptor;
}

function writeAll(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
  }
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function* readBack(descriptor: number, { at, length }: Extent): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(length, PIECE));
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, length - done), at + done);
    if (count === 0) throw new Error('the overflow file has been cut short');
    yield buffer.subarray(0, count);
    done += count;
  }
}
