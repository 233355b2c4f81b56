import { type ErrorCode, fail, type Span } from '../../base/errors.ts';

export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'operator' | 'end';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The text of an expression, and its place. */
export interface ExpressionSource {
  readonly text: string;
  readonly span?: Span | undefined;
}

/** The range of a part of an expression: text[from, to). */
export interface Extent {
  readonly from: number;
  readonly to: number;
}

/**
 * Limits the depth of every tree that the parser can build, and with it the stack of every function that walks one.
 * Expressions written by people have tens of tokens.
 */
const MAX_TOKENS = 1000;

const TOKEN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<string>"[^"]*"|'[^']*')|(?<operator>\*\*|\/\/|[<>=!]=|[-+*/%<>(),[\]]))/y;

const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'if', 'else']);

/** Splits an expression into tokens, the last of kind `end`. Errors: `expression-syntax`. */
export function tokenize(source: ExpressionSource): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  for (let at = 0; at < end; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const from = match
      ? TOKEN.lastIndex - match[0].trimStart().length
      : at + (text.slice(at).length - text.slice(at).trimStart().length);
    if (!match)
      failAt(source, { from, to: from + 1 }, 'expression-syntax', `"${text[from]}" has no meaning in an expression`);
    tokens.push(tokenOf(match, from));
    at = TOKEN.lastIndex;
    if (tokens.length > MAX_TOKENS) {
      failAt(source, { from, to: at }, 'expression-syntax', `the expression has more than ${MAX_TOKENS} parts`);
    }
  }
  tokens.push({ kind: 'end', text: '', from: end, to: end });
  return tokens;
}

function tokenOf(match: RegExpExecArray, from: number): Token {
  const { number, name, string } = match.groups ?? {};
  const text = match[0].trimStart();
  const extent = { text, from, to: from + text.length };
  if (number !== undefined) return { kind: 'number', ...extent };
  if (string !== undefined) return { kind: 'string', ...extent };
  return { kind: name === undefined || WORD_OPERATORS.has(name) ? 'operator' : 'name', ...extent };
}

/** Throws an error at the part itself if the expression is a plain one-line scalar, else at the whole expression. */
export function failAt(
  source: ExpressionSource,
  part: Extent,
  code: ErrorCode,
  message: string,
  more: { expected?: string | undefined; suggestion?: string | undefined } = {},
): never {
  fail(code, message, { span: partSpan(source, part), ...more });
}

function partSpan({ text, span }: ExpressionSource, { from, to }: Extent): Span | undefined {
  if (!span?.lineText.startsWith(text, span.column - 1)) return span;
  return { ...span, column: span.column + from, length: Math.max(1, to - from) };
}
