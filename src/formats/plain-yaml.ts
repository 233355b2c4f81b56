import type { Span } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import type { TaggedEntry, TaggedMap, TaggedNode, TaggedScalar } from './tagged-tree.ts';

/**
 * Reads plain YAML in one pass, about ten times as fast as the parser of all of YAML: names as keys, values of one line, flow
 * collections within a line. Undefined for a text that has anything else, or an error: tags, anchors, merges, escapes, values
 * without text. Whatever is read is what `parseTaggedYaml` makes of the parser's tree, places included.
 */
export function readPlainYaml({ file, text }: SourceText): TaggedNode | undefined {
  if (text.length > LONGEST || STRANGE.test(text)) return undefined;
  try {
    return new PlainReader(file, text).document();
  } catch (error) {
    if (error === BEYOND) return undefined;
    throw error;
  }
}

const LONGEST = 1_000_000;
const DEEPEST = 50;
/** YAML allows no more than 1024 characters. */
const LONGEST_KEY = 1000;

/** Characters that may mean more than themselves, such as tabs and the marks of byte order. */
const STRANGE = /[^\n -~\u00a1-\u1fff]/;

/** Thrown where a text goes beyond plain YAML. */
const BEYOND = Symbol('beyond plain YAML');

const KEY = /[A-Za-z_][\w.-]*(?=:(?: |\n|$))/y;
const WORD_KEYS = /^(?:null|true|false)$/i;
/** The first characters of a value without quotes, which are no mark of YAML's. */
const START = /[\w(+./]|-[\w.(]/y;
const FLOW_VALUE = /[^,[\]{}:#\n]*/y;
const LINE_VALUE = /[^\n]*/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'(?!')/y;
/** Up to the end of a line, and the line end. */
const REST = / *(?:(?<= )#[^\n]*)?(?:\n|$)/y;
/** Lines without content. */
const VOID = /(?: *(?:#[^\n]*)?\n)*(?: *#[^\n]*$)?/y;

const INTEGER = /^[-+]?\d{1,15}$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
/** Numbers in other bases, and words for numbers. */
const OTHER_NUMBER = /^(?:0[ox]|[-+]?\.(?:inf|nan)$)|^[-+]?\d{16,}$/i;

class PlainReader {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private lineEnd = 0;
  private lineText = '';
  private readonly file: string;
  private readonly text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    this.enterLine();
  }

  document(): TaggedNode {
    this.nextContent();
    const root = this.block(this.column(), 0);
    if (this.at < this.text.length) throw BEYOND;
    return root;
  }

  /** A mapping or list that starts here, in this column. */
  private block(column: number, depth: number): TaggedNode {
    if (depth > DEEPEST || this.at >= this.text.length) throw BEYOND;
    return this.isDash() ? this.list(column, depth) : this.map(column, depth);
  }

  private map(column: number, depth: number): TaggedMap {
    const entries = new Map<string, TaggedEntry>();
    const span = this.spanTo(this.at, this.lineEnd);
    do {
      const { name, keySpan } = this.key(entries);
      entries.set(name, { node: this.value(column, depth, false), keySpan });
    } while (this.goesOn(column) && !this.isDash());
    return { kind: 'map', tag: undefined, span, entries };
  }

  private list(column: number, depth: number): TaggedNode {
    const items: TaggedNode[] = [];
    const span = this.spanTo(this.at, this.lineEnd);
    do {
      if (!this.isDash()) break;
      this.at++;
      items.push(this.value(column, depth, true));
    } while (this.goesOn(column));
    return { kind: 'list', tag: undefined, span, items };
  }

  /** A key that the mapping does not have yet, and its colon. */
  private key(entries: ReadonlyMap<string, TaggedEntry>): { readonly name: string; readonly keySpan: Span } {
    const name = this.match(KEY);
    if (name === '' || name.length > LONGEST_KEY || WORD_KEYS.test(name) || entries.has(name)) throw BEYOND;
    const keySpan = this.spanTo(this.at - name.length, this.at);
    this.at++;
    return { name, keySpan };
  }

  /** The value after a colon or a dash, up to the next line with content. */
  private value(column: number, depth: number, isItem: boolean): TaggedNode {
    if (this.match(REST) !== '') {
      this.enterLine();
      this.nextContent();
      const inner = this.column();
      // A list may stand in the column of its key.
      if (inner <= column && (isItem || inner < column || !this.isDash())) throw BEYOND;
      return this.block(inner, depth + 1);
    }
    this.spaces();
    if (isItem && this.isKey()) return this.map(this.column(), depth + 1);
    const value = this.inline(LINE_VALUE, depth + 1);
    if (this.match(REST) === '' && this.at < this.text.length) throw BEYOND;
    this.enterLine();
    this.nextContent();
    return value;
  }

  /** A value within a line. */
  private inline(plain: RegExp, depth: number): TaggedNode {
    const mark = this.text[this.at];
    if (mark === '{') return this.flowMap(depth);
    if (mark === '[') return this.flowList(depth);
    if (mark === '"' || mark === "'") {
      const from = this.at;
      const quoted = this.match(QUOTED);
      if (quoted === '') throw BEYOND;
      return this.scalar(quoted.slice(1, -1), true, from);
    }
    return this.plain(plain);
  }

  private plain(pattern: RegExp): TaggedScalar {
    const from = this.at;
    START.lastIndex = from;
    if (!START.test(this.text)) throw BEYOND;
    let text = this.match(pattern);
    const comment = text.indexOf(' #');
    if (comment >= 0) text = text.slice(0, comment);
    text = text.trimEnd();
    if (text.includes(': ') || text.endsWith(':') || OTHER_NUMBER.test(text)) throw BEYOND;
    this.at = from + text.length;
    return this.scalar(plainValue(text), false, from);
  }

  private scalar(value: TaggedScalar['value'], quoted: boolean, from: number): TaggedScalar {
    return { kind: 'scalar', tag: undefined, span: this.spanTo(from, this.at), value, quoted };
  }

  private flowMap(depth: number): TaggedMap {
    const entries = new Map<string, TaggedEntry>();
    const from = this.at;
    this.members(depth, '}', () => {
      const { name, keySpan } = this.key(entries);
      this.spaces();
      entries.set(name, { node: this.inline(FLOW_VALUE, depth + 1), keySpan });
    });
    return { kind: 'map', tag: undefined, span: this.spanTo(from, this.at), entries };
  }

  private flowList(depth: number): TaggedNode {
    const items: TaggedNode[] = [];
    const from = this.at;
    this.members(depth, ']', () => void items.push(this.inline(FLOW_VALUE, depth + 1)));
    return { kind: 'list', tag: undefined, span: this.spanTo(from, this.at), items };
  }

  private members(depth: number, end: string, member: () => void): void {
    if (depth > DEEPEST) throw BEYOND;
    this.at++;
    this.spaces();
    if (this.text[this.at] !== end) {
      for (;;) {
        member();
        this.spaces();
        if (this.text[this.at] !== ',') break;
        this.at++;
        this.spaces();
      }
    }
    if (this.text[this.at] !== end) throw BEYOND;
    this.at++;
  }

  /** Whether the line stands in this column; a deeper one has no place here. */
  private goesOn(column: number): boolean {
    if (this.at >= this.text.length) return false;
    const here = this.column();
    if (here > column) throw BEYOND;
    return here === column;
  }

  private isDash(): boolean {
    const next = this.text[this.at + 1];
    return this.text[this.at] === '-' && (next === ' ' || next === '\n' || next === undefined);
  }

  private isKey(): boolean {
    KEY.lastIndex = this.at;
    return KEY.test(this.text);
  }

  /** Goes to the content of the next line that has some. */
  private nextContent(): void {
    const lines = this.match(VOID);
    for (let i = lines.indexOf('\n'); i >= 0; i = lines.indexOf('\n', i + 1)) this.line++;
    if (lines !== '') this.enterLine(0);
    this.spaces();
  }

  private spaces(): void {
    while (this.text.charCodeAt(this.at) === 32) this.at++;
  }

  private column(): number {
    return this.at - this.lineStart;
  }

  private match(pattern: RegExp): string {
    const from = this.at;
    pattern.lastIndex = from;
    // `exec` would make an array each time.
    if (!pattern.test(this.text)) return '';
    this.at = pattern.lastIndex;
    return this.text.slice(from, this.at);
  }

  /** The line that starts here, `lines` below the one before. */
  private enterLine(lines = this.at === 0 ? 0 : 1): void {
    this.line += lines;
    this.lineStart = this.at;
    const end = this.text.indexOf('\n', this.at);
    this.lineEnd = end < 0 ? this.text.length : end;
    this.lineText = this.text.slice(this.lineStart, this.lineEnd);
  }

  private spanTo(from: number, to: number): Span {
    const { file, line, lineStart, lineText } = this;
    return { file, line, column: from - lineStart + 1, length: Math.max(1, to - from), lineText };
  }
}

function plainValue(text: string): TaggedScalar['value'] {
  const first = text.charCodeAt(0);
  // Digits, and + - . before them.
  if (first < 58) return INTEGER.test(text) || FLOAT.test(text) ? Number(text) : text;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return /^(?:null|Null|NULL)$/.test(text) ? null : text;
}
