import { attempt, type Diagnostic, InputError } from './errors.ts';

/** Maps every item. If several fail, throws one error with the problems of all, in the items' order. */
export function mapCollecting<T, R>(items: Iterable<T>, map: (item: T) => R): R[] {
  const results: R[] = [];
  const problems: Diagnostic[] = [];
  for (const item of items) attempt(problems, () => results.push(map(item)));
  if (problems.length > 0) throw new InputError(problems);
  return results;
}
