import { layerCosts, type PreparedPlant, writeMapping } from '../../cosim/index.ts';
import { drained, type Steps } from '../../mapping/index.ts';
import { scheduleFile } from '../compare/oracle-job/schedule-file.ts';
import type { JointObjective, JointUnmeetable } from './choice.ts';
import { ambientOf, bestOfCosted, type CostedPlant, costed, type DataflowPlant, type JointResult } from './joint.ts';

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
  /** Dataflows that a stopped search left out; the lower bound is then 0. */
  readonly untried: readonly string[];
  readonly isStopped: boolean;
}

/** A dataflow and its plant, which is made when its turn comes. */
export interface Candidate {
  readonly dataflow: string;
  readonly prepare: () => PreparedPlant;
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
  const candidates = plants.map(({ dataflow, prepared }) => ({ dataflow, prepare: () => prepared }));
  return drained(bestMappingInSteps(name, candidates, objective, deadlineS, prepare));
}

/** The same with a pause before each plant and each try. Once `isOver` says so, the dataflows that are ready decide, one at least. */
export function* bestMappingInSteps(
  name: string,
  candidates: readonly Candidate[],
  objective: JointObjective,
  deadlineS: number,
  prepare: (mapping: string) => PreparedPlant,
  isOver: () => boolean = () => false,
): Steps<FoundMapping | JointUnmeetable> {
  const plants: CostedPlant[] = [];
  for (const candidate of candidates) {
    yield;
    if (plants.length > 0 && isOver()) break;
    plants.push(costed({ dataflow: candidate.dataflow, prepared: candidate.prepare() }));
  }
  const untried = candidates.slice(plants.length).map(({ dataflow }) => dataflow);
  const first = bestOfCosted(plants, objective, deadlineS);
  if ('leastS' in first) return first;
  const { single } = first;
  const lowerBound = untried.length > 0 ? 0 : first.lowerBound;
  const proven = (result: JointResult): JointResult => ({ ...result, lowerBound, single });
  let result = proven(first);
  let handover = handoverOf(name, first, prepare);
  let budgetS = deadlineS;
  let isStopped = untried.length > 0;
  for (let i = 0; i < MOST_TRIES && handover.replayed.timeS > deadlineS * (1 + 1e-12); i++) {
    yield;
    if (isOver()) {
      isStopped = true;
      break;
    }
    budgetS -= handover.replayed.timeS - deadlineS;
    const next = bestOfCosted(plants, objective, budgetS);
    if ('leastS' in next) break;
    result = proven(next);
    handover = handoverOf(name, next, prepare);
  }
  return { result, handover, untried, isStopped };
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
