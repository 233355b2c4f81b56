import { describeValue, fail, InputError, nearestName, type Span } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import type {
  Decision,
  Observation,
  PointRange,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  PolicyRole,
  RunnablePolicy,
} from '../policy.ts';
import { Wish } from '../stack/wish.ts';
import { type Caller, COPIES, callerOf, type Guard, UNGUARDED } from './calls.ts';
import type { ModuleContext, ParameterSpecs, PolicyDefinition, PolicyView } from './definition.ts';
import { freezePlain, frozenCopy } from './frozen.ts';
import { schemaOf, valuesOf } from './parameters.ts';
import { type Decide, rehearsal } from './rehearsal.ts';
import { checkingPoints, type Shown, viewIn } from './view.ts';

const KEYS = ['name', 'description', 'role', 'triggers', 'predicts', 'params', 'init', 'decide'];
const ROLES: readonly PolicyRole[] = ['choice', 'cap', 'deadline'];
const TRIGGERS: readonly string[] = ['layer', 'start', 'end', 'release', 'barrier', 'transition-end'];

/**
 * A policy of one's own as a kind of policy. Its id is the file of `source`, whose text errors point into. `guard` watches the calls.
 * `twins` are the default exports of further copies of the module, which repeat some calls: each has a memory of its own. Errors: `module-invalid` if `definition`, the module's default export, is no policy.
 */
export function moduleKind(
  definition: unknown,
  source: SourceText,
  guard: Guard = UNGUARDED,
  twins: readonly unknown[] = [],
): PolicyKind {
  const place = placeOf(source, /export\s+default/);
  const checked = checkedDefinition(definition, source.file, place);
  const specs = (checked.params ?? {}) as ParameterSpecs;
  const { name } = checked;
  return {
    id: source.file,
    name,
    description: checked.description ?? '',
    role: checked.role ?? 'choice',
    parameters: schemaOf(specs, place),
    check: (parameters, _, span) => valuesOf(specs, parameters, name, span, place),
    create: (values, context) =>
      runnable(
        [checked, ...twins.map((twin) => checkedDefinition(twin, source.file, place))],
        values as ModuleContext['params'],
        context,
        callerOf(name, source, guard),
      ),
  };
}

/** The place of the first match in the text, or its first line. */
export function placeOf(source: SourceText, pattern: RegExp): Span {
  const found = pattern.exec(source.text);
  const from = found?.index ?? 0;
  return spanOf(source, from, from + (found?.[0].length ?? 1));
}

/** A default export may be anything, a proxy too, which fails when it is looked at. */
function checkedDefinition(definition: unknown, file: string, span: Span): PolicyDefinition {
  try {
    return definitionOf(definition, file, span);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message = String(error) } = Object(error) as { readonly message?: string };
    return fail('module-invalid', `${file}: its default export cannot be read: ${message}`, {
      span,
      expected: 'a plain object from definePolicy({ name, init, decide })',
    });
  }
}

function definitionOf(definition: unknown, file: string, span: Span): PolicyDefinition {
  const wrong = (message: string, expected: string, suggestion?: string): never =>
    fail('module-invalid', `${file}: ${message}`, { span, expected, suggestion });
  if (definition === undefined) {
    wrong('the module has no default export', 'export default definePolicy({ name, init, decide })');
  }
  if (typeof definition !== 'object' || definition === null) {
    wrong(`its default export is ${describeValue(definition)}`, 'definePolicy({ name, init, decide })');
  }
  const found = definition as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(found)) {
    if (!KEYS.includes(key)) {
      wrong(`the policy has an unknown key "${key}"`, `one of ${KEYS.join(', ')}`, nearestName(key, KEYS));
    }
  }
  const { name, role = 'choice', triggers = [], predicts = false, params = {}, init, decide } = found;
  if (typeof name !== 'string' || name === '') wrong(`its name is ${describeValue(name)}`, 'a text');
  if (typeof decide !== 'function') wrong('it has no function "decide"', 'decide(view, state) { ... }');
  if (init !== undefined && typeof init !== 'function') wrong('its "init" is no function', 'init(context) { ... }');
  if (typeof predicts !== 'boolean') wrong(`its "predicts" is ${describeValue(predicts)}`, 'true or false');
  if (!ROLES.includes(role as PolicyRole)) {
    wrong(`its role is ${describeValue(role)}`, `one of ${ROLES.join(', ')}`, nearestName(String(role), ROLES));
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    wrong(`its params are ${describeValue(params)}`, 'a mapping of names to { type, default }');
  }
  if (!Array.isArray(triggers))
    wrong(`its triggers are ${describeValue(triggers)}`, `a list of ${TRIGGERS.join(', ')}`);
  for (const trigger of triggers as readonly unknown[]) {
    if (TRIGGERS.includes(String(trigger))) continue;
    wrong(
      `there is no trigger ${describeValue(trigger)}`,
      `one of ${TRIGGERS.join(', ')}`,
      nearestName(String(trigger), TRIGGERS),
    );
  }
  return definition as PolicyDefinition;
}

