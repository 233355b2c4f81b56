import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Document as YamlTree,
} from 'yaml';
import { type Diagnostic, fail, InputError, type Span } from '../errors.ts';

/** A text and the name it is known by in messages. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Where a value sits inside a document: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** A YAML text as plain values, each of which still knows the place it was written at. */
export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  /** The whole document as plain values. */
  readonly value: unknown;
  /** The place of the value at `path`, or of the nearest ancestor that exists. */
  span(path: Path): Span;
  /** The place of the key that names the value at `path`. */
  keySpan(path: Path): Span;
  /** Whether the value at `path` is a scalar written in quotes (Accelergy gives that a meaning). */
  isQuoted(path: Path): boolean;
}

/**
 * Parses YAML 1.2. Errors: `yaml-syntax`, every one the parser found, with its position (duplicate keys, unresolved tags
 * and aliases included).
 */
export function parseYaml(source: SourceText): YamlDocument {
  const { file, text } = source;
  const lineCounter = new LineCounter();
  const tree = parseDocument(text, { lineCounter, version: '1.2', uniqueKeys: true, prettyErrors: false });
  const at = (from: number, to: number): Span => spanOf(source, from, to, lineCounter.linePos(from).line);
  const problems = [...tree.errors, ...tree.warnings].map(
    (e): Diagnostic => ({ code: 'yaml-syntax', message: e.message, span: at(e.pos[0], e.pos[1]) }),
  );
  if (problems.length > 0) throw new InputError(problems);
  return {
    file,
    text,
    value: plainValue(tree, at(0, 1)),
    span: (path) => nodeSpan(deepestNode(tree, path), at),
    keySpan: (path) => {
      const pair = pairAt(tree, path);
      return nodeSpan(pair ? (pair.key as Node) : deepestNode(tree, path), at);
    },
    isQuoted: (path) => {
      const deepest = deepestNode(tree, path);
      const node = isAlias(deepest) ? deepest.resolve(tree) : deepest;
      return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
    },
  };
}

/** Part of a document as a document of its own; positions stay those of the whole. */
export function subDocument(document: YamlDocument, path: Path, value: unknown): YamlDocument {
  return {
    ...document,
    value,
    span: (inner) => document.span([...path, ...inner]),
    keySpan: (inner) => document.keySpan([...path, ...inner]),
    isQuoted: (inner) => document.isQuoted([...path, ...inner]),
  };
}

/** The span of text[from, to), cut at the end of its first line; `line` if the caller knows it. */
export function spanOf({ file, text }: SourceText, from: number, to: number, line = lineAt(text, from)): Span {
  const start = Math.min(from, text.length);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
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

function plainValue(tree: YamlTree, span: Span): unknown {
  try {
    return tree.toJS();
  } catch (error) {
    // Aliases that expand past the parser's limit.
    fail('yaml-syntax', (error as Error).message, { span });
  }
}

function nodeSpan(node: Node | null, at: (from: number, to: number) => Span): Span {
  const range = node?.range;
  return range ? at(range[0], Math.max(range[1], range[0] + 1)) : at(0, 1);
}

function deepestNode(tree: YamlTree, path: Path): Node | null {
  let node = tree.contents as Node | null;
  for (const step of path) {
    const next = childNode(tree, node, step);
    if (!next) break;
    node = next;
  }
  return node;
}

function childNode(tree: YamlTree, node: Node | null, step: string | number): Node | null {
  const target = isAlias(node) ? (node.resolve(tree) ?? null) : node;
  if (isMap(target) || isSeq(target)) return (target.get(step, true) as Node | undefined) ?? null;
  return null;
}

function pairAt(tree: YamlTree, path: Path): Pair | undefined {
  if (path.length === 0) return undefined;
  let node = tree.contents as Node | null;
  for (const step of path.slice(0, -1)) node = childNode(tree, node, step);
  const target = isAlias(node) ? node.resolve(tree) : node;
  const key = path[path.length - 1];
  return isMap(target)
    ? target.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key))
    : undefined;
}
