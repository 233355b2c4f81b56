import { type Diagnostic, fail, InputError, type Span } from '../../base/errors.ts';
import { type Attribute, type Attributes, given, type Plain } from '../../formats/accelergy/index.ts';
import type { Rules } from './rules.ts';

/** The keys that every query needs, for the attributes of a container, component or part. */
const NUMBERS = ['global_cycle_seconds', 'cycle_seconds', 'n_instances', 'action_latency_cycles'] as const;

/** Those for arguments. */
const ARGUMENTS = ['global_cycle_seconds', 'action_latency_cycles'] as const;

/** The cycle of files that name none, s, as in files older than 0.4. */
const USUAL_CYCLE_S = 1e-9;

/**
 * Attributes with the keys that Accelergy requires; those that are missing come from `outer` or have a default. In files
 * older than 0.4 the cycle is the attribute `latency`, or 1 ns. A newer file without a cycle is refused under a peer; else it has
 * 1 ns, with a warning. Error: `attribute-missing`.
 */
export function withRequired(
  own: Attributes,
  outer: Attributes,
  span: Span,
  rules: Rules,
  isArguments = false,
  isLenient = false,
): Attributes {
  if (isArguments && (rules.isRun || ARGUMENTS.every((key) => own.has(key)))) return own;
  if (rules.peer === 'accelergy-0.3' || (!rules.isLegacy && !isArguments && PROPAGATED.every((key) => own.has(key))))
    return own;
  const all = new Map(own);
  if (rules.isRun) return withPropagated(all, outer);
  const add = (key: string, otherwise?: Plain): void => {
    if (all.has(key)) return;
    const inherited = all.get(key.toUpperCase()) ?? outer.get(key) ?? outer.get(key.toUpperCase());
    if (inherited) all.set(key, inherited);
    else if (otherwise !== undefined) all.set(key, given(otherwise, span));
    else if (!isLenient) failMissing(key, own, span);
  };
  if (rules.isLegacy && rules.peer !== undefined) {
    add('global_cycle_seconds', all.get('latency')?.value ?? USUAL_CYCLE_S);
    all.set('global_cycle_seconds', withoutUnit(all.get('global_cycle_seconds')!));
    return all;
  }
  if (rules.isLegacy) {
    add('global_cycle_seconds', USUAL_CYCLE_S);
    if (!outer.has('technology') && !all.has('technology')) return all;
  }
  if (rules.peer === undefined && !all.has('global_cycle_seconds')) addCycle(all, outer, span, rules);
  else add('global_cycle_seconds');
  add('action_latency_cycles', 1);
  if (isArguments) return all;
  const cycle = all.get('global_cycle_seconds');
  if (cycle && !all.has('cycle_seconds')) all.set('cycle_seconds', cycle);
  add('technology');
  add('n_instances', 1);
  return all;
}

/** The cycle of the surroundings; without one the usual cycle, which Accelergy lacks, with a warning. */
function addCycle(all: Map<string, Attribute>, outer: Attributes, span: Span, rules: Rules): void {
  const key = 'global_cycle_seconds';
  const inherited = all.get(key.toUpperCase()) ?? outer.get(key) ?? outer.get(key.toUpperCase());
  all.set(key, inherited ?? given(USUAL_CYCLE_S, span));
  if (inherited) return;
  const message = `no ${key} is given; a cycle of 1 ns is taken, for leakage and for the choice of units by speed`;
  rules.remark({
    code: 'attribute-missing',
    message,
    span,
    expected: `${key}: 1e-9, in the container or in variables`,
  });
}

/** Attributes that every query carries, also inside compounds. A run takes them from outside where there are some. */
export const PROPAGATED: readonly string[] = [
  'technology',
  'global_cycle_seconds',
  'cycle_seconds',
  'action_latency_cycles',
  'n_instances',
];

function withPropagated(own: Map<string, Attribute>, outer: Attributes): Map<string, Attribute> {
  for (const [name, attribute] of outer) if (!own.has(name) && PROPAGATED.includes(name)) own.set(name, attribute);
  return own;
}

function withoutUnit(attribute: Attribute): Attribute {
  if (typeof attribute.value !== 'string') return attribute;
  return { ...attribute, value: attribute.value.replace('ns', 'e-9').replaceAll(' ', '') };
}

function failMissing(key: string, own: Attributes, span: Span): never {
  const example = key === 'technology' ? 'technology: "45nm"' : `${key}: 1e-9`;
  fail('attribute-missing', `"${key}" is missing among ${[...own.keys()].join(', ') || 'no attributes'}`, {
    span,
    expected: `${example}, in the container or in variables`,
  });
}

/** Error `expression-not-a-number` for a required key that is no number, of the attributes of a component or part. */
export function checkNumbers(attributes: Attributes, what: string, rules: Rules): void {
  if (rules.isLegacy) return;
  const problems: Diagnostic[] = [];
  for (const key of NUMBERS) {
    const attribute = attributes.get(key);
    if (attribute === undefined || typeof attribute.value === 'number' || typeof attribute.value === 'boolean')
      continue;
    problems.push({
      code: 'expression-not-a-number',
      message: `"${key}" of ${what} is ${JSON.stringify(attribute.value)}`,
      span: attribute.span,
      expected: 'a number',
    });
  }
  if (problems.length > 0) throw new InputError(problems);
}
