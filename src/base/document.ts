import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  visit,
  type Document as YamlTree,
} from 'yaml';
import { type Diagnostic, InputError, inSourceOrder, type Span } from './errors.ts';
import { type SourceText, spanFinder } from './source.ts';

/** The path to a value inside a document: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** A YAML text as plain values; each value still knows where it was written. */
export interface YamlDocument {
  readonly file: string;
  readonly text: string;
  /** The whole document as plain values. */
  readonly value: unknown;
  /** The place of the value at `path`, or of the nearest ancestor that exists. */
  span(path: Path): Span;
  /** The place of the key under which the value at `path` stands. */
  keySpan(path: Path): Span;
  /** Whether the value at `path` is a scalar written in quotes (Accelergy distinguishes them). */
  isQuoted(path: Path): boolean;
}

/**
 * Parses YAML 1.2. Error `yaml-syntax`, with its position, for every problem the parser found, except those that only
 * follow from an unexpected token. Duplicate keys, unresolved tags and aliases, a second document, keys that are not
 * plain scalars and excessive nesting are problems too.
 */
export function parseYaml(source: SourceText): YamlDocument {
  const { tree, at, text } = parseYamlTree(source);
  const find = nodeFinder();
  return {
    file: source.file,
    text,
    value: plainValue(tree, at),
    span: (path) => nodeSpan(find.deepest(tree, path), at),
    keySpan: (path) => {
      const pair = find.pairAt(tree, path);
      return nodeSpan(pair ? (pair.key as Node) : find.deepest(tree, path), at);
    },
    isQuoted: (path) => {
      const deepest = find.deepest(tree, path);
      const node = isAlias(deepest) ? deepest.resolve(tree) : deepest;
      return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
    },
  };
}

/** The tree of a YAML text as the parser gives it, and the places of its nodes. */
export interface YamlSyntax {
  readonly tree: YamlTree.Parsed;
  readonly text: string;
  readonly at: SpanAt;
}

/** Parses YAML as `parseYaml` does, but gives the tree. With `tags`, tags of other tools are no problem. */
export function parseYamlTree({ file, text: marked }: SourceText, tags = false): YamlSyntax {
  // Some editors write a byte order mark first. It would shift every column of the first line.
  const source = { file, text: marked.replace(/^\ufeff/, '') };
  // The parser's own line counter miscounts after a quote that is never closed.
  const at = spanFinder(source);
  const tree = readTree(source, at);
  // Later "unexpected token" errors only follow from the first one.
  const lost = tree.errors.find(({ code }) => code === 'UNEXPECTED_TOKEN');
  const errors = tree.errors.filter((e) => e.code !== 'UNEXPECTED_TOKEN' || e === lost);
  const warnings = tree.warnings.filter(({ code }) => !tags || code !== 'TAG_RESOLVE_FAILED');
  const problems = [...errors, ...warnings].map((e) => syntaxProblem(e.message, at(e.pos[0], e.pos[1])));
  problems.push(...treeProblems(tree, at));
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
  return { tree, text: source.text, at };
}

/** Part of a document as its own document; positions stay those of the whole. */
export function subDocument(document: YamlDocument, path: Path, value: unknown): YamlDocument {
  return {
    ...document,
    value,
    span: (inner) => document.span([...path, ...inner]),
    keySpan: (inner) => document.keySpan([...path, ...inner]),
    isQuoted: (inner) => document.isQuoted([...path, ...inner]),
  };
}

export type SpanAt = (from: number, to: number) => Span;

/** Deepest nesting of collections. Deeper files are not ours and would overflow the stack of recursive walks. */
export const DEEPEST = 200;

function readTree({ text }: SourceText, at: SpanAt): YamlTree.Parsed {
  // The core schema gives one set of plain types whatever a %YAML directive says: no dates, sets or binary values.
  const composer = new Composer({ version: '1.2', schema: 'core', resolveKnownTags: false, uniqueKeys: false });
  const [tree, second] = composer.compose(tokensOf(text, at), true, text.length);
  if (second) failSyntax('the file has more than one YAML document', at(second.range[0], second.range[1]));
  return tree as YamlTree.Parsed;
}

function* tokensOf(text: string, at: SpanAt) {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) failSyntax(TOO_DEEP, at(parser.offset - 1, parser.offset));
  }
  yield* parser.end();
}

