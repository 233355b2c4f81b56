import type { Path } from '../../base/document.ts';
import { type Diagnostic, describeValue, nearestName, type Span } from '../../base/errors.ts';
import type { Files } from '../../base/files.ts';
import type { SourceText } from '../../base/source.ts';
import { readDocument, type TimeloopDocument } from './document.ts';

/** A value inside a document, with its path from the root. */
interface Item {
  readonly value: unknown;
  readonly path: Path;
}

/** A part of a file: its value, and the reader that knows its places. */
export interface Section {
  /** Collects the problems of its document, so that all are reported together. */
  readonly reader: { readonly document: TimeloopDocument; readonly problems: Diagnostic[] };
  readonly item: Item;
}

export function sectionOf(source: SourceText, files?: Files): Section {
  const document = readDocument(source, files);
  return { reader: { document, problems: [] }, item: { value: document.value, path: [] } };
}

/** The entries of a mapping; empty for anything else, which is reported. */
export function recordOf(section: Section): ReadonlyMap<string, Section> {
  const { reader, item } = section;
  const { value, path } = item;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    problemAt(section, 'wrong-type', `${whereOf(path)} is ${describeValue(value)}`, 'a mapping');
    return new Map();
  }
  return new Map(
    Object.entries(value).map(([key, child]) => [key, { reader, item: { value: child, path: [...path, key] } }]),
  );
}

/** The entries of a list; empty for a missing value, and for anything else, which is reported. */
export function sectionsOf(section: Section | undefined): Section[] {
  if (section === undefined || section.item.value === null) return [];
  const { reader, item } = section;
  if (Array.isArray(item.value)) {
    return item.value.map((value, i) => ({ reader, item: { value, path: [...item.path, i] } }));
  }
  problemAt(section, 'wrong-type', `${whereOf(item.path)} is ${describeValue(item.value)}`, 'a list');
  return [];
}

/** The place of a section. */
export function spanAt({ reader, item }: Section): Span {
  return reader.document.span(item.path);
}

export function problemAt(
  { reader, item }: Section,
  code: Diagnostic['code'],
  message: string,
  expected?: string,
  suggestion?: string,
): undefined {
  reader.problems.push({ code, message, expected, suggestion, span: spanAt({ reader, item }) });
}

/** Reports a required key that is not there. */
export function missing(section: Section, key: string): undefined {
  return problemAt(section, 'missing-key', `${whereOf(section.item.path)} needs the key "${key}"`);
}

export function textOf(section: Section | undefined): string | undefined {
  if (section === undefined) return undefined;
  const { value, path } = section.item;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number') return String(value);
  return problemAt(section, 'wrong-type', `${whereOf(path)} is ${describeValue(value)}`, 'a name');
}

/** A number of at least `least`; undefined for a missing one, and for anything else, which is reported. */
export function numberOf(section: Section | undefined, least: number): number | undefined {
  if (section === undefined) return undefined;
  const { value, path } = section.item;
  const number = typeof value === 'string' && /^[-+.\d]+(e[-+]?\d+)?$/i.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    return problemAt(section, 'wrong-type', `${whereOf(path)} is ${describeValue(value)}`, 'a number');
  if (number >= least && Number.isFinite(number)) return number;
  return problemAt(section, 'out-of-range', `${whereOf(path)} is ${number}`, `${least} or more`);
}

/** A whole number of at least `least`. */
export function wholeOf(section: Section | undefined, least: number): number | undefined {
  const number = numberOf(section, least);
  if (number === undefined || (Number.isInteger(number) && number <= 2 ** 40)) return number;
  return problemAt(
    section!,
    'out-of-range',
    `${whereOf(section!.item.path)} is ${number}`,
    'a whole number up to 2^40',
  );
}

export function flagOf(section: Section | undefined): boolean {
  if (section === undefined) return false;
  const { value, path } = section.item;
  if (typeof value === 'boolean') return value;
  // The files are written for YAML 1.1 and Python.
  if (typeof value === 'string' && /^(true|yes|on|false|no|off)$/i.test(value)) return /^(true|yes|on)$/i.test(value);
  problemAt(section, 'wrong-type', `${whereOf(path)} is ${describeValue(value)}`, 'true or false');
  return false;
}

/** Reports a name that is not among `known`. Returns its index, or -1. */
export function indexOfName(section: Section, name: string, known: readonly string[], what: string): number {
  const index = known.indexOf(name);
  if (index < 0) {
    problemAt(
      section,
      'unknown-name',
      `there is no ${what} "${name}"`,
      `one of ${known.join(', ')}`,
      nearestName(name, known),
    );
  }
  return index;
}

export function refuseUnknown(
  entries: ReadonlyMap<string, Section>,
  known: readonly string[],
  { reader, item }: Section,
): void {
  for (const [key, child] of entries) {
    if (known.includes(key)) continue;
    reader.problems.push({
      code: 'unknown-key',
      message: `unknown key "${key}" in ${whereOf(item.path)}`,
      span: reader.document.keySpan(child.item.path),
      expected: `one of ${known.join(', ')}`,
      suggestion: nearestName(key, known),
    });
  }
}

export function whereOf(path: Path): string {
  return path.length === 0 ? 'the file' : `"${path.join('.')}"`;
}
