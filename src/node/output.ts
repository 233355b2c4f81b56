import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../base/errors.ts';

/** Files that get their names together, when all are complete. */
export interface OutputFiles {
  /** Adds to a file, which starts empty; text may wait in memory for more. Errors: `output-unwritable`. */
  append(path: string, content: string | Uint8Array): void;
  /** Closes a file that is complete, which waits for its name: there may be more of them than can be open. */
  end(path: string): void;
  /** Gives all files their names. Errors: `output-unwritable`. */
  commit(): void;
  /** Removes what has not been committed, and the folders made for it. */
  discard(): void;
}

/**
 * Every file is written in full under a temporary name before any gets its final one; what is no file, such as /dev/null, is
 * written to as it stands. Folders are made as needed.
 */
export function outputFiles(): OutputFiles {
  const open = new Map<string, OpenOutput>();
  const made: string[] = [];
  const guarded = (path: string, action: () => void): void => {
    try {
      action();
    } catch (error) {
      fail('output-unwritable', `cannot write ${path}: ${reason(error)}`);
    }
  };
  return {
    append: (path, content) =>
      guarded(path, () => {
        if (!open.has(path)) open.set(path, openOutput(path, made));
        const output = open.get(path)!;
        if (typeof content === 'string') output.waiting += content;
        if (typeof content !== 'string' || output.waiting.length > MOST_WAITING) flush(output);
        if (typeof content !== 'string') writeFileSync(output.descriptor, content);
      }),
    end: (path) =>
      guarded(path, () => {
        const file = open.get(path);
        if (file === undefined || file.descriptor === CLOSED) return;
        flush(file);
        closeSync(file.descriptor);
        file.descriptor = CLOSED;
      }),
    commit() {
      for (const [path, output] of open) {
        guarded(path, () => flush(output));
      }
      for (const [path, { descriptor, temporary }] of open) {
        guarded(path, () => {
          if (temporary !== null) renameSync(temporary, path);
          if (descriptor !== CLOSED) closeSync(descriptor);
          open.delete(path);
        });
      }
    },
    discard() {
      for (const { descriptor, temporary } of open.values()) {
        if (descriptor !== CLOSED) closeSync(descriptor);
        if (temporary !== null) remove(temporary);
      }
      if (open.size > 0) for (const folder of made.reverse()) removeEmpty(folder);
      open.clear();
    },
  };
}

/** Characters: a line at a time would cost a system call a line. */
const MOST_WAITING = 2 ** 16;

/** In place of the descriptor of a file that is complete. */
const CLOSED = -1;

interface OpenOutput {
  descriptor: number;
  /** Text that is not yet written. */
  waiting: string;
  /** Null for what is written to as it stands. */
  readonly temporary: string | null;
}

function flush(output: OpenOutput): void {
  if (output.waiting === '') return;
  writeFileSync(output.descriptor, output.waiting);
  output.waiting = '';
}

/** `made` gets the folders that had to be made. */
function openOutput(path: string, made: string[]): OpenOutput {
  const kind = existsSync(path) ? statSync(path) : undefined;
  if (kind && !kind.isFile() && !kind.isDirectory()) {
    return { descriptor: openSync(path, 'w'), waiting: '', temporary: null };
  }
  if (kind?.isDirectory()) throw new Error('there is a folder in its place');
  makeFolder(dirname(path), made);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  return { descriptor: openSync(temporary, 'w'), waiting: '', temporary };
}

/**
 * Writes files into a folder, which is made if needed; a failure leaves nothing half-written. Texts may be made when their turn
 * comes. Error: `output-unwritable`.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string | (() => string)>>): void {
  const output = outputFiles();
  try {
    for (const [name, text] of Object.entries(files)) {
      output.append(join(folder, name), typeof text === 'string' ? text : text());
    }
    output.commit();
  } finally {
    output.discard();
  }
}

/**
 * As `mkdir -p`; `made` gets those that there were not. One folder at a time, because recursive `mkdirSync` never returns below
 * /proc on Node 20.
 */
export function makeFolder(folder: string, made: string[] = []): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, made);
  mkdirSync(folder);
  made.push(folder);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place';
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'no permission' : message;
}

/** Removes a folder of ours, unless somebody else put something into it. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use.
  }
}

/** Removes what was written, if anything was: the folder itself may be what is wrong. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Nothing can be there.
  }
}
