import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../base/errors.ts';
import { type Pieces, piecesOf } from '../base/source.ts';
import { type Held, type Holding, holding } from './holding.ts';
import { interruptible } from './interrupt.ts';
import { checkPlace, identityOf, makeFolder, nearestFolder, reasonOf, remove, removeEmpty } from './places.ts';

/** Output files that get their names all together, once all are complete. */
export interface OutputFiles {
  /** Reports early whether files can be written, and writes nothing. Errors: as for `append`. */
  check(paths: Iterable<string>): void;
  /** Allows an output to replace the input at this path. */
  mayReplace(path: string): void;
  /** Appends to a file, which starts empty. Errors: `output-unwritable`; `output-over-input` for a file that was read. */
  append(path: string, content: string | Uint8Array): void;
  /** Marks a file as complete. */
  end(path: string): void;
  /** Gives all files their names. Errors: as for `append`. */
  commit(): void;
  /** As `commit`. SIGINT and SIGTERM end the program and leave no output behind. */
  commitOrEnd(): Promise<void>;
  /** Removes everything uncommitted, and the folders made for it. */
  discard(): void;
}

interface OpenOutput {
  /** Text not yet passed on to `held`. */
  waiting: string;
  readonly held: Held;
  /** The descriptor of a device such as /dev/null, which is written directly; null for a regular file. */
  descriptor: number | null;
}

/** Most characters collected before a write: writing line by line would copy every line. */
const MOST_WAITING = 2 ** 16;

/**
 * Collects output files. No file has a name before `commit`, so that a killed program leaves nothing. `commit` then
 * writes every file in full under a temporary name before any gets its final name, and makes folders as needed.
 * `inputs` returns the paths read so far; none of them is overwritten.
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
    return fail('output-over-input', `the results would overwrite ${path}, which was read`, {
      expected: 'another place',
    });
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
  if (output.waiting !== '') put(output, Buffer.from(output.waiting), true);
  output.waiting = '';
}

function put({ descriptor, held }: OpenOutput, bytes: Uint8Array, isGiven = false): void {
  if (descriptor === null) held.add(bytes, isGiven);
  else writeFileSync(descriptor, bytes);
}

/** Returns a test whether a path leads to an input. It looks up each input once. */
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

/** The files under temporary names, and the folders made for them. */
function newStage() {
  const temporaries = new Map<string, string>();
  const made: string[] = [];
  return {
    /** Writes a whole file and yields after every piece. */
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

/** The text of a file, or a function that makes it when its turn comes, perhaps in pieces. */
export type FileText = string | (() => string | Pieces);

/**
 * Writes files into a folder and makes the folder if needed. A failure leaves nothing half-written. Error:
 * `output-unwritable`.
 */
export function writeFiles(folder: string, files: Readonly<Record<string, FileText>>): void {
  const output = outputFiles();
  try {
    appendAll(output, folder, files);
    output.commit();
  } finally {
    output.discard();
  }
}

/** Appends the files of a folder. `onFile` receives the current activity and the share of the files that is done. */
export function appendAll(
  output: OutputFiles,
  folder: string,
  files: Readonly<Record<string, FileText>>,
  onFile?: (activity: string, share: number) => void,
): void {
  for (const [i, [name, text]] of Object.entries(files).entries()) {
    onFile?.(`write ${name}`, i / Object.keys(files).length);
    const content = typeof text === 'string' ? text : text();
    for (const piece of piecesOf(content)) output.append(join(folder, name), piece);
  }
}
