import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { DEEPEST, failSyntax, keyText, nodeSpan, parseYamlTree, type SpanAt, TOO_DEEP } from '../base/document.ts';
import type { Span } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { TaggedEntry, TaggedMap, TaggedNode, TaggedScalar } from './tagged-tree.ts';

export type { TaggedEntry, TaggedList, TaggedMap, TaggedNode, TaggedScalar } from './tagged-tree.ts';

/** Most nodes of a document, each counted as often as aliases repeat it. A few lines of aliases can stand for billions. */
const MOST_NODES = 1_000_000;
const TOO_MUCH = 'the aliases expand to more data than any file needs';

/**
 * Parses YAML with tags of other tools (`!Container`). Merges are done: `<<` adds the keys that a mapping lacks, and `<<<`
 * (Accelergy) also merges mappings into mappings and appends lists. `!nomerge` keeps its mapping as written. Errors:
 * `yaml-syntax` as `parseYaml`; for merges of anything but mappings, cyclic aliases and aliases that stand for too much.
 * `met` gets each tag as written.
 */
export function parseTaggedYaml(source: SourceText, met?: (tag: string, span: Span) => void): TaggedNode {
  return readPlainYaml(source) ?? parseAnyYaml(source, met);
}

/** As `parseTaggedYaml`, always by the parser of all of YAML. */
export function parseAnyYaml(source: SourceText, met?: (tag: string, span: Span) => void): TaggedNode {
  const { tree, at } = parseYamlTree(source, true);
  const root = new Builder(at, met).node(tree.contents as Node | null, 0);
  if (sizeOf(root, new Map()) > MOST_NODES) {
    failSyntax(TOO_MUCH, at(0, 1));
  }
  return root;
}

/** Stands for a node that is not read to its end. */
const OPEN = Symbol('open');

/** Turns the parser's nodes into ours. It keeps the anchors that it has met, since an alias means the last one above it. */
class Builder {
  private readonly anchors = new Map<string, TaggedNode | typeof OPEN>();
  private readonly at: SpanAt;
  private readonly met: ((tag: string, span: Span) => void) | undefined;
  private copied = 0;

  constructor(at: SpanAt, met?: (tag: string, span: Span) => void) {
    this.at = at;
    this.met = met;
  }

  node(node: Node | null, depth: number): TaggedNode {
    if (depth > DEEPEST) failSyntax(TOO_DEEP, nodeSpan(node, this.at));
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (target && target !== OPEN) return target;
      return failSyntax(`the alias *${node.source} stands inside its own anchor`, nodeSpan(node, this.at));
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, OPEN);
    const made = this.made(node, depth);
    // A node inside may have taken the anchor over.
    if (anchor !== undefined && this.anchors.get(anchor) === OPEN) this.anchors.set(anchor, made);
    return made;
  }

  private made(node: Node | null, depth: number): TaggedNode {
    const place = { tag: tagOf(node), span: nodeSpan(node, this.at) };
    const strange = place.tag ?? otherTag(node);
    if (strange !== undefined) this.met?.(strange, place.span);
    if (isSeq(node)) {
      return { kind: 'list', ...place, items: node.items.map((item) => this.node(item as Node, depth + 1)) };
    }
    if (isMap(node))
      return { kind: 'map', ...place, entries: this.entries(node.items as Pair<Node, Node>[], place, depth) };
    const scalar = node as Scalar | null;
    return { kind: 'scalar', ...place, value: plainOf(scalar?.value), quoted: isText(scalar) };
  }

  private entries(
    pairs: readonly Pair<Node, Node | null>[],
    { tag }: Pick<TaggedNode, 'tag'>,
    depth: number,
  ): Map<string, TaggedEntry> {
    const entries = new Map<string, TaggedEntry>();
    const merges: { key: string; node: TaggedNode }[] = [];
    for (const { key, value } of pairs) {
      const name = keyText((key as Scalar).value);
      const node = this.node(value, depth + 1);
      if ((name === '<<' || name === '<<<') && tag !== '!nomerge') merges.push({ key: name, node });
      else entries.set(name, { node, keySpan: nodeSpan(key, this.at) });
    }
    for (const { key, node } of merges) {
      for (const one of node.kind === 'list' ? node.items : [node]) {
        if (one.kind !== 'map') return failSyntax(`"${key}" merges a value that is no mapping`, one.span);
        this.mergeInto(entries, one, key === '<<<', depth);
      }
    }
    return entries;
  }

  /** Adds what a mapping lacks. `deep` also goes into the values that both have. */
  private mergeInto(own: Map<string, TaggedEntry>, other: TaggedMap, deep: boolean, depth: number): void {
    if (depth > DEEPEST) failSyntax(TOO_DEEP, other.span);
    this.spend(other.entries.size);
    for (const [name, entry] of other.entries) {
      const mine = own.get(name);
      if (!mine) own.set(name, entry);
      else if (deep) own.set(name, { ...mine, node: this.merged(mine.node, entry.node, depth + 1) });
    }
  }

  private merged(mine: TaggedNode, other: TaggedNode, depth: number): TaggedNode {
    if (mine.kind === 'list' && other.kind === 'list') {
      this.spend(mine.items.length + other.items.length);
      return { ...mine, items: [...mine.items, ...other.items] };
    }
    if (mine.kind !== 'map' || other.kind !== 'map') return mine;
    this.spend(mine.entries.size);
    const entries = new Map(mine.entries);
    this.mergeInto(entries, other, true, depth);
    return { ...mine, entries };
  }

  /** Counts the nodes that merges copy: each line of a file may double what the line above it has. */
  private spend(nodes: number): void {
    this.copied += nodes;
    if (this.copied > MOST_NODES) failSyntax(TOO_MUCH, this.at(0, 1));
  }
}

function sizeOf(node: TaggedNode, known: Map<TaggedNode, number>): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  const children =
    node.kind === 'scalar' ? [] : node.kind === 'list' ? node.items : [...node.entries.values()].map((e) => e.node);
  const size = children.reduce((sum, child) => sum + sizeOf(child, known), 1);
  known.set(node, size);
  return size;
}

function tagOf(node: Node | null): string | undefined {
  const tag = (node as { tag?: string } | null)?.tag;
  return tag?.startsWith('!') ? tag : undefined;
}

/** A tag beyond YAML's core schema, such as `!!python/name:os.system`. */
function otherTag(node: Node | null): string | undefined {
  const [, name] = /^tag:yaml\.org,2002:(?!(?:str|int|float|bool|null|map|seq)$)(.*)/.exec(node?.tag ?? '') ?? [];
  return name === undefined ? undefined : `!!${name}`;
}

function isText(scalar: Scalar | null): boolean {
  return isScalar(scalar) && (scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE');
}

/** Whole numbers beyond 2^53 come as numbers too. */
function plainOf(value: unknown): TaggedScalar['value'] {
  if (value === undefined || value === null) return null;
  return typeof value === 'bigint' ? Number(value) : (value as TaggedScalar['value']);
}

/** The node under a key of a mapping; undefined if the node is no mapping or lacks the key. */
export function childOf(node: TaggedNode | undefined, key: string): TaggedNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.node : undefined;
}

/** The plain value of a node, without tags and places. */
export function plainValueOf(node: TaggedNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValueOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { node: child }]) => [key, plainValueOf(child)]));
  }
}
