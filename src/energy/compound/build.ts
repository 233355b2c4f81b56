import { attempt, type Diagnostic, InputError, mapCollecting, type Span } from '../../base/errors.ts';
import { type Attributes, NO_ATTRIBUTES } from '../../formats/accelergy/index.ts';
import type { Arbiter } from '../arbitration/arbiter.ts';
import type { Question } from '../arbitration/question.ts';
import type { AreaPart, Ert, ErtAction, ErtComponent, ErtPart, GivenFigures, LeakagePart } from '../ert.ts';
import type { Component } from '../input/component.ts';
import { baseName, countOf } from '../input/names.ts';
import { withRequired } from '../input/required.ts';
import type { Rules } from '../input/rules.ts';
import { Layers, scaleOf } from '../input/values.ts';
import { type PartCall, rowsOf } from './actions.ts';
import { designKey, figuresKey, namesReader } from './equal.ts';
import { type ClassBook, defined, type Part, type PartTree, partsOf } from './parts.ts';

/** An action of a primitive component for one choice of its arguments. */
export interface WantedAction {
  readonly name: string;
  readonly arguments: Attributes;
  readonly span: Span;
}

/** The parts that a table is built from, and the extent of it. */
export interface ErtJob {
  readonly book: ClassBook;
  readonly arbiter: Arbiter;
  readonly rules: Rules;
  /** The actions of a primitive component; those that it requires by default. */
  readonly actionsOf?: ((component: Component) => readonly WantedAction[]) | undefined;
  /** Components that take their figures from elsewhere, by name. */
  readonly given?: ReadonlyMap<string, GivenFigures> | undefined;
  /** Takes the problems of a component that is left out; without it they are errors. */
  readonly leaveOut?: ((problems: readonly Diagnostic[]) => void) | undefined;
  /** The figures asked for; all of them by default. */
  readonly wants?: Wants | undefined;
}

export interface Wants {
  readonly energies: boolean;
  readonly areas: boolean;
  /** Leakage, and the cycles of memories. */
  readonly leakage: boolean;
}

const ALL: Wants = { energies: true, areas: true, leakage: true };

/**
 * Energy, area and leakage of every component with Accelergy's arithmetic: sums in source order, in double precision, unrounded. The
 * rules of the job say what of Accelergy is repeated. Errors of all components together: those of `defined`, `partsOf` and `rowsOf`,
 * `no-estimator`.
 */
export function buildErt(components: readonly Component[], job: ErtJob): Ert {
  const known = new Map<string, ErtComponent>();
  const find = entryFinder(job);
  const entries = mapCollecting(components, (component) => {
    const own = job.given?.get(component.name);
    if (own) return givenEntry(component, own, () => bodyOf(defined(component, job.book, job.rules), job));
    const key = designKey(component);
    const equal = known.get(key);
    // Equal components share their figures, so that further ones cost nothing.
    if (equal) return { ...equal, component: sharing(equal.component.attributes, component) };
    try {
      const entry = find(component);
      known.set(key, entry);
      return entry;
    } catch (error) {
      if (!(error instanceof InputError) || !job.leaveOut) throw error;
      job.leaveOut(error.diagnostics);
      return undefined;
    }
  });
  return { components: entries.filter((entry) => entry !== undefined) };
}

function sharing(attributes: Attributes, component: Component): Component {
  return component.attributes === attributes ? component : { ...component, attributes };
}

/** Finds entries. Compound components that differ only in attributes which their class never mentions share their figures. */
function entryFinder(job: ErtJob): (component: Component) => ErtComponent {
  const { book, rules } = job;
  const names = namesReader(book.compounds);
  const known = new Map<string, ErtComponent>();
  return (written) => {
    const component = defined(written, book, rules);
    const compound = book.compounds.get(component.class);
    if (!compound) return entryOf(component, job);
    const key = figuresKey(component, compound, names);
    const equal = known.get(key);
    if (equal) return { ...equal, component };
    const entry = entryOf(component, job);
    known.set(key, entry);
    return entry;
  };
}

