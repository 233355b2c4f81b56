import type { Span } from '../../base/errors.ts';
import { plainValueOf, type TaggedMap, type TaggedNode } from '../tagged-yaml.ts';

/** A value of a file: a number, text, truth value or nothing, or a list or mapping that is only passed on. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The value of an attribute. */
export interface Attribute {
  readonly value: Plain;
  /** Whether it is text without quotes, which is an expression. */
  readonly bare: boolean;
  readonly span: Span;
}

/** Attributes or arguments by name, in source order. */
export type Attributes = ReadonlyMap<string, Attribute>;

export const NO_ATTRIBUTES: Attributes = new Map();

/** The tag of text that counts as unquoted: a template cannot write every expression without quotes. */
export const BARE = '!bare';

export function attributeOf(node: TaggedNode): Attribute {
  const value = plainValueOf(node) as Plain;
  const bare = node.kind === 'scalar' && typeof value === 'string' && (!node.quoted || node.tag === BARE);
  return { value, bare, span: node.span };
}

/** The attributes of a mapping as written, in source order. */
export function attributesOf(map: TaggedMap | undefined): Map<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  for (const [name, { node }] of map?.entries ?? []) attributes.set(name, attributeOf(node));
  return attributes;
}

/** A value as messages show it. */
export function plainText(value: Plain): string {
  if (value === null || typeof value !== 'object') return String(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** Most characters of a list or mapping in a message. */
const LONGEST = 60;

/** An attribute that the program adds. */
export function given(value: Plain, span: Span): Attribute {
  return { value, bare: false, span };
}
