import { fail } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';

/** A part of a template; `at` is its place in the text. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly text: string; readonly at: number }
  | { readonly kind: 'set'; readonly name: string; readonly text: string; readonly at: number }
  | {
      readonly kind: 'for';
      /** One name, or several that take the items of a list of lists apart. */
      readonly names: readonly string[];
      readonly text: string;
      readonly at: number;
      readonly body: readonly TemplatePart[];
    }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] }
  | Macro;

/** A text with parameters, which an output may call. */
export interface Macro {
  readonly kind: 'macro';
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly otherwise: string | undefined }[];
  readonly body: readonly TemplatePart[];
}

/** The body of a condition; `else` has none. */
export interface Branch {
  readonly text: string | undefined;
  readonly at: number;
  readonly body: readonly TemplatePart[];
}

interface Mark {
  readonly kind: 'text' | 'output' | 'statement';
  readonly text: string;
  readonly at: number;
}

/** Whether a text needs rendering at all. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%|\{#/.test(text);
}

/** Deepest nesting of blocks. */
const DEEPEST = 50;

/**
 * Splits a template of the supported part of Jinja: outputs, `set`, `for`, `if`, `macro` and comments. Errors: `expression-syntax` for a
 * block or mark that is not closed, `not-supported` for other statements.
 */
export function parseTemplate(source: SourceText): readonly TemplatePart[] {
  const marks = marksOf(source);
  const reader = { source, marks, next: 0 };
  const parts = parseBody(reader, [], 0);
  const rest = marks[reader.next];
  if (rest) failAt(source, rest, `"${rest.text}" ends no block`);
  return parts;
}

interface MarkReader {
  readonly source: SourceText;
  readonly marks: readonly Mark[];
  next: number;
}

const CLOSES: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

function marksOf(source: SourceText): Mark[] {
  const { text } = source;
  const marks: Mark[] = [];
  let at = 0;
  let trimNext = false;
  const addText = (end: number, trim: boolean): void => {
    let part = text.slice(at, end);
    if (trimNext) part = part.trimStart();
    if (trim) part = part.trimEnd();
    if (part !== '') marks.push({ kind: 'text', text: part, at });
  };
  for (;;) {
    const found = /\{\{|\{%|\{#/.exec(text.slice(at));
    if (!found) break;
    const open = at + found.index;
    const close = text.indexOf(CLOSES[found[0]], open + 2);
    if (close < 0)
      fail('expression-syntax', `"${found[0]}" is not closed`, {
        span: spanOf(source, open, open + 2),
        expected: `"${CLOSES[found[0]]}"`,
      });
    const inside = text.slice(open + 2, close);
    addText(open, inside.startsWith('-'));
    trimNext = inside.endsWith('-');
    const inner = inside.replace(/^[-+]/, '').replace(/-$/, '');
    if (found[0] !== '{#')
      marks.push({ kind: found[0] === '{{' ? 'output' : 'statement', text: inner.trim(), at: open + 2 });
    at = close + 2;
  }
  addText(text.length, false);
  return marks;
}

function parseBody(reader: MarkReader, ends: readonly string[], depth: number): TemplatePart[] {
  const parts: TemplatePart[] = [];
  for (let mark = reader.marks[reader.next]; mark; mark = reader.marks[reader.next]) {
    if (mark.kind === 'statement' && ends.includes(wordOf(mark))) return parts;
    if (mark.kind === 'statement' && /^(?:end|el)/.test(wordOf(mark))) return parts;
    reader.next++;
    if (mark.kind === 'text') parts.push({ kind: 'text', text: mark.text });
    else if (mark.kind === 'output') parts.push({ kind: 'output', text: mark.text, at: mark.at });
    else parts.push(parseStatement(reader, mark, depth + 1));
  }
  return parts;
}

function parseStatement(reader: MarkReader, mark: Mark, depth: number): TemplatePart {
  const { source } = reader;
  if (depth > DEEPEST) failAt(source, mark, 'the blocks are nested too deeply');
  const rest = mark.text.slice(wordOf(mark).length).trim();
  switch (wordOf(mark)) {
    case 'set': {
      const match = /^([A-Za-z_]\w*)\s*=([^=].*)$/s.exec(rest);
      if (!match) failAt(source, mark, `"${mark.text}" sets no variable`, '{% set name = value %}');
      return { kind: 'set', name: match[1], text: match[2].trim(), at: mark.at };
    }
    case 'for': {
      const match = /^([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s+in\s+(.+)$/s.exec(rest);
      if (!match) failAt(source, mark, `"${mark.text}" names no loop`, '{% for name in list %}');
      const body = parseBody(reader, ['endfor'], depth);
      end(reader, mark, 'endfor');
      return {
        kind: 'for',
        names: match[1].split(',').map((name) => name.trim()),
        text: match[2].trim(),
        at: mark.at,
        body,
      };
    }
    case 'if':
      return parseIf(reader, mark, rest, depth);
    case 'macro': {
      const match = /^([A-Za-z_]\w*)\s*\((.*)\)$/s.exec(rest);
      if (!match) failAt(source, mark, `"${mark.text}" names no macro`, '{% macro name(parameter) %}');
      const parameters = match[2].split(',').flatMap((text) => {
        const [name, otherwise] = text.split('=').map((part) => part.trim());
        return name === '' ? [] : [{ name, otherwise }];
      });
      const body = parseBody(reader, ['endmacro'], depth);
      end(reader, mark, 'endmacro');
      return { kind: 'macro', name: match[1], parameters, body };
    }
    default:
      return fail('not-supported', `the statement "${wordOf(mark)}" of Jinja is not supported`, {
        span: markSpan(source, mark),
        expected: 'set, for, if or macro',
      });
  }
}

function parseIf(reader: MarkReader, mark: Mark, condition: string, depth: number): TemplatePart {
  const branches: Branch[] = [];
  let text: string | undefined = condition;
  let at = mark.at;
  for (;;) {
    branches.push({ text, at, body: parseBody(reader, ['elif', 'else', 'endif'], depth) });
    const next = reader.marks[reader.next];
    if (!next || !['elif', 'else'].includes(wordOf(next))) break;
    reader.next++;
    text = wordOf(next) === 'elif' ? next.text.slice(4).trim() : undefined;
    at = next.at;
  }
  end(reader, mark, 'endif');
  return { kind: 'if', branches };
}

function end(reader: MarkReader, opened: Mark, word: string): void {
  const mark = reader.marks[reader.next];
  if (!mark || wordOf(mark) !== word) failAt(reader.source, opened, `"${opened.text}" is not closed`, `{% ${word} %}`);
  reader.next++;
}

function wordOf({ text }: Mark): string {
  return /^\w*/.exec(text)![0];
}

function markSpan(source: SourceText, { at, text }: Mark) {
  return spanOf(source, at, at + Math.max(1, text.length));
}

function failAt(source: SourceText, mark: Mark, message: string, expected?: string): never {
  fail('expression-syntax', message, { span: markSpan(source, mark), expected });
}
