import { fail, nearestName, type Span } from '../errors.ts';
import type { SourceText } from './document.ts';

/** Where texts come from: the file system in Node, a map in a browser. Paths use `/`; bundled files start with `isotherm:`. */
export interface Files {
  /** The text of a file, or undefined if there is none. Throws an InputError if it is there but cannot be read. */
  read(path: string): string | undefined;
  /** Names directly inside a folder, sorted; empty if there is none. */
  list(folder: string): readonly string[];
}

/** Prefix of the files that come with Isotherm. */
export const BUNDLED = 'isotherm:';

/** What a name in a file may stand for: the folder it is bundled in, and how a bare name becomes a file there. */
const KINDS = {
  accelerator: {
    folder: 'accelerators',
    file: (name: string) => `${name}/accelerator.yaml`,
    inFolder: 'accelerator.yaml',
  },
  workload: { folder: 'workloads', file: (name: string) => `${name}.csv`, inFolder: undefined },
  policy: { folder: 'policies', file: (name: string) => `${name}.yaml`, inFolder: undefined },
  experiment: { folder: 'experiments', file: (name: string) => `${name}.yaml`, inFolder: undefined },
} as const;

export type Kind = keyof typeof KINDS;

/**
 * Reads what `reference` names: a bare name (`edge-npu`) is a bundled one, anything with a slash or a dot is a path
 * relative to the file that says it. Errors: `unknown-name`, `file-not-found`, at `span`.
 */
export function readReference(files: Files, kind: Kind, reference: string, from: string, span?: Span): SourceText {
  const { folder, file, inFolder } = KINDS[kind];
  if (/^[\w-]+$/.test(reference)) {
    const path = `${BUNDLED}${folder}/${file(reference)}`;
    const text = files.read(path);
    if (text !== undefined) return { file: path, text };
    const names = bundledNames(files, kind);
    fail('unknown-name', `there is no bundled ${kind} "${reference}"`, {
      span,
      expected: `one of ${names.join(', ')}, or a path such as ./${file('my').replace(/^my\//, 'my/')}`,
      suggestion: nearestName(reference, names),
    });
  }
  const path = relativeTo(from, reference);
  const text = files.read(path) ?? (inFolder && files.read(`${path}/${inFolder}`));
  if (text === undefined) fail('file-not-found', `no such file: ${path}`, { span, expected: `a ${kind} file` });
  return { file: inFolder && !path.endsWith('.yaml') ? `${path}/${inFolder}` : path, text };
}

/** Names of the bundled accelerators, workloads, policies or experiments. */
export function bundledNames(files: Files, kind: Kind): string[] {
  return files.list(BUNDLED + KINDS[kind].folder).map((entry) => entry.replace(/\.\w+$/, ''));
}

/** `reference` as seen from the folder of the file `from`, `.` and `..` resolved. */
export function relativeTo(from: string, reference: string): string {
  if (reference.startsWith('/') || /^[A-Za-z]:[\\/]/.test(reference)) return reference;
  const prefix = from.startsWith(BUNDLED) ? BUNDLED : from.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of [...from.slice(prefix.length).split('/').slice(0, -1), ...reference.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else parts.push(part);
  }
  return prefix + parts.join('/');
}
