import type { Span } from './errors.ts';
import { lastAtMost } from './run-sums.ts';

/** A text, and the name of its file in messages. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/**
 * A text in pieces that follow one another. A trace of a million epochs has more characters than one string can hold, 2^29 - 24 in
 * Node. A short text is a single piece.
 */
export type Pieces = Iterable<string>;

/** The whole text. Error: a RangeError of JavaScript's if it is too long for a string. */
export function joined(pieces: Pieces): string {
  return Array.from(pieces).join('');
}

/** A text as pieces. A string is no piece by itself: it would come apart into characters. */
export function piecesOf(text: string | Pieces): Pieces {
  return typeof text === 'string' ? [text] : text;
}

/** A text in pieces, and the name of its file in messages. */
export interface SourcePieces {
  readonly file: string;
  readonly pieces: Pieces;
}

/** Bytes, and the name of their file in messages. */
export interface SourceBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The span of text[from, to), cut at the end of its first line. Callers that know the line number pass `line`. */
export function spanOf({ file, text }: SourceText, from: number, to: number, line = lineAt(text, from)): Span {
  const start = Math.min(from, text.length);
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  return lineSpan({ file, text }, start, to, line, lineStart, newline < 0 ? text.length : newline);
}

/** Returns a function that makes spans in one text. It finds the line ends only once. */
export function spanFinder(source: SourceText): (from: number, to: number) => Span {
  const { text } = source;
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (from, to) => {
    const start = Math.min(from, text.length);
    const n = lastAtMost(starts, start);
    const lineEnd = n + 1 < starts.length ? starts[n + 1] - 1 : text.length;
    return lineSpan(source, start, to, n + 1, starts[n], lineEnd);
  };
}

function lineSpan(
  { file, text }: SourceText,
  start: number,
  to: number,
  line: number,
  lineStart: number,
  lineEnd: number,
): Span {
  return {
    file,
    line,
    column: start - lineStart + 1,
    length: Math.max(1, Math.min(to, lineEnd) - start),
    lineText: text.slice(lineStart, text[lineEnd - 1] === '\r' && lineEnd > lineStart ? lineEnd - 1 : lineEnd),
  };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
