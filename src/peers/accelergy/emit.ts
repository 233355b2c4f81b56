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
  return mapText(value, '', { indent, known: new Map() });
}

/** The layout, and the texts of lists and mappings so far: equal components share theirs, whose text is made once. */
interface Page {
  readonly indent: 2 | 4;
  readonly known: Map<object, { readonly pad: string; readonly text: string }>;
}

function kept(value: object, pad: string, { known }: Page, make: () => string): string {
  const before = known.get(value);
  if (before?.pad === pad) return before.text;
  const text = make();
  known.set(value, { pad, text });
  return text;
}

/** The lines of a mapping; `first` stands in front of the first one instead of the pad. */
function mapText(map: OutputMap, pad: string, page: Page, first = pad): string {
  let text = '';
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    text += entryText(`${text === '' ? first : pad}${plainText(key)}:`, value, pad, page);
  }
  return text;
}

function entryText(head: string, value: Output, pad: string, page: Page): string {
  const { indent } = page;
  if (isScalar(value)) return `${head} ${scalarText(value)}\n`;
  if (isList(value)) {
    if (value.length === 0) return `${head} []\n`;
    const inner = indent === 4 ? `${pad}  ` : pad;
    return `${head}\n${kept(value, inner, page, () => listText(value, inner, page))}`;
  }
  const inner = pad + ' '.repeat(indent);
  const text = kept(value, inner, page, () => mapText(value, inner, page));
  return text === '' ? `${head} {}\n` : `${head}\n${text}`;
}

function listText(items: readonly Output[], pad: string, page: Page): string {
  return items.map((item) => itemText(item, pad, page)).join('');
}

function itemText(item: Output, pad: string, page: Page): string {
  if (isScalar(item)) return `${pad}- ${scalarText(item)}\n`;
  if (isList(item)) return entryText(`${pad}-`, item, `${pad}  `, page);
  return Object.keys(item).length === 0 ? `${pad}- {}\n` : mapText(item, `${pad}  `, page, `${pad}- `);
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
