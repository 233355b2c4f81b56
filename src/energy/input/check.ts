import { type Diagnostic, InputError } from '../../base/errors.ts';
import { type Attribute, type Attributes, attributesOf, readClasses } from '../../formats/accelergy/index.ts';
import { childOf, type TaggedNode } from '../../formats/tagged-yaml.ts';
import { parseExpression } from '../expression/expression.ts';
import type { DesignFile } from './read.ts';
import { checked, runRules } from './rules.ts';
import { withHint } from './values.ts';

/**
 * Checks the keys of the classes of a file, and that every attribute parses as an expression, whatever values its names have.
 * `technology: 45nm` does not parse; without this check only a run would find it. Errors, all of the file at once: those of
 * `readClasses`, `expression-syntax`.
 */
export function checkExpressions({ architecture, classes, variables }: DesignFile): void {
  const rules = runRules();
  const read = [...checked(rules, () => readClasses(classes, rules)).values()];
  const blocks = [
    variables,
    ...(architecture ? blocksBelow(architecture) : []),
    ...read.flatMap(({ attributes, parts }) => [attributes, ...parts.map((part) => part.attributes)]),
  ];
  const problems = blocks.flatMap((block) => [...block.values()].flatMap(problemsOf));
  if (problems.length > 0) throw new InputError(problems);
}

function problemsOf({ value, bare, span }: Attribute): Diagnostic[] {
  if (!bare) return [];
  try {
    parseExpression(String(value), span);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.filter(({ code }) => code === 'expression-syntax').map((d) => withHint(d, String(value)));
  }
}

function blocksBelow(node: TaggedNode): Attributes[] {
  const own = childOf(node, 'attributes');
  const children = ['subtree', 'local'].flatMap((key) => {
    const list = childOf(node, key);
    return list?.kind === 'list' ? list.items : [];
  });
  return [...(own?.kind === 'map' ? [attributesOf(own)] : []), ...children.flatMap(blocksBelow)];
}
