import { layerCosts, type PreparedPlant, writeMapping } from '../../cosim/index.ts';
import { scheduleFile } from '../compare/oracle-job/schedule-file.ts';
import type { JointObjective, JointUnmeetable } from './choice.ts';
import { ambientOf, bestJointly, type DataflowPlant, type JointResult } from './joint.ts';

/** What `run` needs to repeat a choice. */
export interface Handover {
  /** Dataflow, order of folds and T tile of each layer: a file that `mapping` of an experiment names. */
  readonly mapping: string;
  /** Operating points of each layer: a policy. */
  readonly policy: string;
  /**
   * One inference with both, costed on the mapped plant. It differs a little from the sum over plants of one dataflow each: a layer
   * prefetches words of the next one, which may now have another dataflow.
   */
  readonly replayed: { readonly energyJ: number; readonly timeS: number };
}

/** A choice, and the files that repeat it. */
export interface FoundMapping {
  readonly result: JointResult;
  readonly handover: Handover;
}

/** How often a choice that is late on its own plant is sought again, within less time. */
const MOST_TRIES = 5;

/**
 * The choice of `bestJointly` that also ends within the deadline where one array runs all of it. If the first one is late there, the
 * others get less time; they may then have a gap to the bound, which stays that of the first. After some tries the last one is
 * returned although it is late. `prepare` makes the plant of a mapping's text.
 */
export function bestMapping(
  name: string,
  plants: readonly DataflowPlant[],
  objective: JointObjective,
  deadlineS: number,
  prepare: (mapping: string) => PreparedPlant,
): FoundMapping | JointUnmeetable {
  const first = bestJointly(plants, objective, deadlineS);
  if ('leastS' in first) return first;
  const { lowerBound, single } = first;
  let found = { result: first, handover: handoverOf(name, first, prepare) };
  let budgetS = deadlineS;
  for (let i = 0; i < MOST_TRIES && found.handover.replayed.timeS > deadlineS * (1 + 1e-12); i++) {
    budgetS -= found.handover.replayed.timeS - deadlineS;
    const next = bestJointly(plants, objective, budgetS);
    if ('leastS' in next) break;
    found = { result: { ...next, lowerBound, single }, handover: handoverOf(name, next, prepare) };
  }
  return found;
}

function handoverOf(name: string, { layers }: JointResult, prepare: (mapping: string) => PreparedPlant): Handover {
  const mapping = writeMapping(name, layers);
  const prepared = prepare(mapping);
  const settings = [...new Map(layers.map(({ points }) => [points.join(), points])).values()];
  const keys = settings.map((points) => points.join());
  const pointOf = Int32Array.from(layers, ({ points }) => keys.indexOf(points.join()));
  const costs = layerCosts(prepared, settings, ambientOf(prepared));
  const sum = (column: Float64Array): number =>
    pointOf.reduce((all, k, layer) => all + column[layer * settings.length + k], 0);
  const rest = { to: pointOf[pointOf.length - 1], name: 'clocked' };
  return {
    mapping,
    policy: scheduleFile(prepared, settings, { pointOf, rest }, `${name}-points`, '`isotherm map`'),
    replayed: { energyJ: sum(costs.energyJ), timeS: sum(costs.timeS) },
  };
}
