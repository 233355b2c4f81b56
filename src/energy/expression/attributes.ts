import { type Diagnostic, fail, InputError, mapCollecting } from '../../base/errors.ts';
import type { Scalar, Scalars } from '../../formats/accelergy/index.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { type Expression, namesIn, parseExpression, type Value } from './expression.ts';

/** Whether a scalar is an expression, which is unquoted text. Any other scalar is its own value. */
function isExpression(scalar: Scalar): boolean {
  return typeof scalar.value === 'string' && !scalar.quoted;
}

/** The value of a scalar: text if quoted, else the value of its expression. Errors: those of expressions. */
function scalarValue(scalar: Scalar, scope: Scope): Value {
  return isExpression(scalar) ? evaluate(expressionOf(scalar), scope) : finite(scalar);
}

/** As `scalarValue`, for a value that must be a number. Errors: `expression-not-a-number` for text. */
export function scalarNumber(scalar: Scalar, scope: Scope): number {
  const value = scalarValue(scalar, scope);
  if (typeof value === 'string')
    fail('expression-not-a-number', `"${value}" is text, not a number`, { span: scalar.span });
  return Number(value);
}

/** A scale of energy or area: zero or above, 1 if not given. Errors: those of `scalarNumber`, `out-of-range`. */
export function scaleValue(scalar: Scalar | undefined, scope: Scope): number {
  if (scalar === undefined) return 1;
  const scale = scalarNumber(scalar, scope);
  if (scale < 0)
    fail('out-of-range', `a scale of ${scale} is below zero`, { span: scalar.span, expected: 'zero or above' });
  return scale;
}

/**
 * The values of a block of attributes that may refer to each other. A name refers to the first match among: an
 * attribute above it in the block, a name of `outer`, an attribute below it. Everything that Accelergy 0.4 evaluates
 * thus has the same value here, and forward references work too. Errors, all of the block together: those of
 * expressions, `expression-cycle`.
 */
export function blockValues(block: Scalars, outer: Scope): Map<string, Value> {
  const places = new Map([...block.keys()].map((name, place) => [name, place]));
  const values = new Map<string, Value>();
  mapCollecting(dependencyOrder(block, outer), (name) => {
    const scope = new Map(outer);
    for (const [other, value] of values) {
      if (places.get(other)! < places.get(name)! || !outer.has(other)) scope.set(other, value);
    }
    values.set(name, scalarValue(block.get(name)!, scope));
  });
  return new Map([...block.keys()].map((name) => [name, values.get(name)!]));
}

/**
 * The names of a block, sorted so that each follows the names it refers to, and otherwise as written. `outer` holds the
 * names from outside. Errors: `expression-syntax`, `expression-cycle`.
 */
function dependencyOrder(block: Scalars, outer: { has(name: string): boolean }): string[] {
  const references = referencesIn(block, outer);
  const order = orderOf(references);
  if (order.size < block.size) failCycle(block, references, order);
  return [...order];
}

/** The block in dependency order. Attributes that refer to each other in a loop come last; a user gives one of them a value. */
export function inDependencyOrder(block: Scalars, outer: { has(name: string): boolean }): Scalars {
  const order = orderOf(referencesIn(block, outer));
  return new Map([...new Set([...order, ...block.keys()])].map((name) => [name, block.get(name)!]));
}

/** As many names as possible in an order in which each follows the names it refers to. */
function orderOf(references: ReadonlyMap<string, readonly string[]>): Set<string> {
  const order = new Set<string>();
  for (let before = -1; order.size > before; ) {
    before = order.size;
    for (const [name, needed] of references) if (needed.every((other) => order.has(other))) order.add(name);
  }
  return order;
}

/** For each attribute, the attributes of its own block that it needs. */
function referencesIn(block: Scalars, outer: { has(name: string): boolean }): Map<string, string[]> {
  const names = [...block.keys()];
  const references = mapCollecting(block, ([name, scalar]): [string, string[]] => {
    if (!isExpression(scalar)) return [name, []];
    const place = names.indexOf(name);
    const isOwn = (other: string) => block.has(other) && (names.indexOf(other) < place || !outer.has(other));
    return [name, namesIn(expressionOf(scalar).root).filter(isOwn)];
  });
  return new Map(references);
}

function failCycle(
  block: Scalars,
  references: ReadonlyMap<string, readonly string[]>,
  order: ReadonlySet<string>,
): never {
  const way: string[] = [];
  let name = [...references.keys()].find((n) => !order.has(n))!;
  while (!way.includes(name)) {
    way.push(name);
    name = references.get(name)!.find((n) => !order.has(n))!;
  }
  const loop = [...way.slice(way.indexOf(name)), name];
  fail('expression-cycle', `"${name}" depends on itself: ${loop.join(' -> ')}`, { span: block.get(name)!.span });
}

/** The expression of an unquoted text. Errors: those of `parseExpression`, with a hint to use quotes. */
export function expressionOf(scalar: Scalar): Expression {
  const text = String(scalar.value);
  try {
    return parseExpression(text, scalar.span);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The usual cause is a text such as 45nm, which Accelergy 0.4 expects in quotes.
    const hint = (d: Diagnostic): Diagnostic => ({
      ...d,
      expected: `an expression, or text in quotes: "${text}"`,
    });
    throw new InputError(error.diagnostics.map((d) => (d.code === 'expression-syntax' ? hint(d) : d)));
  }
}

function finite({ value, span }: Scalar): Value {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return fail('expression-not-a-number', `${value} is not a finite number`, { span });
}
