import { nearestName } from '../../base/errors.ts';
import type { Arithmetic, Comparison, Expression, ExpressionNode, Value } from './expression.ts';
import { CONSTANTS, FUNCTIONS, type Operand } from './functions.ts';
import { failAt } from './tokens.ts';

/** The values of the names of an expression. */
export type Scope = ReadonlyMap<string, Value>;

/** The part of a scope that an evaluation needs. A scope of several layers need not copy them into one map. */
export interface Names {
  readonly size: number;
  get(name: string): Operand | undefined;
  keys(): Iterable<string>;
}

/**
 * The value of an expression with Python's semantics: `/` is true division, `//` floors, `%` takes the divisor's sign,
 * `and` and `or` return one of their operands. Errors: `expression-unknown-name`; `expression-not-a-number` for
 * arithmetic on text and for anything without a finite value (division by zero, logarithm of a negative, overflow).
 */
export function evaluate(expression: Expression, scope: Names): Value {
  return nodeValue(expression, expression.root, scope);
}

/** The value of an expression that must be a number (True counts as 1). Errors: as `evaluate`. */
export function evaluateNumber(expression: Expression, scope: Names): number {
  return toNumber(expression, expression.root, evaluate(expression, scope));
}

/** The value of one node of an expression, for other functions that walk the tree. */
export function nodeValue(expression: Expression, node: ExpressionNode, scope: Names): Value {
  const operand = operandOf(expression, node, scope);
  if (typeof operand !== 'object') return operand;
  return failAt(expression, node, 'expression-not-a-number', `"${textOf(expression, node)}" is a list, not a value`);
}

/** As `nodeValue`; a list is a value too. */
export function operandOf(expression: Expression, node: ExpressionNode, scope: Names): Operand {
  switch (node.kind) {
    case 'literal':
      return finite(expression, node, node.value);
    case 'name':
      return lookUp(expression, node, node.name, scope);
    case 'unary':
      if (node.operator === 'not') return !isTrue(nodeValue(expression, node.operand, scope));
      return (node.operator === '-' ? -1 : 1) * numberAt(expression, node.operand, scope);
    case 'arithmetic':
      return arithmetic(
        expression,
        node,
        nodeValue(expression, node.left, scope),
        nodeValue(expression, node.right, scope),
      );
    case 'logical': {
      const left = nodeValue(expression, node.left, scope);
      return isTrue(left) === (node.operator === 'or') ? left : nodeValue(expression, node.right, scope);
    }
    case 'comparison':
      return comparison(expression, node, scope);
    case 'choice':
      return operandOf(
        expression,
        isTrue(nodeValue(expression, node.condition, scope)) ? node.whenTrue : node.whenFalse,
        scope,
      );
    case 'call':
      return call(expression, node, scope);
    case 'list':
      return node.items.map((item) => operandOf(expression, item, scope));
  }
}

/** Python's truth: zero, empty text and False are false. */
export function isTrue(value: Value): boolean {
  return value !== 0 && value !== '' && value !== false;
}

function call(expression: Expression, node: Extract<ExpressionNode, { kind: 'call' }>, scope: Names): Operand {
  const { apply, call: general, expected } = FUNCTIONS.get(node.name)!;
  if (apply) return finite(expression, node, apply(...node.arguments.map((n) => numberAt(expression, n, scope))));
  const result = general!(...node.arguments.map((n) => operandOf(expression, n, scope)));
  if (result === undefined && expected !== undefined)
    failAt(expression, node, 'expression-not-a-number', `"${textOf(expression, node)}" has no value`, { expected });
  if (typeof result === 'object') return result;
  return finite(expression, node, result ?? Number.NaN);
}

function lookUp(expression: Expression, node: ExpressionNode, name: string, scope: Names): Operand {
  const value = scope.get(name) ?? CONSTANTS.get(name);
  if (typeof value === 'object') return value;
  if (value !== undefined) return finite(expression, node, value);
  const known = [...scope.keys(), ...CONSTANTS.keys()];
  return failAt(expression, node, 'expression-unknown-name', `no value is named "${name}"`, {
    expected: scope.size > 0 && scope.size <= 30 ? `one of ${[...scope.keys()].join(', ')}` : undefined,
    suggestion: nearestName(name, known),
  });
}

