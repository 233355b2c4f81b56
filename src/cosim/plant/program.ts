import { COUNTER_INDEX, COUNTERS } from '../../base/counters.ts';
import { RunSums } from '../../base/run-sums.ts';
import type { EnergyColumns } from '../../design/power/index.ts';
import { type StageRun, type Step, stageCounts } from '../../systolic/index.ts';

/** A position in an array's inference: `done` (0 to the run's count) stages of stage run `run`. */
export interface Position {
  run: number;
  done: number;
}

/**
 * One inference of one array as a function of progress: what has happened at each position, without time. Columns are the counters,
 * the array's stall-free cycles, then the energy columns.
 */
export interface Program {
  readonly stages: readonly StageRun[];
  /** First stage run of each step, and the number of runs at the end. */
  readonly firstRun: Int32Array;
  readonly energy: EnergyColumns;
  readonly width: number;
  /** Index of the cycles column and of the first energy column. */
  readonly cyclesAt: number;
  readonly energyAt: number;
  /** The columns of a whole inference. */
  readonly total: Float64Array;
  /** Words that runs move for the layer after or before their own, in the columns, by step; only runs of one stage do. */
  readonly neighbourTraffic: readonly NeighbourTraffic[][];
  /** Overwrites `out` with the columns from the inference's beginning to a position. MACs are whole. */
  columnsAt(position: Position, out: Float64Array): void;
}

export interface NeighbourTraffic {
  readonly run: number;
  readonly layer: number;
  readonly columns: Float64Array;
}

export function buildProgram(stages: readonly StageRun[], steps: readonly Step[], energy: EnergyColumns): Program {
  const cyclesAt = COUNTERS.length;
  const energyAt = cyclesAt + 1;
  const width = energyAt + energy.columns.length;
  const counts = new Float64Array(COUNTERS.length);
  const { macs } = COUNTER_INDEX;
  const write = (stage: StageRun, share: number, out: Float64Array): void => {
    stageCounts(stage, share, counts);
    // Whole ones, energy included. The margin keeps rounding of an exact count from losing one.
    if (share < 1) counts[macs] = Math.floor(counts[macs] + 1e-6);
    out.set(counts);
    out[cyclesAt] = share * stage.cycles;
    energy.write(counts, stage.fold?.shape ?? null, out, energyAt);
  };
  const sums = new RunSums(
    stages.map(({ count }) => count),
    width,
    (run, row) => write(stages[run], 1, row),
  );
  const partial = new Float64Array(width);
  const columnsAt: Program['columnsAt'] = ({ run, done }, out) => {
    const whole = Math.floor(done);
    sums.sumBefore(run, whole, out);
    if (done === whole) return;
    write(stages[run], done - whole, partial);
    for (let i = 0; i < width; i++) out[i] += partial[i];
  };
  const firstRun = firstRuns(stages, steps);
  return {
    stages,
    firstRun,
    energy,
    width,
    cyclesAt,
    energyAt,
    total: sums.total(),
    neighbourTraffic: steps.map((_, step) =>
      neighbourTrafficOf(stages, firstRun[step], firstRun[step + 1], energy, width),
    ),
    columnsAt,
  };
}

/** Stages are in the order of their steps; a step may have none. */
function firstRuns(stages: readonly StageRun[], steps: readonly Step[]): Int32Array {
  const first = new Int32Array(steps.length + 1);
  let run = 0;
  steps.forEach(({ layer, reduces }, step) => {
    first[step] = run;
    while (run < stages.length && stages[run].layer === layer && (stages[run].kind === 'reduce') === reduces) run++;
  });
  first[steps.length] = run;
  return first;
}

function neighbourTrafficOf(
  stages: readonly StageRun[],
  from: number,
  to: number,
  energy: EnergyColumns,
  width: number,
): NeighbourTraffic[] {
  const found: NeighbourTraffic[] = [];
  for (let run = from; run < to; run++) {
    const stage = stages[run];
    for (const [counts, layer] of [
      [stage.ofNext, stage.layer + 1],
      [stage.ofPrevious, stage.layer - 1],
    ] as const) {
      if (!counts) continue;
      const columns = new Float64Array(width);
      columns.set(counts);
      energy.write(counts, stage.fold?.shape ?? null, columns, width - energy.columns.length);
      found.push({ run, layer, columns });
    }
  }
  return found;
}
