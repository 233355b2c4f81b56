import { COUNTER_INDEX, COUNTERS, type Counter } from '../base/counters.ts';
import type { Path, YamlDocument } from '../base/document.ts';
import { attempt, type Diagnostic, fail, InputError, mapCollecting, nearestName, type Span } from '../base/errors.ts';
import { actionKeyOf, findEntry } from './action-key.ts';
import type { ActionEnergy, Ert, ErtAction, ErtComponent } from './ert.ts';
import { parseExpression } from './expression/expression.ts';
import { evaluateLinear } from './expression/linear.ts';

/** For each component, the expression of counters that counts each action key (`read`, `read(data_delta=1)`). */
export type Bindings = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** The place of the bindings: `path` leads to the mapping of components. */
export interface BindingPlace {
  readonly document: YamlDocument;
  readonly path: Path;
}

/** An action with its count: the sum of coefficient x counter over the simulator's counters. */
export interface BoundAction {
  readonly component: string;
  readonly action: string;
  readonly arguments: ReadonlyMap<string, number>;
  /** In the order of COUNTERS. */
  readonly coefficients: Float64Array;
  /** Energy of one action of one instance. Counts cover all instances together. */
  readonly energy: ActionEnergy;
}

/**
 * Compiles bindings against an energy reference table, in the order of its components. Expressions may use the counters
 * and the numbers of `scope`. They must be linear in the counters and have no constant, so that the counts of intervals
 * add up. Errors, all together: `component-unbound` (`{}` states that a component does nothing), `unknown-name`
 * (component or argument), `action-unknown`, `argument-out-of-range`, `expression-not-linear` and the other errors of
 * expressions.
 */
export function bindActions(
  ert: Ert,
  bindings: Bindings,
  scope: ReadonlyMap<string, number>,
  place?: BindingPlace,
): BoundAction[] {
  const problems = [...unknownComponents(ert, bindings, place), ...unboundComponents(ert, bindings, place)];
  const bound = attempt(problems, () =>
    mapCollecting(ert.components, (entry) => bindComponent(entry, bindings, scope, place)),
  );
  if (problems.length > 0) throw new InputError(problems);
  return bound?.flat() ?? [];
}

function unknownComponents(ert: Ert, bindings: Bindings, place: BindingPlace | undefined): Diagnostic[] {
  const known = ert.components.map(({ component }) => component.name);
  return Object.keys(bindings)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      code: 'unknown-name',
      message: `the architecture has no component "${name}"`,
      span: place?.document.keySpan([...place.path, name]),
      expected: `one of ${known.join(', ')}`,
      suggestion: nearestName(name, known),
    }));
}

function unboundComponents(ert: Ert, bindings: Bindings, place: BindingPlace | undefined): Diagnostic[] {
  return ert.components
    .filter(({ component }) => !Object.hasOwn(bindings, component.name))
    .map(({ component, actions }) => ({
      code: 'component-unbound',
      message: `component "${component.name}" has no binding`,
      span: place ? place.document.keySpan(place.path) : component.span,
      expected: `counts for ${[...new Set(actions.map((a) => a.action))].join(', ') || 'no action: {}'}`,
    }));
}

function bindComponent(
  entry: ErtComponent,
  bindings: Bindings,
  scope: ReadonlyMap<string, number>,
  place: BindingPlace | undefined,
): BoundAction[] {
  const { name } = entry.component;
  const own = Object.hasOwn(bindings, name) ? bindings[name] : {};
  return mapCollecting(Object.entries(own), ([key, text]) => {
    const path = place && [...place.path, name, key];
    const action = findEntry(entry, actionKeyOf(key, scope, path && place.document.keySpan(path)));
    return bindAction(name, action, coefficientsOf(text, scope, path && place.document.span(path)));
  });
}

function bindAction(
  component: string,
  { action, arguments: values, capacitanceF, fixedJ }: ErtAction,
  coefficients: Float64Array,
): BoundAction {
  return { component, action, arguments: numbersOf(values), coefficients, energy: { capacitanceF, fixedJ } };
}

function numbersOf(values: ErtAction['arguments']): Map<string, number> {
  return new Map([...values].map(([name, { value }]) => [name, Number(value)]));
}

function coefficientsOf(
  text: string | number,
  scope: ReadonlyMap<string, number>,
  span: Span | undefined,
): Float64Array {
  const names = new Map([...scope, ...COUNTERS.map((counter) => [counter, 0] as const)]);
  const isCounter = (name: string) => Object.hasOwn(COUNTER_INDEX, name);
  const { constant, coefficients } = evaluateLinear(parseExpression(String(text), span), isCounter, names);
  if (constant !== 0) {
    fail('expression-not-linear', `"${text}" adds ${constant} that no counter multiplies`, {
      span,
      expected: 'a sum of counters, each times a constant',
    });
  }
  const column = new Float64Array(COUNTERS.length);
  for (const [name, coefficient] of coefficients) column[COUNTER_INDEX[name as Counter]] = coefficient;
  return column;
}
