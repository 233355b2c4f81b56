import type { Path, YamlDocument } from '../../base/document.ts';
import { type Diagnostic, type ErrorCode, InputError, nearestName, type Span } from '../../base/errors.ts';

/**
 * A scalar of an Accelergy file. In Accelergy 0.4 quoted text is text and unquoted text is an expression, so the value
 * keeps whether it was quoted, and its place.
 */
export interface Scalar {
  readonly value: string | number | boolean;
  readonly quoted: boolean;
  readonly span: Span;
}

/** A value inside a document, with its path from the root. */
export interface Item {
  readonly value: unknown;
  readonly path: Path;
}

/** Reads one document and collects its problems, so that all are reported together. */
export interface NodeReader {
  readonly document: YamlDocument;
  readonly problems: Diagnostic[];
}

export function rootItem({ document }: NodeReader): Item {
  return { value: document.value, path: [] };
}

/** Throws the collected problems, if any, in source order. */
export function throwProblems({ problems }: NodeReader): void {
  if (problems.length === 0) return;
  const byPlace = (a: Diagnostic, b: Diagnostic) =>
    (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0);
  throw new InputError([...problems].sort(byPlace));
}

export function report(reader: NodeReader, item: Item, code: ErrorCode, message: string, expected?: string): undefined {
  reader.problems.push({ code, message, expected, span: reader.document.span(item.path) });
}

/** The entries of a mapping with free keys; empty for a missing or empty value. */
export function entriesOf(reader: NodeReader, item: Item | undefined): (readonly [string, Item])[] {
  if (item === undefined || item.value === null) return [];
  if (typeof item.value !== 'object' || Array.isArray(item.value)) {
    report(reader, item, 'wrong-type', `${whereOf(item)} is ${describe(item.value)}`, 'a mapping');
    return [];
  }
  return Object.entries(item.value).map(([key, value]) => [key, { value, path: [...item.path, key] }]);
}

/** The entries of a mapping with known keys. Reports unknown keys and missing required ones. */
export function mappingOf(
  reader: NodeReader,
  item: Item,
  required: readonly string[],
  optional: readonly string[],
): ReadonlyMap<string, Item> {
  const known = [...required, ...optional];
  if (item.value === null || typeof item.value !== 'object' || Array.isArray(item.value)) {
    report(
      reader,
      item,
      'wrong-type',
      `${whereOf(item)} is ${describe(item.value)}`,
      `a mapping with ${required.join(', ')}`,
    );
    return new Map();
  }
  const entries = new Map(entriesOf(reader, item));
  const misspelt = new Set<string | undefined>();
  for (const [key, child] of entries) {
    if (!known.includes(key)) misspelt.add(reportUnknownKey(reader, child, key, known, item));
  }
  for (const key of required) {
    // A misspelt key is one problem, not an unknown key and a missing key.
    if (entries.has(key) || misspelt.has(key)) continue;
    report(reader, item, 'missing-key', `${whereOf(item)} needs the key "${key}"`);
  }
  return entries;
}

export function reportUnknownKey(
  reader: NodeReader,
  child: Item,
  key: string,
  known: readonly string[],
  parent: Item,
): string | undefined {
  const suggestion = nearestName(key, known);
  reader.problems.push({
    code: 'unknown-key',
    message: `unknown key "${key}" in ${whereOf(parent)}`,
    span: reader.document.keySpan(child.path),
    expected: `one of ${known.join(', ')}`,
    suggestion,
  });
  return suggestion;
}

/** The items of a list; empty for a missing or empty value. */
export function listOf(reader: NodeReader, item: Item | undefined): Item[] {
  if (item === undefined || item.value === null) return [];
  if (Array.isArray(item.value)) return item.value.map((value, i) => ({ value, path: [...item.path, i] }));
  report(reader, item, 'wrong-type', `${whereOf(item)} is ${describe(item.value)}`, 'a list');
  return [];
}

/** A number, text or truth value; undefined for a missing or empty value, which Accelergy ignores too. */
export function scalarOf(reader: NodeReader, item: Item | undefined): Scalar | undefined {
  if (item === undefined || item.value === null) return undefined;
  const { value, path } = item;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { value, quoted: reader.document.isQuoted(path), span: reader.document.span(path) };
  }
  return report(
    reader,
    item,
    'wrong-type',
    `${whereOf(item)} is ${describe(value)}`,
    'a number, an expression or text in quotes',
  );
}

/** A name, which is a quoted or unquoted text. */
export function nameOf(reader: NodeReader, item: Item | undefined): Scalar | undefined {
  if (item === undefined) return undefined;
  if (typeof item.value === 'string' && item.value.trim() !== '') return scalarOf(reader, item);
  return report(reader, item, 'wrong-type', `${whereOf(item)} is ${describe(item.value)}`, 'a name');
}

/** Scalars by key, in source order. */
export function scalarsOf(reader: NodeReader, item: Item | undefined): Map<string, Scalar> {
  const scalars = new Map<string, Scalar>();
  for (const [key, child] of entriesOf(reader, item)) {
    const scalar = scalarOf(reader, child);
    if (scalar) scalars.set(key, scalar);
  }
  return scalars;
}

function whereOf({ path }: Item): string {
  return path.length === 0 ? 'the file' : `"${path.join('.')}"`;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `"${value}"` : String(value);
}