function entryOf(component: Component, job: ErtJob): ErtComponent {
  const body = bodyOf(component, job);
  const { energies } = job.wants ?? ALL;
  return { ...body, actions: energies ? actionsOf(body, job) : [] };
}

/** An entry with given figures. Its class may be unknown if its area is given too; then no memory cycle is known. */
function givenEntry(
  component: Component,
  { actions, leakage, areaM2, source }: GivenFigures,
  estimate: () => Omit<ErtComponent, 'actions'>,
): ErtComponent {
  const { class: cls } = component;
  const problems: Diagnostic[] = [];
  const body = attempt(problems, estimate);
  if (!body && areaM2 === undefined) {
    throw new InputError(
      problems.map((d) => ({
        ...d,
        expected: [d.expected, "areas of Accelergy under the accelerator's ert.area"].filter(Boolean).join('; or '),
      })),
    );
  }
  const whole = { path: '', class: cls, multiplicity: 1 };
  const area =
    areaM2 === undefined
      ? {}
      : {
          areaM2,
          areaParts: [{ ...whole, scale: 1, estimator: source, refused: [], unitAreaM2: areaM2, areaM2, source }],
        };
  const unknown = {
    leakageParts: [],
    leakageUnknown: [{ path: '', class: cls, reasons: [`${source} has no leakage`] }],
  };
  const leaks = leakage
    ? { leakageParts: [{ ...whole, ...leakage }], leakageUnknown: [] }
    : areaM2 === undefined
      ? {}
      : unknown;
  const bare = { component, areaM2: 0, areaParts: [], leakageParts: [], leakageUnknown: [], cycleS: 0 };
  return { ...(body ?? bare), actions, ...area, ...(body && !leakage ? {} : leaks) };
}

/** All of an entry but its actions; the component has the defaults of its class. */
function bodyOf(component: Component, job: ErtJob): Omit<ErtComponent, 'actions'> {
  const { book, rules, wants = ALL } = job;
  const compound = book.compounds.get(component.class);
  const tree = compound && partsOf(component, compound, book, rules);
  const primitives = tree?.primitives ?? [alone(component, rules)];
  const areaParts = mapCollecting(wants.areas ? primitives : [], (part) => areaPart(component, part, job));
  const leakages = wants.leakage ? primitives.map((part) => leakagePart(component, part, job)) : [];
  const cycles = wants.leakage ? primitives.map((part) => job.arbiter.cycle(questionOf(component, part))?.cycleS) : [];
  return {
    component,
    areaM2: sum(areaParts.map((part) => part.areaM2)),
    areaParts,
    leakageParts: leakages.filter((part) => 'powerW' in part),
    leakageUnknown: leakages.filter((part) => 'reasons' in part),
    cycleS: Math.max(0, ...cycles.map((cycleS) => cycleS ?? 0)),
    tree,
  };
}

/** A primitive component as its only part. */
function alone({ class: cls, attributes, areaScale, energyScale, classSpan }: Component, rules: Rules): Part {
  const names = new Layers(attributes);
  return {
    path: '',
    class: cls,
    attributes,
    areaScale: scaleOf(areaScale, names, rules),
    energyScale: scaleOf(energyScale, names, rules),
    span: classSpan,
  };
}

function actionsOf({ component, tree }: Omit<ErtComponent, 'actions'>, job: ErtJob): ErtAction[] {
  const { rules } = job;
  const top = tree?.byBase.get('');
  if (!tree || !top) {
    const part = alone(component, rules);
    const wanted = job.actionsOf?.(component) ?? requiredOf(component);
    return mapCollecting(wanted, (action) => ownAction(action, part, component, job));
  }
  const { primitiveType } = top.compound!;
  const partOf = partFinder(tree, component, job);
  return mapCollecting(rowsOf(top, tree, rules), ({ action, arguments: given, parts, span }) => {
    if (primitiveType !== undefined) {
      // The figure stands for the whole component, without its scales.
      const whole = { ...top, class: primitiveType, energyScale: 1 };
      return ownAction({ name: action, arguments: given, span }, whole, component, job);
    }
    const ownParts = mapCollecting(parts, ({ call, scale }) => scaled(partOf(call), scale));
    return summed(action, given, ownParts);
  });
}