function arithmetic(
  expression: Expression,
  node: Extract<ExpressionNode, { kind: 'arithmetic' }>,
  left: Value,
  right: Value,
): Value {
  if (node.operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  const x = toNumber(expression, node.left, left);
  const y = toNumber(expression, node.right, right);
  const divides = node.operator === '/' || node.operator === '//' || node.operator === '%';
  if (divides ? y === 0 : node.operator === '**' && x === 0 && y < 0) {
    failAt(expression, node, 'expression-not-a-number', `"${textOf(expression, node)}" divides by zero`);
  }
  return finite(expression, node, calculate(node.operator, x, y));
}

function calculate(operator: Arithmetic, x: number, y: number): number {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return x / y;
    case '//':
      return floorQuotient(x, y);
    case '%': {
      const remainder = x % y;
      return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder;
    }
    case '**':
      return x ** y;
  }
}

/** Python's quotient belongs to its remainder: 3 // 1e-9 is 2999999999, since 1e-9 is a little more than a billionth. */
function floorQuotient(x: number, y: number): number {
  const remainder = x % y;
  const isBelow = remainder !== 0 && remainder < 0 !== y < 0;
  const quotient = (x - remainder) / y - (isBelow ? 1 : 0);
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

function comparison(
  expression: Expression,
  node: Extract<ExpressionNode, { kind: 'comparison' }>,
  scope: Names,
): boolean {
  let left = node.first;
  let leftValue = nodeValue(expression, left, scope);
  for (const { operator, operand } of node.rest) {
    if (operator === 'in' || operator === 'not in') {
      const isIn = contains(expression, operand, operandOf(expression, operand, scope), leftValue);
      if (isIn !== (operator === 'in')) return false;
      if (node.rest.length > 1) failAt(expression, node, 'expression-syntax', '"in" stands alone in a comparison');
      continue;
    }
    const rightValue = nodeValue(expression, operand, scope);
    if (!holds(expression, operator, left, leftValue, operand, rightValue)) return false;
    [left, leftValue] = [operand, rightValue];
  }
  return true;
}

/** Whether a list has an equal item, or a text the text. */
function contains(expression: Expression, node: ExpressionNode, whole: Operand, part: Value): boolean {
  if (typeof whole === 'object') return whole.some((item) => typeof item !== 'object' && sameValue(item, part));
  if (typeof whole === 'string' && typeof part === 'string') return whole.includes(part);
  return failAt(
    expression,
    node,
    'expression-not-a-number',
    `"${textOf(expression, node)}" is neither a list nor text`,
  );
}

/** A text and a number are never equal. */
function sameValue(a: Value, b: Value): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : Number(a) === Number(b);
}

function holds(
  expression: Expression,
  operator: Comparison,
  left: ExpressionNode,
  a: Value,
  right: ExpressionNode,
  b: Value,
): boolean {
  if (operator === '==') return sameValue(a, b);
  if (operator === '!=') return !sameValue(a, b);
  const order =
    typeof a === 'string' && typeof b === 'string'
      ? compareText(a, b)
      : toNumber(expression, left, a) - toNumber(expression, right, b);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function numberAt(expression: Expression, node: ExpressionNode, scope: Names): number {
  return toNumber(expression, node, nodeValue(expression, node, scope));
}

function toNumber(expression: Expression, node: ExpressionNode, value: Value): number {
  if (typeof value !== 'string') return Number(value);
  return failAt(expression, node, 'expression-not-a-number', `"${value}" is text, not a number`);
}

function finite(expression: Expression, node: ExpressionNode, value: Value): Value {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  const reason = Number.isNaN(value) ? 'has no value' : 'is too large';
  return failAt(expression, node, 'expression-not-a-number', `"${textOf(expression, node)}" ${reason}`, {
    expected: 'a finite number',
  });
}

function textOf({ text }: Expression, { from, to }: ExpressionNode): string {
  return text.slice(from, to);
}
