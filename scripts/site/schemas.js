// A page for each JSON Schema in schemas/: every key with its type, its meaning and what it may be.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function schemaPages(root) {
  return readdirSync(join(root, 'schemas'))
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const schema = JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8'));
      const rows = keysOf(schema, '').map(
        ({ key, type, needed, meaning }) => `| \`${key}\` | ${type} | ${needed ? 'yes' : ''} | ${meaning} |`,
      );
      const name = file.replace(/\.json$/, '');
      const text = `# Keys of ${name}.yaml\n\nMade from \`schemas/${file}\`, with which an editor checks a file as you type. \`NAME\` stands for a name of your own, \`[]\` for an entry of a list.\n\n| key | value | needed | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
      return { path: `docs/reference/${name}.md`, text };
    });
}

function keysOf(schema, prefix) {
  const { properties = {}, required = [], patternProperties = {}, items, anyOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, value]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    return [
      { key, type: typeOf(value), needed: required.includes(name), meaning: meaningOf(value) },
      ...keysOf(value, key),
    ];
  });
  const named = Object.values(patternProperties).flatMap((value) => {
    const key = prefix === '' ? 'NAME' : `${prefix}.NAME`;
    return Object.keys(value).length === 0
      ? []
      : [{ key, type: typeOf(value), needed: false, meaning: meaningOf(value) }, ...keysOf(value, key)];
  });
  const entries = items ? keysOf(items, `${prefix}[]`) : [];
  const options = anyOf.flatMap((value) => keysOf(value, prefix));
  const seen = new Set();
  return [...own, ...named, ...entries, ...options].filter(({ key }) => !seen.has(key) && seen.add(key));
}

function typeOf({ type, const: constant, anyOf, items, enum: values }) {
  if (constant !== undefined) return `\`${constant}\``;
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (type === 'array') return items ? `list of ${typeOf(items)}` : 'list';
  return type === 'object' ? 'mapping' : type === 'string' ? 'text' : (type ?? 'any');
}

function meaningOf({ description = '', default: usual, minimum, maximum }) {
  const range =
    minimum !== undefined && maximum !== undefined
      ? `${minimum} to ${maximum}`
      : minimum !== undefined
        ? `at least ${minimum}`
        : '';
  const parts = [description, range, usual === undefined ? '' : `default: \`${JSON.stringify(usual)}\``];
  return parts
    .filter((part) => part !== '')
    .join('; ')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
}
