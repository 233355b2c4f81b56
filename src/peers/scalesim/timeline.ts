import { COUNTER_INDEX, type Counter } from '../../base/counters.ts';
import type { SimulateConfig } from '../../formats/scalesim/index.ts';
import { buildStages, edgeFold, type LayerSchedule, OPERANDS, type StageRun } from '../../systolic/index.ts';
import type { PerOperand } from './layer-report.ts';

/** A run of equal stages with its place in time, in cycles. */
export interface TimedStage {
  readonly stage: StageRun;
  /** The start of the first stage. */
  readonly start: number;
  /** The duration of each stage. */
  readonly cycles: number;
}

/** A layer in time; it runs from cycle `start` until cycle `stop`. */
export interface Timeline {
  readonly stages: readonly TimedStage[];
  readonly start: number;
  readonly stop: number;
}

/** The counter of each operand's words at the DRAM. */
export const DRAM_COUNTERS = {
  ifmap: 'dram_ifmap_reads',
  filter: 'dram_filter_reads',
  ofmap: 'dram_ofmap_writes',
} as const satisfies PerOperand<Counter>;

/**
 * The stages of a layer that runs alone. With bandwidths (USER) a stage takes as long as the slowest of the array and
 * the three interfaces, and cycle 0 is the first cycle of the first fill. Without (CALC) no stage waits and cycle 0 is
 * the array's first cycle: the first fill takes the time of the first fold before it, and the last drain that of the
 * last fold. `conflicts` holds the extra cycles of each fold beyond its schedule.
 */
export function layerTimeline(
  schedule: LayerSchedule,
  bandwidth: SimulateConfig['bandwidth'],
  conflicts?: Float64Array,
): Timeline {
  const { filter: filterBits } = schedule.config.memory.wordBits;
  const built = buildStages([schedule]);
  const stages = conflicts ? lengthened(built, conflicts) : built;
  const computing = stages.filter(({ kind }) => kind === 'compute');
  const fill = edgeCycles(computing[0], 'first');
  const drain = edgeCycles(computing[computing.length - 1], 'last');
  const start = bandwidth === 'CALC' && stages[0].kind === 'fill' ? -fill : 0;
  let stop = start;
  const timed = stages.map((stage): TimedStage => {
    const unhindered = stage.fold ? stage.cycles : stage.kind === 'fill' ? fill : drain;
    const cycles = bandwidth === 'CALC' ? unhindered : stageCycles(stage, bandwidth, filterBits);
    const from = stop;
    stop += stage.count * cycles;
    return { stage, start: from, cycles };
  });
  return { stages: timed, start, stop };
}

/** Cycles of the first or the last fold of a stage. */
function edgeCycles({ queue, fold, cycles }: StageRun, edge: 'first' | 'last'): number {
  return queue && fold ? edgeFold(fold, edge).cycles : cycles;
}

/** The stages with longer folds, as runs of equal stages. */
function lengthened(stages: readonly StageRun[], conflicts: Float64Array): StageRun[] {
  const result: StageRun[] = [];
  let from = 0;
  for (const stage of stages) {
    if (stage.kind !== 'compute') {
      result.push(stage);
      continue;
    }
    const stop = from + stage.count;
    while (from < stop) {
      const longer = conflicts[from];
      let to = from + 1;
      while (to < stop && conflicts[to] === longer) to++;
      result.push({ ...stage, count: to - from, cycles: stage.cycles + longer });
      from = to;
    }
  }
  return result;
}

/** Words of an operand that cross DRAM in one stage. */
export function wordsIn(stage: StageRun, operand: keyof PerOperand<unknown>): number {
  return stage.traffic[COUNTER_INDEX[DRAM_COUNTERS[operand]]];
}

/** Bytes that an interface moves in one stage: one per word, plus the positions of sparse weights. */
function bytesIn(stage: StageRun, operand: keyof PerOperand<unknown>, filterBits: number): number {
  return (wordsIn(stage, operand) * (operand === 'filter' ? filterBits : 8)) / 8;
}

/** Whole cycles of a stage; in each of them an interface moves up to its bandwidth. */
function stageCycles(stage: StageRun, bandwidth: PerOperand<number>, filterBits: number): number {
  const moving = OPERANDS.map((operand) => Math.ceil(bytesIn(stage, operand, filterBits) / bandwidth[operand]));
  return Math.max(stage.cycles, ...moving);
}

/** The rate in words per cycle that each interface needs in some stage. At these rates nothing waits in a timeline of `CALC`. */
export function highestRates({ stages }: Timeline, filterBits: number): PerOperand<number> {
  const of = (operand: keyof PerOperand<unknown>): number =>
    stages.reduce((most, { stage, cycles }) => Math.max(most, bytesIn(stage, operand, filterBits) / cycles), 0);
  return { ifmap: of('ifmap'), filter: of('filter'), ofmap: of('ofmap') };
}
