import { fail, nearestName, placedAt, type Span } from './errors.ts';
import type { Pieces, SourceBytes, SourcePieces, SourceText } from './source.ts';

/** Where files come from: the file system in Node, a map in a browser. Paths use `/`; bundled files start with `isotherm:`. */
export interface Files {
  /** The text of a file, or undefined if there is none. Throws an InputError if the file exists but cannot be read. */
  read(path: string): string | undefined;
  /** Names directly inside a folder, sorted; empty if there is none. */
  list(folder: string): readonly string[];
  /** The bytes of a binary file, such as an ONNX model. An implementation without binary files may omit this function. */
  readBytes?(path: string): Uint8Array | undefined;
  /** The text of a file that may be longer than a string, as `read` gives it. An implementation without such files may omit this function. */
  readPieces?(path: string): Pieces | undefined;
  /** The absolute place that a path leads to once all links are followed; undefined if nothing is there. For file systems with links. */
  linked?(path: string): string | undefined;
}

/**
 * Whether links lead from a path out of all these folders. Where there are no links, none does.
 */
export function leadsOutside(files: Files, path: string, folders: readonly string[]): boolean {
  const place = files.linked?.(path);
  if (place === undefined) return false;
  return !folders.some((folder) => {
    const root = files.linked?.(folder) ?? folder;
    return place === root || place.startsWith(root.endsWith('/') ? root : `${root}/`);
  });
}

/** Appends to the file at `path`. Every file starts empty. */
export type Write = (path: string, content: string | Uint8Array) => void;

/** Prefix of the files that come with Isotherm. */
export const BUNDLED = 'isotherm:';

/** For each kind of named thing: the folder that bundles it, and the file-name ending inside that folder. */
const KINDS = {
  accelerator: { folder: 'accelerators', ending: '/accelerator.yaml' },
  workload: { folder: 'workloads', ending: '.csv' },
  policy: { folder: 'policies', ending: '.yaml' },
  experiment: { folder: 'experiments', ending: '.yaml' },
} as const;

export type Kind = keyof typeof KINDS;

/**
 * Reads the file that `reference` names. A bare name (`edge-npu`) is a bundled file. Anything with a slash or a dot is
 * a path relative to the file `from`; for an accelerator it may also be the accelerator's folder. Errors:
 * `unknown-name`, `file-not-found`, `file-unreadable`, at `span`.
 */
export function readReference(files: Files, kind: Kind, reference: string, from: string, span?: Span): SourceText {
  if (/^[\w-]+$/.test(reference)) return readBundled(files, kind, reference, span);
  const path = relativeTo(from, reference);
  const inFolder = kind === 'accelerator' ? [`${path}${KINDS[kind].ending}`] : [];
  for (const file of [...inFolder, path]) {
    const text = placedAt(span, () => files.read(file));
    if (text !== undefined) return { file, text };
  }
  const name = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
  const suggestion = bundledNames(files, kind).includes(name) ? name : undefined;
  return fail('file-not-found', `no such file: ${path}`, { span, expected: `${articled(kind)} file`, suggestion });
}

function articled(kind: Kind): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/** The kind of the bundled thing called `name`, or undefined if there is none. */
export function bundledKind(files: Files, name: string): Kind | undefined {
  return (Object.keys(KINDS) as Kind[]).find((kind) => bundledNames(files, kind).includes(name));
}

/**
 * Reads the file at `file`, a path as `files` takes it. Errors: `file-not-found`, which names what was `expected`, and
 * `file-unreadable`, at `span`.
 */
export function readText(files: Files, file: string, expected?: string, span?: Span): SourceText {
  const text = placedAt(span, () => files.read(file));
  return { file, text: text ?? fail('file-not-found', `no such file: ${file}`, { span, expected }) };
}

/** The same for a file of any length. A fault in the text ends the reading of the pieces with `file-unreadable`. */
export function readPieces(files: Files, file: string, expected?: string): SourcePieces {
  if (!files.readPieces) return { file, pieces: [readText(files, file, expected).text] };
  return { file, pieces: files.readPieces(file) ?? fail('file-not-found', `no such file: ${file}`, { expected }) };
}

/** Reads the binary file at a path relative to the file `from`. Errors: as for `readText`, at `span`. */
export function readBytes(files: Files, reference: string, from: string, span?: Span): SourceBytes {
  const file = relativeTo(from, reference);
  const bytes = placedAt(span, () => files.readBytes?.(file));
  return {
    file,
    bytes: bytes ?? fail('file-not-found', `no such file: ${file}`, { span, expected: 'a workload file' }),
  };
}

function readBundled(files: Files, kind: Kind, name: string, span: Span | undefined): SourceText {
  const { folder, ending } = KINDS[kind];
  const file = `${BUNDLED}${folder}/${name}${ending}`;
  const text = placedAt(span, () => files.read(file));
  if (text !== undefined) return { file, text };
  const other = bundledKind(files, name);
  if (other) {
    return fail('wrong-kind', `"${name}" is ${articled(other)}, not ${articled(kind)}`, {
      span,
      expected: `the name or path of ${articled(kind)}`,
    });
  }
  const names = bundledNames(files, kind);
  return fail('unknown-name', `there is no bundled ${kind} "${name}"`, {
    span,
    expected: `one of ${names.join(', ')}, or a path such as ./my${ending}`,
    suggestion: nearestName(name, names),
  });
}

/** Names of the bundled accelerators, workloads, policies or experiments. */
export function bundledNames(files: Files, kind: Kind): string[] {
  const { folder, ending } = KINDS[kind];
  const entries = files.list(BUNDLED + folder);
  // Each accelerator has its own folder. Other files may stand beside these folders, and beside the files of other kinds.
  if (ending.startsWith('/')) return entries.filter((entry) => !entry.includes('.'));
  return entries.filter((entry) => entry.endsWith(ending)).map((entry) => entry.slice(0, -ending.length));
}

/** The path `reference` resolved against the folder of the file `from`, without `.` and `..`. */
export function relativeTo(from: string, reference: string): string {
  if (reference.startsWith(BUNDLED) || reference.startsWith('/') || /^[A-Za-z]:[\\/]/.test(reference)) return reference;
  const prefix = from.startsWith(BUNDLED) ? BUNDLED : from.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of [...from.slice(prefix.length).split('/').slice(0, -1), ...reference.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else parts.push(part);
  }
  return prefix + parts.join('/') || '.';
}
