import type { Attribute, Attributes } from '../../formats/accelergy/index.ts';
import { namesIn, parseExpression } from '../expression/expression.ts';

/**
 * A block in an order in which each attribute follows those it refers to, as Accelergy needs it. `outer` holds the names from outside,
 * which a name means unless an attribute above has it. Attributes that refer to each other in a loop come last; a user gives one of them
 * a value. Errors: those of `parseExpression`.
 */
export function inDependencyOrder(block: Attributes, outer: { has(name: string): boolean }): Attributes {
  const names = [...block.keys()];
  const places = new Map(names.map((name, place) => [name, place]));
  const references = new Map(
    [...block].map(([name, attribute], place): [string, string[]] => {
      const isOwn = (other: string) => block.has(other) && (places.get(other)! < place || !outer.has(other));
      return [name, namesOf(attribute).filter(isOwn)];
    }),
  );
  const order = new Set<string>();
  for (let before = -1; order.size > before; ) {
    before = order.size;
    for (const [name, needed] of references) if (needed.every((other) => order.has(other))) order.add(name);
  }
  return new Map([...new Set([...order, ...names])].map((name) => [name, block.get(name)!]));
}

function namesOf({ value, bare, span }: Attribute): string[] {
  return bare && typeof value === 'string' ? namesIn(parseExpression(value, span).root) : [];
}
