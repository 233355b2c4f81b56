import { fail, nearestName, placedAt, type Span } from './errors.ts';
import type { SourceBytes, SourceText } from './source.ts';

/** Where files come from: the file system in Node, a map in a browser. Paths use `/`; bundled files start with `isotherm:`. */
export interface Files {
  /** The text of a file, or undefined if there is none. Throws an InputError if it is there but cannot be read. */
  read(path: string): string | undefined;
  /** Names directly inside a folder, sorted; empty if there is none. */
  list(folder: string): readonly string[];
  /** The content of a file that is no text, such as an ONNX model; who has none of these need not have the function. */
  readBytes?(path: string): Uint8Array | undefined;
}

/** Adds to the file at a path, which starts empty. */
export type Write = (path: string, content: string | Uint8Array) => void;

/** Prefix of the files that come with Isotherm. */
export const BUNDLED = 'isotherm:';

/** A kind of thing that a name in a file may stand for: the folder that bundles it, and the ending of its file there. */
const KINDS = {
  accelerator: { folder: 'accelerators', ending: '/accelerator.yaml' },
  workload: { folder: 'workloads', ending: '.csv' },
  policy: { folder: 'policies', ending: '.yaml' },
  experiment: { folder: 'experiments', ending: '.yaml' },
} as const;

export type Kind = keyof typeof KINDS;

/**
 * Reads what `reference` names: a bare name (`edge-npu`) is a bundled one, anything with a slash or a dot is a path
 * relative to the file that says it; of an accelerator also the path of its folder. Errors: `unknown-name`,
 * `file-not-found`, `file-unreadable`, at `span`.
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

/** What a bundled name stands for, if it is one. */
export function bundledKind(files: Files, name: string): Kind | undefined {
  return (Object.keys(KINDS) as Kind[]).find((kind) => bundledNames(files, kind).includes(name));
}

/** Reads the file at a path, seen from where `files` are. Errors: `file-not-found`, with what was expected, `file-unreadable`, at `span`. */
export function readText(files: Files, file: string, expected?: string, span?: Span): SourceText {
  const text = placedAt(span, () => files.read(file));
  return { file, text: text ?? fail('file-not-found', `no such file: ${file}`, { span, expected }) };
}

/** Reads the file of bytes at a path relative to the file that says it. Errors: as above, at `span`. */
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
  // Accelerators have a folder each; beside them, and beside the other kinds, there may be other files.
  if (ending.startsWith('/')) return entries.filter((entry) => !entry.includes('.'));
  return entries.filter((entry) => entry.endsWith(ending)).map((entry) => entry.slice(0, -ending.length));
}

/** `reference` as seen from the folder of the file `from`, `.` and `..` resolved. */
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
