import { type Diagnostic, InputError } from '../base/errors.ts';
import type { Files } from '../base/files.ts';
import { type FileKind, wrongKind } from '../base/kinds.ts';

/** A path that an option gave, and what it should lead to. */
export type Wanted = readonly [path: string | undefined, kind: FileKind];

/** Reads several files; if that fails and some are of other kinds, these alone are what is wrong. Errors: `wrong-kind`, the reader's. */
export function readAllAs<T>(files: Files, wanted: readonly Wanted[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const mistaken = wanted.flatMap(([path, kind]): Diagnostic[] => {
      const text = path === undefined ? undefined : textOf(files, path);
      const problem = text === undefined ? undefined : wrongKind(kind, { file: path!, text });
      return problem ? [problem] : [];
    });
    throw mistaken.length > 0 ? new InputError(mistaken) : error;
  }
}

/** Undefined if there is none, or none that can be read: that is what the reader said. */
function textOf(files: Files, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}
