import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type Attribute, type Attributes, NO_ATTRIBUTES } from '../../formats/accelergy/index.ts';
import type { Rules } from './rules.ts';
import { blockInOrder, evaluated, Layers, MOST_PROBLEMS, needsNames } from './values.ts';

/** Most attributes below each other that refer to the next; a chain of thousands would exhaust the stack. */
const DEEPEST = 500;

/**
 * The values of a block of a class or of variables: in order under a peer, else in any order. A name means an attribute above it, else one
 * of `outer`, of which the last has precedence, else one below it. Errors: as `blockInAnyOrder`.
 */
export function blockOf(block: Attributes, outer: readonly Attributes[], rules: Rules): Map<string, Attribute> {
  if (rules.peer !== undefined) return blockInOrder(block, outer, rules);
  const [inner = NO_ATTRIBUTES, ...others] = [...outer].reverse();
  return blockInAnyOrder(block, inner, others[0] ?? NO_ATTRIBUTES, rules);
}

/**
 * The values of a block whose attributes may refer to each other in any order, and to inherited ones: the scope of 0.3, and
 * Isotherm's own. A name means an attribute above it in the block, else an inherited one or a variable, else one below it.
 * Errors, of all attributes together: those of expressions, `expression-cycle`.
 *
 * With `remark`, each reference that Accelergy 0.4 would not resolve becomes a remark.
 */
export function blockInAnyOrder(
  block: Attributes,
  inherited: Attributes,
  variables: Attributes,
  rules: Rules,
  remark?: (warning: Diagnostic) => void,
): Map<string, Attribute> {
  if (![...block.values()].some(needsNames)) return blockInOrder(block, [], rules);
  const values = new Map<string, Attribute>();
  const places = new Map([...block.keys()].map((name, place) => [name, place]));
  const problems: Diagnostic[] = [];
  const open = new Set<string>();
  const failed = new Map<string, unknown>();
  const resolve = (name: string): Attribute => {
    const done = values.get(name);
    if (done) return done;
    if (failed.has(name)) throw failed.get(name);
    const attribute = block.get(name)!;
    if (open.has(name)) {
      fail('expression-cycle', `"${name}" depends on itself: ${[...open, name].join(' -> ')}`, {
        span: attribute.span,
      });
    }
    if (open.size >= DEEPEST)
      fail('out-of-range', `attributes refer to each other more than ${DEEPEST} deep`, { span: attribute.span });
    open.add(name);
    try {
      const value = evaluated(attribute, namesFor(name, attribute), rules);
      values.set(name, value);
      return value;
    } catch (error) {
      failed.set(name, error);
      throw error;
    } finally {
      open.delete(name);
    }
  };
  const namesFor = (name: string, attribute: Attribute) => {
    const place = places.get(name)!;
    const outer = new Layers(variables, inherited);
    return {
      size: block.size + outer.size,
      *keys() {
        for (const other of block.keys()) if (other !== name) yield other;
        yield* outer.keys();
      },
      get: (other: string) => {
        const above = places.has(other) && places.get(other)! < place;
        const value = above ? undefined : outer.get(other);
        if (value !== undefined) {
          if (inherited.has(other) && !variables.has(other)) unseen(remark, other, attribute, 'an inherited attribute');
          return value;
        }
        // In files of 0.3 a name without a value is text.
        if (!block.has(other) || (other === name && rules.isLegacy)) return undefined;
        if (!above && other !== name) unseen(remark, other, attribute, 'an attribute below it');
        const own = resolve(other).value;
        return typeof own === 'object' ? undefined : own;
      },
    };
  };
  for (const name of block.keys()) {
    // A reference to an attribute without a value has the same problem, which is reported once.
    if (failed.has(name)) continue;
    if (problems.length >= MOST_PROBLEMS) break;
    try {
      resolve(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.diagnostics);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return new Map([...block.keys()].map((name) => [name, values.get(name)!]));
}

function unseen(
  remark: ((warning: Diagnostic) => void) | undefined,
  name: string,
  { span }: Attribute,
  what: string,
): void {
  remark?.({
    code: 'expression-unknown-name',
    message: `"${name}" is ${what}, which Accelergy 0.4 does not see here`,
    span,
    expected: 'a variable or an attribute above it, if Accelergy reads this file too',
  });
}
