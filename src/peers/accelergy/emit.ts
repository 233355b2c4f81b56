import { textOf } from '../../energy/index.ts';

/** A value of an output file. A `Quoted` text is written in quotes, as the input had it. */
export type Output = number | string | boolean | null | Quoted | readonly Output[] | OutputMap;

export interface OutputMap {
  readonly [key: string]: Output | undefined;
}

export class Quoted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A mapping as YAML in the layout of Accelergy's files: mappings indented by `indent`, the dash of a list by half of it.
 * Keys without a value are left out.
 */
export function emitYaml(value: OutputMap, indent: 2 | 4): string {
  const page: Page = { indent, pieces: [], known: new Map() };
  writeMap(value, '', page);
  return page.pieces.join('');
}

/**
 * The layout, the pieces of the text so far, and the texts of lists and mappings: equal components share theirs, whose text is
 * made once.
 */
interface Page {
  readonly indent: 2 | 4;
  readonly pieces: string[];
  readonly known: Map<object, { readonly pad: string; readonly text: string }>;
}

/** Writes a list or mapping, or repeats the text of the same one with the same pad. */
function writeOnce(value: object, pad: string, page: Page, write: () => void): void {
  const { indent, pieces, known } = page;
  // The outermost ones stand there once.
  const isOutermost = pad.length < 2 * indent;
  const before = known.get(value);
  if (before?.pad === pad) {
    pieces.push(before.text);
    return;
  }
  const from = pieces.length;
  write();
  if (isOutermost) return;
  joinFrom(from, pieces);
  known.set(value, { pad, text: pieces[from] });
}

/** Joins the pieces from an index on. A text of many small pieces costs the collector of garbage more than it costs to make. */
function joinFrom(from: number, pieces: string[]): void {
  const text = pieces.slice(from).join('');
  pieces.length = from;
  pieces.push(text);
}

/** The lines of a mapping; `first` stands in front of the first one instead of the pad. */
function writeMap(map: OutputMap, pad: string, page: Page, first = pad): void {
  let before = first;
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    writeEntry(`${before}${plainText(key)}:`, value, pad, page);
    before = pad;
  }
}

function writeEntry(head: string, value: Output, pad: string, page: Page): void {
  const { indent, pieces } = page;
  if (isScalar(value)) {
    pieces.push(`${head} ${scalarText(value)}\n`);
  } else if (isList(value)) {
    pieces.push(value.length === 0 ? `${head} []\n` : `${head}\n`);
    const inner = indent === 4 ? `${pad}  ` : pad;
    if (value.length > 0) writeOnce(value, inner, page, () => writeList(value, inner, page));
  } else {
    const hasNone = isEmpty(value);
    pieces.push(hasNone ? `${head} {}\n` : `${head}\n`);
    const inner = pad + ' '.repeat(indent);
    if (!hasNone) writeOnce(value, inner, page, () => writeMap(value, inner, page));
  }
}

function writeList(items: readonly Output[], pad: string, page: Page): void {
  const [dash, inner] = [`${pad}- `, `${pad}  `];
  for (const item of items) {
    if (isScalar(item)) page.pieces.push(`${dash}${scalarText(item)}\n`);
    else if (isList(item)) writeEntry(`${pad}-`, item, inner, page);
    else if (isEmpty(item)) page.pieces.push(`${dash}{}\n`);
    else {
      const from = page.pieces.length;
      writeMap(item, inner, page, dash);
      joinFrom(from, page.pieces);
    }
  }
}

function isEmpty(map: OutputMap): boolean {
  for (const key in map) if (map[key] !== undefined) return false;
  return true;
}

function isList(value: Output): value is readonly Output[] {
  return Array.isArray(value);
}

function isScalar(value: Output): value is number | string | boolean | null | Quoted {
  return value === null || typeof value !== 'object' || value instanceof Quoted;
}

function scalarText(value: number | string | boolean | null | Quoted): string {
  if (value === null) return 'null';
  if (value instanceof Quoted) return JSON.stringify(value.text);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  return plainText(value);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return textOf(value);
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
}

/** Text that YAML would read as something else, or not at all, without quotes. */
const NEEDS_QUOTES =
  /^$|^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|: |:$| #|\s$|[\n\t]|^(?:true|false|null|yes|no|on|off|~)$|^[-+.]?[\d.]/i;

function plainText(text: string): string {
  return NEEDS_QUOTES.test(text) ? JSON.stringify(text) : text;
}
