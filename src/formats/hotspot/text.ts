import type { Diagnostic, Span, Tolerate } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';

/** One word of a HotSpot file and its place. It stores its line number, since counting lines for each word would be slow. */
export interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

/** The words of one line; never empty. */
export type Words = readonly Word[];

/**
 * The lines of a HotSpot file as words. Blanks, tabs and byte order marks (which editors leave) separate words. The
 * result omits blank lines and lines whose first word starts with `#`. A word with `#` after the first `needed` words of a line
 * begins a comment, too: HotSpot reads no further there. HotSpot drops a last line without a newline; here that line counts like
 * any other.
 */
export function readWords(source: SourceText, needed = 1): Words[] {
  return readLines(source)
    .map((line) => withoutComment(wordsOf(source, line), needed))
    .filter((words) => words.length > 0);
}

/** A line of a HotSpot file that has words. */
export interface Line {
  readonly from: number;
  readonly to: number;
  readonly line: number;
}

/** The lines that are not blank. */
export function readLines({ text }: SourceText): Line[] {
  const lines: Line[] = [];
  for (let from = 0, line = 1; from <= text.length; line++) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    let at = from;
    while (at < to && isBlank(text.charCodeAt(at))) at++;
    if (at < to) lines.push({ from, to, line });
    from = to + 1;
  }
  return lines;
}

function withoutComment(words: Words, needed: number): Words {
  const comment = words.findIndex(({ text }, i) => (i === 0 || i >= needed) && text.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

/** A line's words. Scans character by character, because one match per word would cost as much as all other work on a trace. */
export function wordsOf({ text }: SourceText, { from: first, to: end, line }: Line): Word[] {
  const words: Word[] = [];
  let at = first;
  for (;;) {
    while (at < end && isBlank(text.charCodeAt(at))) at++;
    if (at === end) return words;
    const from = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at++;
    words.push({ text: text.slice(from, at), from, to: at, line });
  }
}

/** Blank, tab, vertical tab, form feed, carriage return, byte order mark. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d) || code === 0xfeff;
}

export function wordSpan(source: SourceText, word: Word): Span {
  return spanOf(source, word.from, word.to, word.line);
}

/** The span of a whole line, from its first word to its last. */
export function wordsSpan(source: SourceText, words: Words): Span {
  return spanOf(source, words[0].from, words[words.length - 1].to, words[0].line);
}

/** The numbers that `isQuantity` accepts, in words. */
export const QUANTITY = 'a number above 0, from 1e-18 to 1e18';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A finite decimal number, or undefined. It rejects "nan", "inf" and hexadecimal numbers, which C would read. */
export function decimal(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Whether a value is plausible for a chip, in SI units. Products of a few such numbers stay finite. */
export function isQuantity(value: number): boolean {
  return value >= 1e-18 && value <= 1e18;
}

/** The word as a finite number. Otherwise adds a `wrong-type` problem that names `what`, and returns NaN. */
export function numberOf(source: SourceText, word: Word, what: string, problems: Diagnostic[]): number {
  const value = decimal(word.text);
  if (value !== undefined) return value;
  const message = `${what} is not a number: "${word.text}"`;
  problems.push({ code: 'wrong-type', message, span: wordSpan(source, word), expected: 'a finite decimal number' });
  return Number.NaN;
}

/** The word as a coordinate or length of either sign. Otherwise, and for a number whose square overflows, adds a problem. */
export function coordinateOf(source: SourceText, word: Word, what: string, problems: Diagnostic[]): number {
  const value = numberOf(source, word, what, problems);
  if (Math.abs(value) > 1e18) {
    const message = `${what} is out of range: ${word.text}`;
    problems.push({ code: 'out-of-range', message, span: wordSpan(source, word), expected: 'metres, up to 1e18' });
  }
  return value;
}

/** The word as a quantity (`isQuantity`). Otherwise adds a problem that names `what`. */
export function quantityOf(source: SourceText, word: Word, what: string, problems: Diagnostic[]): number {
  const value = numberOf(source, word, what, problems);
  if (!Number.isNaN(value) && !isQuantity(value)) {
    const message = `${what} is out of range: ${word.text}`;
    problems.push({ code: 'out-of-range', message, span: wordSpan(source, word), expected: QUANTITY });
  }
  return value;
}

/** The text as HotSpot reads it: without a last line that lacks a newline. `tolerate` receives a warning for a dropped line. */
export function withoutUnendedLine(source: SourceText, tolerate: Tolerate): SourceText {
  const { file, text } = source;
  const from = text.lastIndexOf('\n') + 1;
  const last = text.slice(from);
  if (last.trim() === '') return source;
  const message = 'the last line has no newline: HotSpot does not read it';
  tolerate({ code: 'last-line-unended', message, span: spanOf(source, from, text.length) });
  return { file, text: text.slice(0, from) };
}
