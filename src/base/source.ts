import type { Span } from './errors.ts';

/** A text and the name it is known by in messages. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Bytes and the name they are known by in messages. */
export interface SourceBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The span of text[from, to), cut at the end of its first line; `line` if the caller knows it. */
export function spanOf({ file, text }: SourceText, from: number, to: number, line = lineAt(text, from)): Span {
  const start = Math.min(from, text.length);
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', start);
  const lineEnd = newline < 0 ? text.length : newline;
  return {
    file,
    line,
    column: start - lineStart + 1,
    length: Math.max(1, Math.min(to, lineEnd) - start),
    lineText: text.slice(lineStart, lineEnd).replace(/\r$/, ''),
  };
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
