import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type ExpressionNames, type ExpressionValue, evaluateExpression } from '../../energy/index.ts';
import { plainValueOf, type TaggedMap, type TaggedNode } from '../../formats/tagged-yaml.ts';
import type { Rules } from './rules.ts';

/** A value of a file: a number, text, truth value or nothing, or a list or mapping that is only passed on. */
export type Plain = ExpressionValue | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The value of an attribute. */
export interface Attribute {
  readonly value: Plain;
  /** Whether it is text without quotes, which is an expression. */
  readonly bare: boolean;
  readonly span: Span;
}

export type Attributes = ReadonlyMap<string, Attribute>;

/** Several maps of attributes as one scope; the last one that has a name wins. */
export class Layers implements ExpressionNames {
  private readonly maps: readonly Attributes[];

  constructor(...maps: readonly Attributes[]) {
    this.maps = maps;
  }

  get size(): number {
    return this.maps.reduce((sum, map) => sum + map.size, 0);
  }

  get(name: string): ExpressionValue | undefined {
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

export const NO_ATTRIBUTES: Attributes = new Map();

/** The tag of text that counts as unquoted: a template cannot write every expression without quotes. */
export const BARE = '!bare';

export function attributeOf(node: TaggedNode): Attribute {
  const value = plainValueOf(node) as Plain;
  const bare = node.kind === 'scalar' && typeof value === 'string' && (!node.quoted || node.tag === BARE);
  return { value, bare, span: node.span };
}

/** The attributes of a mapping as written, in source order. */
export function attributesOf(map: TaggedMap | undefined): Map<string, Attribute> {
  return new Map([...(map?.entries ?? [])].map(([name, { node }]) => [name, attributeOf(node)]));
}

/** An attribute that the program adds. */
export function given(value: Plain, span: Span): Attribute {
  return { value, bare: false, span };
}

/**
 * The value of an attribute: quoted text stays, other text is a number, a truth value or an expression over `names`. In
 * files older than 0.4, text without a value stays text. Errors: those of expressions.
 */
export function evaluated(attribute: Attribute, names: ExpressionNames, rules: Rules): Attribute {
  const { value, bare, span } = attribute;
  if (!bare) return attribute;
  const text = String(value);
  const simple = simpleValue(text);
  if (simple !== undefined) return given(simple, span);
  try {
    return given(evaluateExpression(text, names, span), span);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (rules.isLegacy && !error.diagnostics.some(({ code }) => code === 'expression-cycle')) return attribute;
    throw new InputError(error.diagnostics.map((d) => withHint(d, text)));
  }
}

/** Usually the text is a name such as 45nm, which needs quotes since 0.4. */
function withHint(d: Diagnostic, text: string): Diagnostic {
  const isName = d.code === 'expression-syntax' || (/^[\w.-]+$/.test(text.trim()) && d.suggestion === undefined);
  return isName ? { ...d, expected: `an expression, or text in quotes: "${text}"` } : d;
}

function simpleValue(text: string): number | boolean | undefined {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** The number of an attribute. Errors: those of expressions; `expression-not-a-number`. */
export function numberOf(attribute: Attribute, names: ExpressionNames, rules: Rules): number {
  const { value, span } = evaluated({ ...attribute, bare: typeof attribute.value === 'string' }, names, rules);
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  return fail('expression-not-a-number', `"${value}" is not a number`, { span, expected: 'a number or an expression' });
}

/**
 * The values of a block in order. Each sees the outer names and those above it in the block, which win. Errors: those of
 * expressions, of all attributes together.
 */
export function blockInOrder(block: Attributes, outer: readonly Attributes[], rules: Rules): Map<string, Attribute> {
  const values = new Map<string, Attribute>();
  const names = new Layers(...outer, values);
  const problems: Diagnostic[] = [];
  for (const [name, attribute] of block) {
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
