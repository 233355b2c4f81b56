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
  const page: Page = { indent, lines: [], lists: new Map() };
  emitMap(value, '', page, '');
  return `${page.lines.join('\n')}\n`;
}

/** The text so far. A list that stands in it already is repeated as it is: equal components share their lists. */
interface Page {
  readonly indent: 2 | 4;
  readonly lines: string[];
  readonly lists: Map<readonly Output[], { readonly pad: string; readonly from: number; readonly to: number }>;
}

function emitMap(map: OutputMap, pad: string, page: Page, first: string): void {
  let lead = first === '' ? pad : first;
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    emitEntry(`${lead}${plainText(key)}:`, value, pad, page);
    lead = pad;
  }
}

function emitEntry(head: string, value: Output, pad: string, page: Page): void {
  const { indent, lines } = page;
  if (isScalar(value)) {
    lines.push(`${head} ${scalarText(value)}`);
  } else if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${head} []`);
    else {
      lines.push(head);
      emitList(value, indent === 4 ? `${pad}  ` : pad, page);
    }
  } else if (Object.values(value).every((child) => child === undefined)) {
    lines.push(`${head} {}`);
  } else {
    lines.push(head);
    emitMap(value as OutputMap, pad + ' '.repeat(indent), page, '');
  }
}

function emitList(items: readonly Output[], pad: string, page: Page): void {
  const { lines, lists } = page;
  const before = lists.get(items);
  if (before?.pad === pad) {
    for (let i = before.from; i < before.to; i++) lines.push(lines[i]);
    return;
  }
  const from = lines.length;
  for (const item of items) {
    if (isScalar(item)) lines.push(`${pad}- ${scalarText(item)}`);
    else if (Array.isArray(item)) emitEntry(`${pad}-`, item, `${pad}  `, page);
    else if (Object.keys(item).length === 0) lines.push(`${pad}- {}`);
    else emitMap(item as OutputMap, `${pad}  `, page, `${pad}- `);
  }
  lists.set(items, { pad, from, to: lines.length });
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
