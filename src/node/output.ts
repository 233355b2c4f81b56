import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../base/errors.ts';
import { type Held, type Holding, holding } from './holding.ts';
import { interruptible } from './interrupt.ts';
import { checkPlace, identityOf, makeFolder, nearestFolder, reasonOf, remove, removeEmpty } from './places.ts';

/** Files that get their names together, when all are complete. */
export interface OutputFiles {
  /** Sees early whether files can be written, without writing. Errors: as of `append`. */
  check(paths: Iterable<string>): void;
  /** Lets an output take the place of an input. */
  mayReplace(path: string): void;
  /** Adds to a file, which starts empty. Errors: `output-unwritable`; `output-over-input` for a file that was read. */
  append(path: string, content: string | Uint8Array): void;
  /** A file that is complete. */
  end(path: string): void;
  /** Gives all files their names. Errors: as of `append`. */
  commit(): void;
  /** The same, and SIGINT and SIGTERM end it with nothing left behind. */
  commitOrEnd(): Promise<void>;
  /** Removes what has not been committed, and the folders made for it. */
  discard(): void;
}

interface OpenOutput {
  /** Text that is not yet held. */
  waiting: string;
  readonly held: Held;
  /** Of what is no file, such as /dev/null, and is written to as it stands. */
  descriptor: number | null;
}

/** Characters: a line at a time would cost a copy a line. */
const MOST_WAITING = 2 ** 16;

/**
 * Nothing has a name in the file system before `commit`, so that a program killed on the way leaves nothing. Then every file is
 * written in full under a temporary name before any gets its final one; folders are made as needed. `inputs` are the paths that
 * have been read so far: none of them is written over.
 */
export function outputFiles(inputs: () => Iterable<string> = () => []): OutputFiles {
  const open = new Map<string, OpenOutput>();
  const replaceable = new Set<string>();
  const isInput = inputFinder(inputs);
  let store: Holding | undefined;
  let stage = newStage();
  const check = (path: string): ReturnType<typeof checkPlace> => {
    const found = guarded(path, () => checkPlace(path));
    if (replaceable.has(path) || !isInput(path)) return found;
    return fail('output-over-input', `${path} would be written over, which was read`, { expected: 'another place' });
  };
  const add = (path: string): OpenOutput => {
    const found = check(path);
    store ??= holding(() => nearestFolder(path));
    const descriptor = found === undefined || found.isFile() ? null : guarded(path, () => openSync(path, 'w'));
    const output = { waiting: '', held: store.open(), descriptor };
    open.set(path, output);
    return output;
  };
  const close = (): void => {
    for (const { descriptor } of open.values()) if (descriptor !== null) closeSync(descriptor);
    open.clear();
    store?.close();
    store = undefined;
  };
  function* steps(): Generator<void> {
    for (const [path, output] of open) {
      guarded(path, () => flush(output));
      if (output.descriptor !== null) continue;
      check(path);
      yield* stage.write(path, output.held);
    }
    stage.rename();
    close();
  }
  const discard = (): void => {
    close();
    stage.remove();
    stage = newStage();
  };
  return {
    check(paths) {
      for (const path of paths) check(path);
    },
    mayReplace: (path) => void replaceable.add(path),
    append(path, content) {
      const output = open.get(path) ?? add(path);
      guarded(path, () => {
        if (typeof content === 'string') output.waiting += content;
        if (typeof content !== 'string' || output.waiting.length > MOST_WAITING) flush(output);
        if (typeof content !== 'string') put(output, content);
      });
    },
    end(path) {
      const output = open.get(path);
      if (output) guarded(path, () => flush(output));
    },
    commit() {
      for (const _ of steps());
    },
    commitOrEnd: () => interruptible(steps(), discard),
    discard,
  };
}

function flush(output: OpenOutput): void {
  if (output.waiting !== '') put(output, Buffer.from(output.waiting));
  output.waiting = '';
}

function put({ descriptor, held }: OpenOutput, bytes: Uint8Array): void {
  if (descriptor === null) held.add(bytes);
  else writeFileSync(descriptor, bytes);
}

/** Whether a path leads to one of the inputs; each input is looked up once. */
function inputFinder(inputs: () => Iterable<string>): (path: string) => boolean {
  const looked = new Set<string>();
  const found = new Set<string>();
  return (path) => {
    for (const input of inputs()) {
      if (looked.has(input)) continue;
      looked.add(input);
      const identity = identityOf(input);
      if (identity !== undefined) found.add(identity);
    }
    const identity = identityOf(path);
    return identity !== undefined && found.has(identity);
  };
}

/** Files under temporary names, and what was made for them. */
function newStage() {
  const temporaries = new Map<string, string>();
  const made: string[] = [];
  return {
    /** Writes a file whole, with a stop after every piece. */
    *write(path: string, held: Held): Generator<void> {
      const descriptor = guarded(path, () => {
        makeFolder(dirname(path), made);
        const temporary = join(dirname(path), `.${basename(path).slice(0, 64)}.${process.pid}.${temporaries.size}.tmp`);
        temporaries.set(path, temporary);
        return openSync(temporary, 'w');
      });
      try {
        for (const piece of held.pieces()) {
          guarded(path, () => writeFileSync(descriptor, piece));
          yield;
        }
      } finally {
        closeSync(descriptor);
      }
    },
    rename(): void {
      for (const [path, temporary] of temporaries) {
        guarded(path, () => renameSync(temporary, path));
        temporaries.delete(path);
      }
      made.length = 0;
    },
    remove(): void {
      for (const temporary of temporaries.values()) remove(temporary);
      for (const folder of made.reverse()) removeEmpty(folder);
    },
  };
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    return fail('output-unwritable', `cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** Writes files into a folder, which is made if needed; a failure leaves nothing half-written. Error: `output-unwritable`. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | (() => string)>>): void {
  const output = outputFiles();
  try {
    appendAll(output, folder, files);
    output.commit();
  } finally {
    output.discard();
  }
}

/** Adds files of a folder; texts may be made when their turn comes. */
export function appendAll(
  output: OutputFiles,
  folder: string,
  files: Readonly<Record<string, string | (() => string)>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    output.append(join(folder, name), typeof text === 'string' ? text : text());
  }
}