/** Finds the energy of a call at the scale 1, once for all rows that share the call. */
function partFinder(tree: PartTree, component: Component, job: ErtJob): (call: PartCall) => ErtPart {
  // The primitives carry the product of all scales; an action names each part with its own.
  const scaledParts = new Map(tree.primitives.map((part) => [baseName(part.path), part]));
  const known = new Map<PartCall, ErtPart>();
  return (call) => {
    const before = known.get(call);
    if (before) return before;
    const found = energyPart({ ...call, part: scaledParts.get(baseName(call.path)) ?? call.part }, component, job);
    known.set(call, found);
    return found;
  };
}

function scaled(part: ErtPart, actionScale: number): ErtPart {
  const { unitEnergyJ, partScale, multiplicity } = part;
  return { ...part, actionScale, energyJ: unitEnergyJ * (actionScale * partScale) * multiplicity };
}

function requiredOf({ requiredActions = [] }: Component): WantedAction[] {
  return requiredActions.map(({ name, span }) => ({ name, arguments: NO_ATTRIBUTES, span }));
}

/** An action of a component that one question answers. */
function ownAction({ name, arguments: given, span }: WantedAction, part: Part, component: Component, job: ErtJob) {
  const row = { path: '', part, action: name, arguments: given, count: 1, span };
  const own = energyPart(row, component, job);
  return summed(name, own.arguments, [own]);
}

/** An action with the energies of its parts added up. */
export function summed(action: string, given: Attributes, parts: readonly ErtPart[]): ErtAction {
  let [energyJ, capacitanceF, fixedJ] = [0, 0, 0];
  for (const { energyJ: ownJ, voltageV } of parts) {
    energyJ += ownJ;
    if (voltageV === null) fixedJ += ownJ;
    else capacitanceF += ownJ / (voltageV * voltageV);
  }
  return { action, arguments: given, energyJ, capacitanceF, fixedJ, parts };
}

/** The energy of a call that nothing scales but the part itself. */
function energyPart(call: PartCall, component: Component, { arbiter, rules }: ErtJob): ErtPart {
  const { path, part, action, count, span } = call;
  const given = withRequired(call.arguments, part.attributes, span, rules, true);
  const question = { ...questionOf(component, { ...part, path }), action, arguments: given, span };
  const { energyJ: unitEnergyJ, ...rest } = arbiter.energy(question);
  return {
    path,
    class: part.class,
    action,
    arguments: given,
    multiplicity: count,
    actionScale: 1,
    partScale: part.energyScale,
    unitEnergyJ,
    energyJ: unitEnergyJ * part.energyScale * count,
    ...rest,
  };
}

function questionOf({ name, span }: Component, { path, class: cls, attributes }: Part): Question {
  const component = `component "${name}"`;
  // Without a figure the attributes are wrong, which stand where the component is named, not in its class.
  return { class: cls, attributes, what: path === '' ? component : `"${path}" of ${component}`, span };
}

function areaPart(component: Component, part: Part, { arbiter, rules }: ErtJob): AreaPart {
  const { path, class: cls, areaScale: scale } = part;
  const span = rules.peer !== undefined && path === '' ? component.classSpan : component.span;
  const { areaM2: unitAreaM2, ...rest } = arbiter.area({ ...questionOf(component, part), span });
  const multiplicity = countOf(path);
  return { path, class: cls, multiplicity, scale, unitAreaM2, areaM2: unitAreaM2 * scale * multiplicity, ...rest };
}

function leakagePart(
  component: Component,
  part: Part,
  { arbiter }: ErtJob,
): LeakagePart | ErtComponent['leakageUnknown'][number] {
  const { path, class: cls } = part;
  const multiplicity = countOf(path);
  const answer = arbiter.leakage(questionOf(component, part));
  if (!('powerW' in answer)) return { path, class: cls, reasons: answer };
  return { path, class: cls, multiplicity, ...answer, powerW: answer.powerW * multiplicity };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
