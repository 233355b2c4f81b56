import type { Span } from '../../base/errors.ts';
import { nearestName } from '../../base/errors.ts';
import { FUNCTIONS, type Value } from './functions.ts';
import { type ExpressionSource, type Extent, failAt, type Token, tokenize } from './tokens.ts';

export type { Value } from './functions.ts';

/** The operators that compare; they chain as in Python: `0 < x <= 8`. */
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=' | 'in' | 'not in';
export type Arithmetic = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** One node of the tree; `from` and `to` delimit its part of the text. */
export type ExpressionNode = Extent &
  (
    | { readonly kind: 'literal'; readonly value: Value }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'unary'; readonly operator: '+' | '-' | 'not'; readonly operand: ExpressionNode }
    | {
        readonly kind: 'arithmetic';
        readonly operator: Arithmetic;
        readonly left: ExpressionNode;
        readonly right: ExpressionNode;
      }
    | {
        readonly kind: 'logical';
        readonly operator: 'and' | 'or';
        readonly left: ExpressionNode;
        readonly right: ExpressionNode;
      }
    | {
        readonly kind: 'comparison';
        readonly first: ExpressionNode;
        readonly rest: readonly { readonly operator: Comparison; readonly operand: ExpressionNode }[];
      }
    | {
        readonly kind: 'choice';
        readonly condition: ExpressionNode;
        readonly whenTrue: ExpressionNode;
        readonly whenFalse: ExpressionNode;
      }
    | { readonly kind: 'list'; readonly items: readonly ExpressionNode[] }
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly ExpressionNode[] }
  );

/** A parsed expression: plain data. */
export interface Expression extends ExpressionSource {
  readonly root: ExpressionNode;
}

interface Parser {
  readonly source: ExpressionSource;
  readonly tokens: readonly Token[];
  next: number;
}

/** The binding strength of operators, loosest first, in the order of Python's grammar. */
const POWER = { choice: 1, or: 2, and: 3, not: 4, comparison: 5, sum: 6, product: 7, sign: 8, power: 9 } as const;

const INFIX: ReadonlyMap<string, number> = new Map([
  ['if', POWER.choice],
  ['or', POWER.or],
  ['and', POWER.and],
  ...['<', '<=', '>', '>=', '==', '!=', 'in', 'not'].map((text) => [text, POWER.comparison] as const),
  ...['+', '-'].map((text) => [text, POWER.sum] as const),
  ...['*', '/', '//', '%'].map((text) => [text, POWER.product] as const),
  ['**', POWER.power],
]);

/**
 * Parses an attribute expression: Python's operators, conditional expressions and literals, and calls of a closed set
 * of functions. `span` is the place of the text. Errors: `expression-syntax`, `expression-unknown-name` for an unknown
 * function.
 */
export function parseExpression(text: string, span?: Span): Expression {
  const source = { text, span };
  const parser: Parser = { source, tokens: tokenize(source), next: 0 };
  const root = parseFrom(parser, POWER.choice);
  if (peek(parser).kind !== 'end') unexpected(parser);
  return { text, span, root };
}

/** The names an expression refers to, in order of appearance, without functions and names inside strings. */
export function namesIn(node: ExpressionNode): string[] {
  if (node.kind === 'name') return [node.name];
  return childrenOf(node).flatMap(namesIn);
}

/** The nodes directly below one, in source order. */
export function childrenOf(node: ExpressionNode): readonly ExpressionNode[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'unary':
      return [node.operand];
    case 'arithmetic':
    case 'logical':
      return [node.left, node.right];
    case 'comparison':
      return [node.first, ...node.rest.map((r) => r.operand)];
    case 'choice':
      return [node.whenTrue, node.condition, node.whenFalse];
    case 'list':
      return node.items;
    case 'call':
      return node.arguments;
  }
}

function parseFrom(parser: Parser, power: number): ExpressionNode {
  let left = parsePrefix(parser, power);
  for (;;) {
    const token = peek(parser);
    const infix = token.kind === 'operator' ? INFIX.get(token.text) : undefined;
    if (infix === undefined || infix < power) return left;
    left = parseInfix(parser, left, infix);
  }
}

function parsePrefix(parser: Parser, power: number): ExpressionNode {
  const token = peek(parser);
  if (token.text === 'not' && power <= POWER.not) return parseUnary(parser, 'not', POWER.not);
  if (token.text === '-' || token.text === '+') return parseUnary(parser, token.text, POWER.sign);
  if (token.kind === 'operator' && token.text === '(') return parseGroup(parser);
  if (token.kind === 'operator' && token.text === '[') return parseList(parser);
  if (token.kind === 'number') return literal(take(parser), Number(token.text));
  if (token.kind === 'string') return literal(take(parser), token.text.slice(1, -1));
  if (token.kind !== 'name') unexpected(parser);
  take(parser);
  return peek(parser).text === '('
    ? parseCall(parser, token)
    : { kind: 'name', name: token.text, from: token.from, to: token.to };
}

