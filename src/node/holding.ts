import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that wait for their file. */
export interface Held {
  add(bytes: Uint8Array): void;
  /** All of them in order, in pieces of at most `PIECE` bytes; a piece holds until the next one is asked for. */
  pieces(): Generator<Uint8Array>;
}

/** Holds the bytes of many files until all are complete. */
export interface Holding {
  open(): Held;
  /** Lets go of everything. */
  close(): void;
}

/** Bytes of all files together that are kept in memory. */
const MOST_IN_MEMORY = 2 ** 25;

/** Bytes. */
const PIECE = 2 ** 22;

/** Where bytes of a file are in the overflow. */
interface Extent {
  readonly at: number;
  readonly length: number;
}

type Part = Uint8Array | Extent;

/**
 * What exceeds the memory allowed goes into one overflow file in `folder()`. Its name is removed as soon as it is open, so that
 * nothing is left of it however the program ends, even killed. Errors: those of the file system.
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
        add(bytes) {
          // The giver may use the same memory for what comes next.
          parts.push(new Uint8Array(bytes));
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
