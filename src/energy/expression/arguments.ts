import { fail, nearestName } from '../../base/errors.ts';
import type { CompoundAction, SubAction } from '../../formats/accelergy/index.ts';
import type { Scope } from './evaluate.ts';
import type { Value } from './expression.ts';
import { readRange } from './list-name.ts';

/** Far above any real energy reference table. The limit keeps a slip such as 0..1e9 from filling the memory. */
const MAX_ENTRIES = 100_000;

/**
 * Every combination of an action's arguments; the first argument varies fastest. An action without arguments has one
 * empty combination; an empty range gives none. Errors: `argument-out-of-range`, those of expressions.
 */
export function argumentCombinations(action: CompoundAction, attributes: Scope): ReadonlyMap<string, number>[] {
  let combinations: ReadonlyMap<string, number>[] = [new Map()];
  for (const [name, range] of action.arguments) {
    const { first, last } = readRange(range, attributes);
    const length = Math.max(0, last - first + 1);
    if (combinations.length * length > MAX_ENTRIES) {
      const message = `action "${action.name.value}" has more than ${MAX_ENTRIES} combinations of arguments`;
      fail('argument-out-of-range', message, { span: range.span });
    }
    const values = Array.from({ length }, (_, i) => first + i);
    combinations = values.flatMap((value) => combinations.map((others) => new Map([...others, [name, value]])));
  }
  return combinations;
}

/**
 * Checks the arguments that a compound action passes to an action of a nested compound: all must be present and within
 * their ranges. Errors: `unknown-name`, `attribute-missing`, `argument-out-of-range`.
 */
export function checkArguments(
  inner: CompoundAction,
  given: ReadonlyMap<string, Value>,
  attributes: Scope,
  call: SubAction,
): void {
  for (const name of given.keys()) {
    if (inner.arguments.has(name)) continue;
    fail('unknown-name', `action "${inner.name.value}" has no argument "${name}"`, {
      span: call.arguments.get(name)?.span,
      suggestion: nearestName(name, inner.arguments.keys()),
    });
  }
  for (const [name, range] of inner.arguments) {
    const value = given.get(name);
    if (value === undefined) {
      fail('attribute-missing', `action "${inner.name.value}" needs the argument "${name}"`, { span: call.name.span });
    }
    const { first, last } = readRange(range, attributes);
    if (Number(value) >= first && Number(value) <= last) continue;
    fail('argument-out-of-range', `"${name}" is ${value}`, {
      span: call.arguments.get(name)?.span,
      expected: `${first} to ${last}`,
    });
  }
}
