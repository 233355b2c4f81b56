import { attempt, type Diagnostic, InputError, mapCollecting } from '../base/errors.ts';
import type { CompoundClass } from '../formats/accelergy/index.ts';
import type { Component } from './architecture.ts';
import { type PrimitiveAction, type ResolvedAction, type ResolvedComponent, resolveComponent } from './compound.ts';
import type { Estimator, LeakageEstimate, Provenance, Refusal } from './estimators/estimator.ts';
import { answerOrReasons, firstAnswer, knownClasses } from './estimators/index.ts';
import type { Value } from './expression/expression.ts';
import type { Primitive } from './instance.ts';

/** Energy of one action at any supply voltage: E(V) = fixedJ + capacitanceF V^2. */
export interface ActionEnergy {
  readonly capacitanceF: number;
  readonly fixedJ: number;
}

/** The contribution of one primitive to an action. */
export interface ErtPart extends Provenance {
  /** Path inside the component, as the action names it; '' for a primitive component itself. */
  readonly path: string;
  readonly class: string;
  readonly action: string;
  readonly arguments: ReadonlyMap<string, Value>;
  readonly multiplicity: number;
  readonly scale: number;
  /** Energy of one primitive action, in J at voltageV. */
  readonly unitEnergyJ: number;
  /** unitEnergyJ x scale x multiplicity */
  readonly energyJ: number;
  readonly voltageV: number | null;
  readonly temperatureK: number;
}

/** An action of a component for one choice of arguments. */
export interface ErtAction extends ActionEnergy {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, number>;
  /** Sum of the parts, each at its own reference voltage; this is the figure Accelergy reports. */
  readonly energyJ: number;
  readonly parts: readonly ErtPart[];
}

export interface AreaPart extends Provenance {
  readonly path: string;
  readonly class: string;
  readonly multiplicity: number;
  readonly scale: number;
  /** Scaled area of all primitives of this path in one instance, m2. */
  readonly areaM2: number;
}

/** Leakage of all primitives of one path in one instance. Energy and area scales do not apply to it. */
export interface LeakagePart extends LeakageEstimate {
  readonly path: string;
  readonly class: string;
  readonly multiplicity: number;
}

/** Energies, area and leakage of one instance of a component. */
export interface ErtComponent {
  readonly component: Component;
  /** All attributes, including the defaults of its class. */
  readonly attributes: ReadonlyMap<string, Value>;
  readonly actions: readonly ErtAction[];
  readonly areaM2: number;
  readonly areaParts: readonly AreaPart[];
  /** The primitives for which an estimator has a leakage figure. The paths of the others are in `leakageUnknown`. */
  readonly leakageParts: readonly LeakagePart[];
  readonly leakageUnknown: readonly {
    readonly path: string;
    readonly class: string;
    readonly reasons: readonly string[];
  }[];
  /** Longest cycle of its memories, s; 0 if it has none. */
  readonly cycleS: number;
}

/** The energy reference table together with the area reference table. */
export interface Ert {
  readonly components: readonly ErtComponent[];
}

/** Figures of one component from elsewhere, such as an ERT that Accelergy made. They replace those of the estimators. */
export interface GivenFigures {
  readonly actions: readonly ErtAction[];
  /** Leakage of one instance; that of the estimators counts without it. */
  readonly leakage?: LeakageEstimate | undefined;
  /** Area of one instance, m2; that of the estimators counts without it. */
  readonly areaM2?: number | undefined;
  readonly source: string;
}

/**
 * Energy and area of every component with Accelergy's arithmetic: sums in source order, in double precision, unrounded.
 * Components in `given` take their figures from there, by name. Errors of all components together: those of `resolveComponent`,
 * `no-estimator`.
 */
export function buildErt(
  components: readonly Component[],
  compounds: ReadonlyMap<string, CompoundClass>,
  estimators: readonly Estimator[],
  given: ReadonlyMap<string, GivenFigures> = new Map(),
): Ert {
  const classes = { compounds, primitives: knownClasses(estimators) };
  return {
    components: mapCollecting(components, (component) => {
      const own = given.get(component.name);
      if (own) return givenEntry(component, own, () => bodyOf(resolveComponent(component, classes), estimators));
      const resolved = resolveComponent(component, classes);
      return {
        ...bodyOf(resolved, estimators),
        actions: mapCollecting(resolved.actions, (action) => actionEntry(component, action, estimators)),
      };
    }),
  };
}

/** The energy of an action at a supply voltage in V, in J. */
export function energyAtVoltage({ capacitanceF, fixedJ }: ActionEnergy, voltageV: number): number {
  return fixedJ + capacitanceF * voltageV * voltageV;
}

