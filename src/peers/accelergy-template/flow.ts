import { BARE } from '../../formats/accelergy/index.ts';
import type { TaggedNode } from '../../formats/tagged-yaml.ts';

/** Text that YAML reads as the same text inside brackets without quotes. */
const PLAIN = /^[A-Za-z_][\w.+*/()-]*(?: [\w.+*/()-]+)*$/;
const WORDS = /^(?:true|false|null|yes|no|on|off)$/i;

/** A node as YAML on one line, with its tags; text without quotes stays so, or gets a tag that says it was. */
export function flowText(node: TaggedNode): string {
  const tag = node.tag === undefined ? '' : `${node.tag} `;
  switch (node.kind) {
    case 'list':
      return `${tag}[${node.items.map(flowText).join(', ')}]`;
    case 'map':
      return `${tag}{${[...node.entries].map(([key, { node: child }]) => `${JSON.stringify(key)}: ${flowText(child)}`).join(', ')}}`;
    case 'scalar':
      return tag + scalarText(node.value, node.quoted);
  }
}

function scalarText(value: string | number | boolean | null, quoted: boolean): string {
  if (typeof value !== 'string') return value === null ? 'null' : String(value);
  if (quoted) return JSON.stringify(value);
  return PLAIN.test(value) && !WORDS.test(value) ? value : `${BARE} ${JSON.stringify(value)}`;
}