export const TOO_DEEP = 'collections are nested too deeply';

/** The property name that a key becomes. */
export function keyText(key: unknown): string {
  return key === null ? '' : String(key);
}

/** Constructs that the parser accepts but that have no meaning as plain values. */
function treeProblems(tree: YamlTree.Parsed, at: SpanAt): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const anchors = new Map<string, Node>();
  const report = (message: string, node: Node): void => {
    problems.push(syntaxProblem(message, nodeSpan(node, at)));
  };
  visit(tree, {
    Node: (_, node) => {
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) checkKeys(node.items, report);
    },
    Alias: (_, node, path) => {
      const target = anchors.get(node.source);
      if (!target) report(`there is no anchor &${node.source} above this alias`, node);
      else if (path.includes(target)) report(`this alias lies inside of its own anchor &${node.source}`, node);
    },
  });
  return problems;
}

/** Replaces the parser's own check of duplicate keys, which compares every key with every other. */
function checkKeys(items: readonly Pair[], report: (message: string, node: Node) => void): void {
  const seen = new Set<string>();
  for (const { key } of items as readonly Pair<Node>[]) {
    if (!isScalar(key)) report('a key must be a plain name', key);
    else if (seen.has(keyText(key.value))) report('Map keys must be unique', key);
    else seen.add(keyText(key.value));
  }
}

function plainValue(tree: YamlTree.Parsed, at: SpanAt): unknown {
  const place = (): Span => nodeSpan(lastAlias(tree), at);
  let value: unknown;
  try {
    value = tree.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    failSyntax('the aliases expand to more data than any Isotherm file needs', place());
  }
  // Aliases can nest a value deeper than its text, even without end.
  if (isDeeper(value, DEEPEST)) failSyntax(TOO_DEEP, place());
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((child) => isDeeper(child, levels - 1));
}

/** The alias to show when the aliases together cause an error: the last one, which is outermost. */
function lastAlias(tree: YamlTree.Parsed): Node | null {
  let last: Node | null = null;
  visit(tree, {
    Alias: (_, node) => {
      last = node;
    },
  });
  return last;
}

function syntaxProblem(message: string, span: Span): Diagnostic {
  return { code: 'yaml-syntax', message, span };
}

export function failSyntax(message: string, span: Span): never {
  throw new InputError([syntaxProblem(message, span)]);
}

export function nodeSpan(node: Node | null, at: SpanAt): Span {
  const range = node?.range;
  return range ? at(range[0], Math.max(range[1], range[0] + 1)) : at(0, 1);
}

/** Finds nodes by path. The first look-up in a mapping builds an index of its keys. */
interface NodeFinder {
  deepest(tree: YamlTree, path: Path): Node | null;
  pairAt(tree: YamlTree, path: Path): Pair | undefined;
}

function nodeFinder(): NodeFinder {
  const indices = new WeakMap<Node, ReadonlyMap<string, Pair>>();
  const pairOf = (node: Node | null | undefined, key: string | number): Pair | undefined => {
    if (!isMap(node)) return undefined;
    let index = indices.get(node);
    if (!index) {
      index = indexOf(node.items);
      indices.set(node, index);
    }
    return index.get(String(key));
  };
  const child = (tree: YamlTree, node: Node | null, step: string | number): Node | null => {
    const target = isAlias(node) ? (node.resolve(tree) ?? null) : node;
    if (isSeq(target)) return (target.get(step, true) as Node | undefined) ?? null;
    return (pairOf(target, step)?.value as Node | undefined) ?? null;
  };
  return {
    deepest(tree, path) {
      let node = tree.contents as Node | null;
      for (const step of path) {
        const next = child(tree, node, step);
        if (!next) break;
        node = next;
      }
      return node;
    },
    pairAt(tree, path) {
      if (path.length === 0) return undefined;
      let node = tree.contents as Node | null;
      for (const step of path.slice(0, -1)) node = child(tree, node, step);
      return pairOf(isAlias(node) ? node.resolve(tree) : node, path[path.length - 1]);
    },
  };
}

/** The first pair of each key. */
function indexOf(items: readonly Pair[]): ReadonlyMap<string, Pair> {
  const index = new Map<string, Pair>();
  for (const item of items) {
    if (!isScalar(item.key)) continue;
    const key = keyText(item.key.value);
    if (!index.has(key)) index.set(key, item);
  }
  return index;
}
