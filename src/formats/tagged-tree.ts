import type { Span } from '../base/errors.ts';

interface Placed {
  /** The tag as written, such as `!Container`. */
  readonly tag?: string | undefined;
  readonly span: Span;
}

export interface TaggedScalar extends Placed {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Whether it was written in quotes. A block (`>-`) is not, as in Accelergy: long expressions need one. */
  readonly quoted: boolean;
}

export interface TaggedEntry {
  readonly node: TaggedNode;
  readonly keySpan: Span;
}

export interface TaggedMap extends Placed {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, TaggedEntry>;
}

export interface TaggedList extends Placed {
  readonly kind: 'list';
  readonly items: readonly TaggedNode[];
}

/** A YAML value that knows its place, its tag and its quotes. Aliases share the node of their anchor. */
export type TaggedNode = TaggedScalar | TaggedMap | TaggedList;
