import { fail, nearestName, type Span } from '../../base/errors.ts';
import { type ExpressionOperand, type ExpressionValue, evaluateOperand, textOf } from '../../energy/index.ts';

/** A filter in an expression: `value | name(arguments)`; text[from, to) holds all of it. */
export interface FilterUse {
  readonly from: number;
  readonly to: number;
  readonly value: string;
  readonly name: string;
  readonly arguments: string;
}

/** The first filter outside quotes and brackets. It binds to the name, call, text or brackets before it, as in Jinja. */
export function firstFilter(text: string): FilterUse | undefined {
  const pipe = outside(text, '|');
  if (pipe < 0) return undefined;
  const to = text.slice(0, pipe).trimEnd().length;
  const from = primaryBefore(text, to);
  const head = /^\s*([A-Za-z_]\w*)\s*/.exec(text.slice(pipe + 1));
  const name = head?.[1] ?? '';
  let end = pipe + 1 + (head?.[0].length ?? 0);
  let args = '';
  if (text[end] === '(') {
    const close = closing(text, end);
    args = text.slice(end + 1, close);
    end = close + 1;
  }
  return { from, to: end, value: text.slice(from, to), name, arguments: args };
}

/** The first place of a character outside quotes and brackets; -1 without one. */
function outside(text: string, wanted: string): number {
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === wanted) return i;
    if (c === '"' || c === "'") i = textEnd(text, i);
    else if ('([{'.includes(c)) i = closing(text, i);
  }
  return -1;
}

function textEnd(text: string, from: number): number {
  const end = text.indexOf(text[from], from + 1);
  return end < 0 ? text.length : end;
}

/** The place of the bracket that closes the one at `from`; the end of the text without one. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "'") i = textEnd(text, i);
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c) && --depth === 0) return i;
  }
  return text.length;
}

/** Where the value that ends at `to` begins. */
function primaryBefore(text: string, to: number): number {
  let from = to;
  const last = text[to - 1];
  if (last === ')' || last === ']') {
    for (let i = 0; i < to; i++) {
      const c = text[i];
      if (c === '"' || c === "'") i = textEnd(text, i);
      else if ('([{'.includes(c)) {
        const close = closing(text, i);
        if (close === to - 1) from = i;
        if (close < to - 1) i = close;
        else break;
      }
    }
  } else if (last === '"' || last === "'") {
    from = text.lastIndexOf(last, to - 2);
  }
  while (from > 0 && /[\w.]/.test(text[from - 1])) from--;
  return Math.max(0, from);
}

type Filter = (
  value: ExpressionOperand,
  given: readonly ExpressionOperand[],
  span: Span,
) => ExpressionOperand | undefined;

const listOf = (value: ExpressionOperand): readonly ExpressionOperand[] | undefined =>
  typeof value === 'object' ? value : undefined;
const onText =
  (apply: (text: string) => string): Filter =>
  (value) =>
    typeof value === 'object' ? undefined : apply(textOf(value));
/** A filter that is a function of expressions. */
const ofFunction =
  (name: string): Filter =>
  (value, given, span) => {
    const names = ['x', ...given.map((_, i) => `x${i}`)];
    const values: readonly ExpressionOperand[] = [value, ...given];
    const scope = { size: names.length, keys: () => names, get: (wanted: string) => values[names.indexOf(wanted)] };
    return evaluateOperand(`${name}(${names.join(', ')})`, scope, span);
  };

/** The filters that need no files; `default` is the caller's, because its value may be missing. */
const FILTERS: Readonly<Record<string, Filter>> = {
  ...Object.fromEntries(
    ['int', 'float', 'round', 'abs', 'max', 'min', 'sum', 'list'].map((name) => [name, ofFunction(name)]),
  ),
  length: ofFunction('len'),
  count: ofFunction('len'),
  string: onText((text) => text),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  trim: onText((text) => text.trim()),
  first: (value) => listOf(value)?.[0],
  last: (value) => listOf(value)?.at(-1),
  join: (value, [separator = '']) =>
    listOf(value)
      ?.map((item) => (typeof item === 'object' ? '' : textOf(item)))
      .join(typeof separator === 'object' ? '' : textOf(separator)),
  indent: (value, [width = 4]) =>
    typeof value === 'string' && typeof width === 'number' && width >= 0 && width <= 100
      ? value.replaceAll('\n', `\n${' '.repeat(width)}`)
      : undefined,
};

const KNOWN = ['default', ...Object.keys(FILTERS)];

/** The filtered value. Errors: `not-supported` for an unknown filter, `wrong-type` for a value without a result. */
export function filteredBy(
  { name }: FilterUse,
  value: ExpressionOperand,
  given: readonly ExpressionOperand[],
  span: Span,
): ExpressionOperand {
  if (!Object.hasOwn(FILTERS, name)) {
    fail('not-supported', `the filter "${name}" of Jinja is not supported`, {
      span,
      expected: `one of ${KNOWN.join(', ')}`,
      suggestion: nearestName(name, KNOWN),
    });
  }
  const result = FILTERS[name](value, given, span);
  return result ?? fail('wrong-type', `the filter "${name}" has no value for this`, { span });
}

/** A value as a template writes it. */
export function outputText(value: ExpressionOperand): string {
  return typeof value === 'object'
    ? `[${value.map((item) => outputText(item)).join(', ')}]`
    : textOf(value as ExpressionValue);
}