/** An entry with given figures. Its class may be unknown if its area is given too; then no memory cycle is known. */
function givenEntry(
  component: Component,
  { actions, leakage, areaM2, source }: GivenFigures,
  estimate: () => Omit<ErtComponent, 'actions'>,
): ErtComponent {
  const { class: cls, attributes } = component;
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
  const area = areaM2 === undefined ? {} : { areaM2, areaParts: [{ ...whole, scale: 1, areaM2, source }] };
  const unknown = {
    leakageParts: [],
    leakageUnknown: [{ path: '', class: cls, reasons: [`${source} has no leakage`] }],
  };
  const leaks = leakage
    ? { leakageParts: [{ ...whole, ...leakage }], leakageUnknown: [] }
    : areaM2 === undefined
      ? {}
      : unknown;
  const bare = { component, attributes, areaM2: 0, areaParts: [], leakageParts: [], leakageUnknown: [], cycleS: 0 };
  return { ...(body ?? bare), actions, ...area, ...(body && !leakage ? {} : leaks) };
}

/** All of an entry but its actions. */
function bodyOf(
  { component, attributes, primitives }: ResolvedComponent,
  estimators: readonly Estimator[],
): Omit<ErtComponent, 'actions'> {
  const areaParts = mapCollecting(primitives, (primitive) => areaPart(component, primitive, estimators));
  const leakages = primitives.map((primitive) => leakagePart(primitive, estimators));
  return {
    component,
    attributes,
    areaM2: sum(areaParts.map((part) => part.areaM2)),
    areaParts,
    leakageParts: leakages.filter((part) => 'powerW' in part),
    leakageUnknown: leakages.filter((part) => 'reasons' in part),
    cycleS: Math.max(0, ...primitives.map((primitive) => cycleOf(primitive, estimators))),
  };
}

function actionEntry(
  component: Component,
  { action, arguments: values, parts: resolved }: ResolvedAction,
  estimators: readonly Estimator[],
): ErtAction {
  const parts = mapCollecting(resolved, (part) => energyPart(component, part, estimators));
  return {
    action,
    arguments: values,
    energyJ: sum(parts.map((part) => part.energyJ)),
    capacitanceF: sum(parts.map(({ energyJ, voltageV }) => (voltageV === null ? 0 : energyJ / (voltageV * voltageV)))),
    fixedJ: sum(parts.map(({ energyJ, voltageV }) => (voltageV === null ? energyJ : 0))),
    parts,
  };
}

function energyPart({ name }: Component, part: PrimitiveAction, estimators: readonly Estimator[]): ErtPart {
  const { path, class: cls, action, arguments: given, multiplicity, scale, span } = part;
  const question = { what: `the energy of ${cls}.${action}`, path, component: name, span };
  const ask = (estimator: Estimator) => estimator.estimateAction(part);
  const { energyJ: unitEnergyJ, ...rest } = firstAnswer(estimators, part, ask, question);
  return {
    path,
    class: cls,
    action,
    arguments: given,
    multiplicity,
    scale,
    unitEnergyJ,
    energyJ: unitEnergyJ * scale * multiplicity,
    ...rest,
  };
}

/** Without an area the attributes are wrong, which stand where the component is named, not in its class. */
function areaPart({ name, span }: Component, primitive: Primitive, estimators: readonly Estimator[]): AreaPart {
  const { path, class: cls, multiplicity, areaScale: scale } = primitive;
  const ask = (estimator: Estimator) => estimator.estimateArea(primitive);
  const question = { what: `the area of ${cls}`, path, component: name, span };
  const { areaM2, ...rest } = firstAnswer(estimators, primitive, ask, question);
  return { path, class: cls, multiplicity, scale, areaM2: areaM2 * scale * multiplicity, ...rest };
}

function leakagePart(
  primitive: Primitive,
  estimators: readonly Estimator[],
): LeakagePart | ErtComponent['leakageUnknown'][number] {
  const { path, class: cls, multiplicity } = primitive;
  const answer = answerOrReasons(estimators, primitive, (estimator) => estimator.estimateLeakage(primitive));
  if (Array.isArray(answer)) return { path, class: cls, reasons: answer };
  return { path, class: cls, multiplicity, ...answer, powerW: answer.powerW * multiplicity };
}

function cycleOf(primitive: Primitive, estimators: readonly Estimator[]): number {
  const unknown: Refusal = { reason: 'it is no memory' };
  const answer = answerOrReasons(estimators, primitive, (e) => e.estimateCycle?.(primitive) ?? unknown);
  return Array.isArray(answer) ? 0 : answer.cycleS;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