function runnable(
  [definition, ...twins]: readonly [PolicyDefinition, ...PolicyDefinition[]],
  params: ModuleContext['params'],
  context: PolicyContext,
  caller: Caller,
): RunnablePolicy {
  const { domains } = context;
  const checking = checkingPoints(domains);
  const frozen = frozenCopy({ ...context, params }, checking) as ModuleContext;
  const plain = new WeakMap<object, number>();
  const checkPlain = (value: unknown, path: string): void => {
    const problem = freezePlain(value, path, plain);
    if (problem !== null)
      caller.fail('decision-invalid', `${problem}`, 'plain data that JSON can hold: no NaN, no Map');
  };
  const initOf = (policy: PolicyDefinition): unknown => {
    const state = policy.init ? caller.call('init', () => policy.init?.(frozen)) : null;
    checkPlain(state, 'the state of init');
    return state;
  };
  const own = ownRanges(domains);
  let lastState: unknown;
  let lastJoint: Decision['joint'];
  let lastStates: Decision['states'];
  const ask = (policy: PolicyDefinition, view: PolicyView, state: unknown): Decision => {
    caller.enter();
    try {
      return policy.decide(view, state) as Decision;
    } catch (error) {
      throw caller.explained(error, 'decide');
    } finally {
      caller.leave();
    }
  };
  const shown = viewIn(frozen, checking, false);
  const strict = viewIn(frozen, checking, true);
  /** Asks again, where a write into a list throws, and so has a line. */
  const failWritten = (list: string, policy: PolicyDefinition, observation: Observation, state: unknown): never => {
    const drawn = shown.drawn();
    let at = 0;
    ask(
      policy,
      strict.show(observation, () => drawn[at++]),
      state,
    );
    return caller.fail('policy-failed', `decide changes what it was given: view.${list}`, COPIES);
  };
  const decideBy = (
    policy: PolicyDefinition,
    { show, written }: Shown,
    observation: Observation,
    state: unknown,
    random: () => number,
  ): Decision => {
    const decision = ask(policy, show(observation, random), state);
    const list = written();
    if (list !== null) failWritten(list, policy, observation, state);
    if (typeof decision !== 'object' || decision === null) return decision;
    if (!hasKnownKeys(decision)) checkKeys(decision, caller);
    if (decision.state !== lastState) checkPlain(decision.state, 'its state');
    lastState = decision.state;
    const { ranges, joint, states } = decision;
    if (joint !== lastJoint) freezeDeep(joint);
    if (states !== lastStates) freezeDeep(states);
    lastJoint = joint;
    lastStates = states;
    return copyOf(decision, own(ranges));
  };
  const initial = initOf(definition);
  const text = JSON.stringify(initial);
  if ([definition, ...twins].some((policy) => JSON.stringify(initOf(policy)) !== text)) {
    caller.fail(
      'policy-impure',
      'init returns another state when it runs again',
      'the same state from the same context',
    );
  }
  const decideOf =
    (policy: PolicyDefinition, of: Shown): Decide =>
    (observation, state, random) =>
      decideBy(policy, of, observation, state, random);
  return {
    initial,
    triggers: definition.triggers ?? [],
    predicts: definition.predicts ?? false,
    place: caller.place,
    decide: rehearsal(
      decideOf(definition, shown),
      twins.map((twin) => decideOf(twin, strict)),
      caller,
    ),
  };
}

const DECISION = ['ranges', 'joint', 'state', 'reason', 'idle', 'states', 'capW', 'wakeS', 'saturated'];

/** Whether a decision has ranges and no keys but known ones. It only counts them, as it does so every time. */
function hasKnownKeys(decision: Decision): boolean {
  let unknown = 0;
  for (const _ in decision) unknown++;
  const { ranges, joint, state, reason, idle, states, capW, wakeS, saturated } = decision;
  if (ranges === undefined) return false;
  if (joint !== undefined) unknown--;
  if (state !== undefined) unknown--;
  if (reason !== undefined) unknown--;
  if (idle !== undefined) unknown--;
  if (states !== undefined) unknown--;
  if (capW !== undefined) unknown--;
  if (wakeS !== undefined) unknown--;
  if (saturated !== undefined) unknown--;
  return unknown === 1;
}

function checkKeys(decision: Decision, caller: Caller): void {
  if (typeof (decision as { then?: unknown }).then === 'function') {
    caller.fail('decision-invalid', 'decide returns a promise', 'a decision at once: a decide without async');
  }
  for (const key in decision) {
    if (DECISION.includes(key)) continue;
    const expected = `only ${DECISION.join(', ')}`;
    caller.fail('decision-invalid', `decide returns an unknown key "${key}"`, expected, nearestName(key, DECISION));
  }
}

/** A decision of one shape for all policies, which the engine reads fastest. */
function copyOf({ joint, state, reason, idle, states, capW, wakeS, saturated }: Decision, ranges: Decision['ranges']) {
  return { ranges, joint, state, reason, idle, states, capW, wakeS, saturated } as Decision;
}

/**
 * The engine keeps what a policy returned, and a policy that changed it later would change the past: so it gets a copy. Ranges that are
 * the same as the last ones are the same object, which the engine need not check again.
 */
function ownRanges(domains: readonly PolicyDomain[]): (ranges: Decision['ranges']) => Decision['ranges'] {
  let last: Decision['ranges'] = {};
  let before = new Wish(domains);
  let now = new Wish(domains);
  return (ranges) => {
    if (typeof ranges !== 'object' || ranges === null) return ranges;
    const isValid = now.retake(ranges);
    if (isValid && now.isLike(before)) return last;
    const entries = Object.entries(ranges).map(([name, range]): [string, PointRange] => [
      name,
      Array.isArray(range) ? Object.freeze([...range] as unknown as PointRange) : range,
    ]);
    const copy = Object.freeze(Object.fromEntries(entries));
    if (!isValid) return copy;
    [before, now] = [now, before];
    last = copy;
    return copy;
  };
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freezeDeep(part);
}
