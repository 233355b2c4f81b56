import { attempt, type Diagnostic, InputError } from './errors.ts';

/** Maps every item, and throws what was wrong with any of them together, in their order. */
export function mapCollecting<T, R>(items: Iterable<T>, map: (item: T) => R): R[] {
  const results: R[] = [];
  const problems: Diagnostic[] = [];
  for (const item of items) attempt(problems, () => results.push(map(item)));
  if (problems.length > 0) throw new InputError(problems);
  return results;
}
