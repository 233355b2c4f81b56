import { attempt, type Diagnostic, InputError } from '../../base/errors.ts';
import type { AccelergyFile, ArchitectureContainer, Scalars } from '../../formats/accelergy/index.ts';
import { expressionOf } from './attributes.ts';

/**
 * Checks that every attribute of a file parses as an expression, whatever values its names have. `technology: 45nm`
 * does not parse; without this check only a run would find it. Error: `expression-syntax`, all of the file at once.
 */
export function checkExpressions({ architecture, classes, variables }: AccelergyFile): void {
  const blocks = [
    variables,
    ...(architecture ? blocksBelow(architecture) : []),
    ...classes.flatMap((one) => [one.attributes, ...one.subcomponents.map(({ attributes }) => attributes)]),
  ];
  const problems: Diagnostic[] = [];
  for (const block of blocks) {
    for (const scalar of block.values()) {
      if (!scalar.quoted && typeof scalar.value === 'string') attempt(problems, () => expressionOf(scalar));
    }
  }
  const wrong = problems.filter(({ code }) => code === 'expression-syntax');
  if (wrong.length > 0) throw new InputError(wrong);
}

function blocksBelow({ attributes, local, subtree }: ArchitectureContainer): Scalars[] {
  return [attributes, ...local.map((component) => component.attributes), ...subtree.flatMap(blocksBelow)];
}