function parseInfix(parser: Parser, left: ExpressionNode, power: number): ExpressionNode {
  const operator = peek(parser).text;
  if (power === POWER.comparison) return parseComparison(parser, left);
  take(parser);
  if (power === POWER.choice) return parseChoice(parser, left);
  // `**` groups to the right and takes a signed exponent; the others group to the left.
  const right = parseFrom(parser, operator === '**' ? POWER.sign : power + 1);
  const extent = { left, right, from: left.from, to: right.to };
  if (operator === 'and' || operator === 'or') return { kind: 'logical', operator, ...extent };
  return { kind: 'arithmetic', operator: operator as Arithmetic, ...extent };
}

function parseUnary(parser: Parser, operator: '+' | '-' | 'not', power: number): ExpressionNode {
  const { from } = take(parser);
  const operand = parseFrom(parser, power);
  return { kind: 'unary', operator, operand, from, to: operand.to };
}

function parseGroup(parser: Parser): ExpressionNode {
  const { from } = take(parser);
  const inner = parseFrom(parser, POWER.choice);
  if (peek(parser).text === ',' && peek(parser).kind === 'operator') {
    // A tuple: a list in other brackets.
    take(parser);
    const items = [inner, ...parseItems(parser, ')')];
    return { kind: 'list', items, from, to: take(parser).to };
  }
  const { to } = expect(parser, ')');
  return { ...inner, from, to };
}

function parseList(parser: Parser): ExpressionNode {
  const { from } = take(parser);
  const items = parseItems(parser, ']');
  return { kind: 'list', items, from, to: take(parser).to };
}

/** The expressions up to a closing bracket, which stays. */
function parseItems(parser: Parser, close: string): ExpressionNode[] {
  const items: ExpressionNode[] = [];
  while (peek(parser).text !== close || peek(parser).kind !== 'operator') {
    if (items.length > 0) expect(parser, ',');
    items.push(parseFrom(parser, POWER.choice));
  }
  return items;
}

function parseComparison(parser: Parser, first: ExpressionNode): ExpressionNode {
  const rest: { operator: Comparison; operand: ExpressionNode }[] = [];
  while (INFIX.get(peek(parser).text) === POWER.comparison && peek(parser).kind === 'operator') {
    const word = take(parser).text;
    const operator = (word === 'not' ? `not ${expect(parser, 'in').text}` : word) as Comparison;
    rest.push({ operator, operand: parseFrom(parser, POWER.sum) });
  }
  return { kind: 'comparison', first, rest, from: first.from, to: rest[rest.length - 1].operand.to };
}

function parseChoice(parser: Parser, whenTrue: ExpressionNode): ExpressionNode {
  const condition = parseFrom(parser, POWER.or);
  expect(parser, 'else');
  const whenFalse = parseFrom(parser, POWER.choice);
  return { kind: 'choice', condition, whenTrue, whenFalse, from: whenTrue.from, to: whenFalse.to };
}

function parseCall(parser: Parser, name: Token): ExpressionNode {
  take(parser);
  const list = parseItems(parser, ')');
  const call = { kind: 'call', name: name.text, arguments: list, from: name.from, to: take(parser).to } as const;
  checkCall(parser.source, call, name);
  return call;
}

function checkCall(
  source: ExpressionSource,
  call: { name: string; arguments: readonly unknown[] } & Extent,
  name: Token,
): void {
  const known = FUNCTIONS.get(call.name);
  if (!known) {
    failAt(source, name, 'expression-unknown-name', `there is no function "${call.name}"`, {
      expected: `one of ${[...FUNCTIONS.keys()].join(', ')}`,
      suggestion: nearestName(call.name, FUNCTIONS.keys()),
    });
  }
  const given = call.arguments.length;
  if (given < known.least || given > known.most) {
    const wanted = known.most === known.least ? `${known.least}` : `${known.least} or more`;
    failAt(source, call, 'expression-syntax', `"${call.name}" got ${given} arguments`, {
      expected: `${wanted} arguments`,
    });
  }
}

function literal(token: Token, value: Value): ExpressionNode {
  return { kind: 'literal', value, from: token.from, to: token.to };
}

function peek(parser: Parser): Token {
  return parser.tokens[parser.next];
}

function take(parser: Parser): Token {
  return parser.tokens[parser.next++];
}

function expect(parser: Parser, text: string): Token {
  const token = peek(parser);
  if (token.kind !== 'operator' || token.text !== text) unexpected(parser, `"${text}"`);
  return take(parser);
}

function unexpected(parser: Parser, expected = 'a number, a name, text in quotes or an operator'): never {
  const token = peek(parser);
  const what = token.kind === 'end' ? 'the expression ends too early' : `"${token.text}" is out of place here`;
  failAt(parser.source, token, 'expression-syntax', what, { expected });
}
