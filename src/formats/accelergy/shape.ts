import { type Diagnostic, fail, nearestName } from '../../base/errors.ts';
import { childOf, plainValueOf, type TaggedMap, type TaggedNode, type TaggedScalar } from '../tagged-yaml.ts';

/** Takes what Accelergy would pass over. */
export interface Slips {
  /** Changes the estimate. */
  slip(problem: Diagnostic): void;
  /** Does no harm. */
  remark(warning: Diagnostic): void;
}

/** A node that must be a mapping. Error: `wrong-type`. */
export function mapOf(node: TaggedNode, what: string): TaggedMap {
  return node.kind === 'map'
    ? node
    : fail('wrong-type', `${what} is ${kindOf(node)}`, { span: node.span, expected: 'a mapping' });
}

/** The mapping under a key; undefined if the key is missing or empty. Error: `wrong-type`. */
export function mapUnder(map: TaggedMap, key: string, what: string): TaggedMap | undefined {
  const node = childOf(map, key);
  return node === undefined || isEmpty(node) ? undefined : mapOf(node, `"${key}" of ${what}`);
}

/** The list under a key; empty if the key is missing or empty. Error: `wrong-type`. */
export function listUnder(map: TaggedMap, key: string, what: string): readonly TaggedNode[] {
  const node = childOf(map, key);
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind === 'list') return node.items;
  return fail('wrong-type', `"${key}" of ${what} is ${kindOf(node)}`, { span: node.span, expected: 'a list' });
}

/** The text under a key. Errors: `missing-key`, `wrong-type`. */
export function nameUnder(map: TaggedMap, key: string, what: string): TaggedScalar & { readonly value: string } {
  const node = childOf(map, key);
  if (node === undefined) return fail('missing-key', `${what} needs the key "${key}"`, { span: map.span });
  if (node.kind === 'scalar' && node.value !== null && node.value !== '') return { ...node, value: String(node.value) };
  return fail('wrong-type', `"${key}" of ${what} is ${kindOf(node)}`, { span: node.span, expected: 'a name' });
}

/** The names of scales in files of 0.3. */
const OLD_SHARES = ['area_share', 'energy_share', 'action_share'];

/** Reports keys that the peer would pass over in silence. */
export function checkKeys(map: TaggedMap, known: readonly string[], what: string, rules: Slips): void {
  for (const [key, { keySpan }] of map.entries) {
    if (known.includes(key)) continue;
    if (OLD_SHARES.includes(key)) {
      const message = `"${key}" means nothing since Accelergy 0.4`;
      rules.remark({ code: 'unknown-key', message, span: keySpan, expected: 'area_scale or energy_scale' });
      continue;
    }
    if (key === 'required_actions') {
      rules.remark({ code: 'unknown-key', message: `${what} is a container and does no actions`, span: keySpan });
      continue;
    }
    const suggestion = nearestName(key, known);
    const message = `${what} has the unknown key "${key}", which Accelergy ignores`;
    rules.slip({ code: 'unknown-key', message, span: keySpan, expected: `one of ${known.join(', ')}`, suggestion });
  }
}

export function isEmpty(node: TaggedNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

export function kindOf(node: TaggedNode): string {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  const value = plainValueOf(node);
  return value === null ? 'empty' : typeof value === 'string' ? `"${value}"` : String(value);
}
