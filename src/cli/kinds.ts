import { type Diagnostic, InputError } from '../base/errors.ts';
import type { Files } from '../base/files.ts';
import { type FileKind, wrongKind } from '../base/kinds.ts';

/** A path given by an option, and the kind of file it should lead to. */
export type Wanted = readonly [path: string | undefined, kind: FileKind];

/**
 * Reads several files. If that fails and some of them are of another kind, throws that diagnosis alone. Errors:
 * `wrong-kind`, those of `read`.
 */
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

/** The text of a file; undefined if it is missing or unreadable, which `read` has already reported. */
function textOf(files: Files, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}
