import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type Attribute, type Attributes, given, type Plain, plainText } from '../../formats/accelergy/index.ts';
import { evaluateExpression } from '../expression/cached.ts';
import type { Names } from '../expression/evaluate.ts';
import type { Value } from '../expression/expression.ts';
import type { Rules } from './rules.ts';

/** Several maps of attributes as one scope; the last one that has a name wins. */
export class Layers implements Names {
  private readonly maps: readonly Attributes[];

  constructor(...maps: readonly Attributes[]) {
    this.maps = maps;
  }

  get size(): number {
    return this.maps.reduce((sum, map) => sum + map.size, 0);
  }

  get(name: string): Value | undefined {
    for (let i = this.maps.length - 1; i >= 0; i--) {
      const found = this.maps[i].get(name)?.value;
      if (found !== undefined && found !== null && typeof found !== 'object') return found;
    }
    return undefined;
  }

  *keys(): Iterable<string> {
    for (const map of this.maps) yield* map.keys();
  }
}

/**
 * The value of an attribute: quoted text stays, other text is a number, a truth value or an expression over `names`. In
 * files older than 0.4, text without a value stays text. Errors: those of expressions.
 */
export function evaluated(attribute: Attribute, names: Names, rules: Rules): Attribute {
  const { value, bare, span } = attribute;
  if (!bare) return checked(attribute, rules);
  const found = textValue(String(value), span, names, rules);
  return found === undefined ? attribute : given(found, span);
}

/** The value of unquoted text; undefined if it stays text. */
function textValue(text: string, span: Span, names: Names, rules: Rules): Value | undefined {
  const simple = simpleValue(text);
  if (simple !== undefined) return simple;
  try {
    return evaluateExpression(text, names, span);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (rules.isLegacy && !error.diagnostics.some(({ code }) => code === 'expression-cycle')) return undefined;
    throw new InputError(error.diagnostics.map((d) => withHint(d, text)));
  }
}

/** Whether the value of an attribute may depend on others. */
export function needsNames({ value, bare }: Attribute): boolean {
  return bare && simpleValue(String(value)) === undefined;
}

/** A run has no use for lists and mappings, and neither has any estimate for a number that is none. */
function checked(attribute: Attribute, { peer, isRun }: Rules): Attribute {
  const { value, span } = attribute;
  if (isRun && typeof value === 'object' && value !== null)
    fail('wrong-type', `the attribute is ${Array.isArray(value) ? 'a list' : 'a mapping'}`, {
      span,
      expected: 'a number, an expression or text in quotes',
    });
  if (peer === undefined && typeof value === 'number' && !Number.isFinite(value))
    fail('expression-not-a-number', `${value} is not a finite number`, { span });
  return attribute;
}

/** Usually the text is a name such as 45nm, which needs quotes since 0.4. */
export function withHint(d: Diagnostic, text: string): Diagnostic {
  const isName = d.code === 'expression-syntax' || (/^[\w.-]+$/.test(text.trim()) && d.suggestion === undefined);
  return isName ? { ...d, expected: `an expression, or text in quotes: "${text}"` } : d;
}

function simpleValue(text: string): number | boolean | undefined {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** The number of an attribute. Errors: those of expressions; `expression-not-a-number`. */
export function numberOf(attribute: Attribute, names: Names, rules: Rules): number {
  const { value: written, span } = attribute;
  const value =
    typeof written === 'string' ? (textValue(written, span, names, rules) ?? written) : checked(attribute, rules).value;
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  return fail('expression-not-a-number', `"${plainText(value)}" is not a number`, {
    span,
    expected: 'a number or an expression',
  });
}

/**
 * A scale of energy or area: 1 if not given. Errors: those of `numberOf`; a scale below zero is a slip, since Accelergy takes it.
 */
export function scaleOf(attribute: Attribute | undefined, names: Names, rules: Rules): number {
  if (attribute === undefined) return 1;
  const scale = numberOf(attribute, names, rules);
  if (scale < 0) {
    const message = `a scale of ${scale} is below zero`;
    rules.slip({ code: 'out-of-range', message, span: attribute.span, expected: 'zero or above' });
  }
  return scale;
}

const keys = new WeakMap<Attributes, string>();

/** A text that attributes share if they have equal values in the same order, and no others. It is kept: the attributes must not change. */
export function keyOf(attributes: Attributes): string {
  const known = keys.get(attributes);
  if (known !== undefined) return known;
  let text = '';
  for (const [name, { value, bare }] of attributes)
    text += `${JSON.stringify(name)}${bare ? '~' : ':'}${valueKey(value)},`;
  keys.set(attributes, text);
  return text;
}

/** A text that equal values share, and no others: JSON would take -0 for 0, and what is no finite number for nothing. */
export function valueKey(value: Plain): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(valueKey).join()}]`;
  return `{${Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}:${valueKey(child)}`)}}`;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** The values that mean something to an estimator: no empty ones, as Accelergy asks, and no lists or mappings. */
export function valuesOf(attributes: Attributes): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, { value }] of attributes) if (value !== null && typeof value !== 'object') values.set(name, value);
  return values;
}

/** The rest of an unsuitable block shows nothing new. */
export const MOST_PROBLEMS = 20;

/**
 * The values of a block in order. Each sees the outer names and those above it in the block, which win. Errors: those of
 * expressions, of all attributes together.
 */
export function blockInOrder(block: Attributes, outer: readonly Attributes[], rules: Rules): Map<string, Attribute> {
  const values = new Map<string, Attribute>();
  const names = new Layers(...outer, values);
  const problems: Diagnostic[] = [];
  for (const [name, attribute] of block) {
    if (problems.length >= MOST_PROBLEMS) break;
    try {
      values.set(name, evaluated(attribute, names, rules));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.diagnostics);
      // The value is unknown, not missing: names that refer to it should not be errors too.
      values.set(name, given(1, attribute.span));
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return values;
}
