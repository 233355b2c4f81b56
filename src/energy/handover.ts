import type { Counts } from '../base/counters.ts';
import {
  type CompoundClass,
  type WrittenComponent,
  type WrittenCounts,
  type WrittenEnergies,
  writeActionCounts,
  writeArchitecture,
  writeErt,
} from '../formats/accelergy/index.ts';
import { actionCounts } from './account.ts';
import type { BoundAction } from './binding.ts';
import { type Ert, type ErtComponent, energyAtVoltage } from './ert.ts';
import { inDependencyOrder } from './input/order.ts';
import { runRules } from './input/rules.ts';
import { Layers, scaleOf, valuesOf } from './input/values.ts';

/** Inputs of the hand-over to Accelergy besides the energy reference table. */
export interface Handover {
  readonly classes: ReadonlyMap<string, CompoundClass>;
  readonly bound: readonly BoundAction[];
  readonly counts: Counts;
  readonly technology: string;
  readonly globalCycleSeconds: number;
  /** The energy of the counts of each component of the table, J; without it, energies are those at 1 V. */
  readonly actionJ?: ArrayLike<number> | undefined;
}

/**
 * The design and its activity as files that run unchanged in Accelergy 0.4: `architecture.yaml` (the architecture and
 * the classes it uses) and `action_counts.yaml`. Accelergy asks its own estimators, so its energies come from them; with `ERT.yaml` in
 * place of the architecture it asks none, and comes to the energies of the run.
 */
export function accelergyFiles(
  ert: Ert,
  handover: Handover,
): { readonly architecture: string; readonly actionCounts: string; readonly ert: string } {
  const { technology, globalCycleSeconds } = handover;
  const classes = usedClasses(ert, handover.classes).map((cls) => orderedClass(cls, ert));
  const architecture = writeArchitecture({
    components: ert.components.map(writtenComponent),
    classes,
    technology,
    globalCycleSeconds,
  });
  const actionCounts = writeActionCounts(writtenCounts(ert, handover));
  return { architecture, actionCounts, ert: writeErt(writtenTables(ert, handover)) };
}

function writtenComponent({ component }: ErtComponent): WrittenComponent {
  const { segments, class: cls, attributes, givenAttributes, areaScale, energyScale, requiredActions = [] } = component;
  const [names, rules] = [new Layers(attributes), runRules()];
  return {
    segments,
    class: cls,
    attributes: valuesOf(givenAttributes),
    areaScale: scaleOf(areaScale, names, rules),
    energyScale: scaleOf(energyScale, names, rules),
    requiredActions: requiredActions.map(({ name }) => name),
  };
}

/** The classes of the components and, recursively, of their subcomponents, in order of first use. */
function usedClasses(ert: Ert, classes: ReadonlyMap<string, CompoundClass>): CompoundClass[] {
  const used = new Set<CompoundClass>();
  const visit = (name: string): void => {
    const cls = classes.get(name);
    if (!cls || used.has(cls)) return;
    used.add(cls);
    for (const part of cls.parts) visit(part.class);
  };
  for (const { component } of ert.components) visit(component.class);
  return [...used];
}

/** The class with every block in dependency order, because Accelergy has no forward references. */
function orderedClass(cls: CompoundClass, ert: Ert): CompoundClass {
  const outside = new Set([
    ...cls.attributes.keys(),
    ...ert.components.flatMap(({ component }) => [...component.attributes.keys()]),
  ]);
  const parts = cls.parts.map((part) => ({ ...part, attributes: inDependencyOrder(part.attributes, outside) }));
  return { ...cls, attributes: inDependencyOrder(cls.attributes, new Set()), parts };
}

/**
 * How often each action happens, in whole numbers, as `isotherm energy` wants them: a row of a scratchpad that is moved in part is one
 * access.
 */
function wholeCounts({ bound, counts }: Handover): number[] {
  return [...actionCounts(bound, counts)].map((count) => {
    const nearest = Math.round(count);
    return Math.abs(count - nearest) < ROUNDING ? nearest : Math.ceil(count);
  });
}

/** How far a sum of products may be off a whole number. */
const ROUNDING = 1e-6;

/** Supply at which the energies of a component's actions are compared, V. */
const REFERENCE_V = 1;

/**
 * Energies at which the counts of each component make up its energy in the run. Supplies may have changed: the figures of a component at
 * one voltage all get one factor.
 */
function writtenTables(ert: Ert, handover: Handover): WrittenEnergies[] {
  const { bound, actionJ } = handover;
  const times = wholeCounts(handover);
  return ert.components.map(({ component, actions }, c) => {
    const referenceJ = bound.reduce((sum, action, i) => {
      return action.component === component.name ? sum + times[i] * energyAtVoltage(action.energy, REFERENCE_V) : sum;
    }, 0);
    const factor = actionJ && referenceJ > 0 ? actionJ[c] / referenceJ : 1;
    return {
      segments: component.segments,
      actions: actions.map((one) => ({
        action: one.action,
        arguments: valuesOf(one.arguments),
        energyPj: factor * energyAtVoltage(one, REFERENCE_V) * 1e12,
      })),
    };
  });
}

function writtenCounts(ert: Ert, handover: Handover): WrittenCounts[] {
  const times = wholeCounts(handover);
  return ert.components
    .map(({ component }) => ({
      segments: component.segments,
      actions: handover.bound.flatMap((action, i) =>
        action.component === component.name ? [{ ...action, count: times[i] }] : [],
      ),
    }))
    .filter(({ actions }) => actions.length > 0);
}
