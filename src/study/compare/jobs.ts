import type { RunResult, SteadyLoad } from '../../cosim/index.ts';

/** A part of a comparison as plain data, which any worker can run on its own. */
export type Job = RowJob | OracleJob;

interface Setting {
  /** The experiment: a bundled name or a path. */
  readonly experiment: string;
  /** Overrides of the cell: `path=value`. */
  readonly set: readonly string[];
  readonly policy: string;
}

/** One policy in one cell. */
export interface RowJob extends Setting {
  readonly kind: 'row';
  /** Block powers whose steady state is the start, W; without them, the row finds its own start. Null is ambient. */
  readonly startW?: readonly number[] | null;
  /** The load from which the search for an own start begins. */
  readonly guess?: SteadyLoad | null;
  /** The run lasts at least this long, s; by default to its last deadline. */
  readonly windowS?: number;
  /** Whether to repeat a window at half the epoch. */
  readonly checkEpoch?: boolean;
  /** Only so many inferences. */
  readonly mostInferences?: number;
  /** Factors on uncertain inputs, for each draw. */
  readonly factors?: Readonly<Record<string, number>>;
}

/** Oracle and bound of a cell. */
export interface OracleJob extends Setting {
  readonly kind: 'oracle';
  /** Block temperatures of the leakage, K. */
  readonly temperatureK: readonly number[];
  /** Only the schedule whose changes are free. */
  readonly freeOnly?: boolean;
  /** Whether each row starts from a state of its own. */
  readonly hasOwnStarts: boolean;
  /** The window of the cell, s. */
  readonly windowS: number;
}

/** A problem of one job, which does not concern the others. */
export interface Failed {
  readonly kind: 'failed';
  readonly code: string;
  readonly message: string;
}

export interface RowOutcome {
  readonly kind: 'row';
  readonly cell: CellFacts;
  readonly energyJ: number;
  readonly inferences: number;
  readonly simulatedS: number;
  readonly latencyS: number;
  readonly misses: number | null;
  readonly worstSlackS: number | null;
  readonly transitions: number;
  readonly peakK: number | null;
  readonly timeOverLimitS: number | null;
  readonly start: {
    readonly iterations: number;
    readonly residualK: number | null;
    readonly converged: boolean;
  } | null;
  readonly startW: readonly number[] | null;
  readonly load: SteadyLoad | null;
  /** Mean temperature of each block, K. */
  readonly temperatureK: readonly number[];
  /** Damage by temperature cycles of the worst block, and rate of wear of the wires; in units of their own. */
  readonly damage: number | null;
  readonly wear: number | null;
  /** Energy in J and time in s of each layer over the run. */
  readonly layerJ: readonly number[];
  readonly layerS: readonly number[];
  /** Share by which the energy of a window changes at half the epoch; null if that is not known. */
  readonly epochChange: number | null;
  /** Why not, if a policy fails at half the epoch. */
  readonly epochRefusal: string | null;
  readonly conservation: RunResult['conservation'];
}

/** The part that all rows of a cell share. */
export interface CellFacts {
  readonly experiment: string;
  readonly description: string;
  readonly workload: string;
  readonly design: string;
  readonly deadlineS: number | null;
  readonly startMode: string;
  readonly epochS: number;
  readonly limitK: number | null;
  readonly seed: number;
  /** In words: how sensors err, and what changes of clocks and waking take. */
  readonly sensors: string;
  readonly changes: string;
  readonly waking: string;
  readonly inferences: number;
  readonly windowS: number | null;
  readonly layers: readonly string[];
}

export interface OracleOutcome {
  readonly kind: 'oracle';
  readonly free: OracleSchedule | null;
  readonly charged: OracleSchedule | null;
  readonly boundJ: number | null;
  readonly thermal: ThermalBounds | null;
  /** The least deadline that a schedule meets, its changes charged, s; null if the cell's can be met. */
  readonly leastDeadlineS: number | null;
  readonly remarks: readonly string[];
}

/** Bounds of a cell with a temperature limit. */
export interface ThermalBounds {
  /** No row that keeps limit and deadline takes less, J; null if none can keep both. */
  readonly energyJ: number | null;
  /** Back to back, no row that keeps the limit has a shorter inference in the mean, s. */
  readonly latencyS: number | null;
}

/** A schedule for every inference of the window. */
export interface OracleSchedule {
  readonly energyJ: number;
  readonly lowerBoundJ: number;
  readonly transitions: number;
  /** Energy in J and time in s of each layer of one inference, changes included, and the clocks. */
  readonly layerJ: readonly number[];
  readonly layerS: readonly number[];
  readonly clocks: readonly string[];
  /** Energy of the rest of an inference's share of the window, J. */
  readonly restJ: number;
  readonly policyFile: string;
}

export type Outcome = RowOutcome | OracleOutcome | Failed;

/** Runs jobs and returns their outcomes in the same order. `stage` is for people who wait. */
export type Executor = (jobs: readonly Job[], stage?: Stage) => Promise<Outcome[]>;

/** A stage of a comparison. */
export interface Stage {
  /** Its name, for a line of progress. */
  readonly activity: string;
  /** Work that is expected after it, in the units of `jobWork`. */
  readonly ahead: number;
}

/** About the work of a job: 1 for a row that looks for its own start. */
export function jobWork(job: Job): number {
  if (job.kind === 'oracle') return job.freeOnly ? FREE_ORACLE_WORK : ORACLE_WORK;
  if (job.mostInferences !== undefined) return DRAW_WORK;
  return job.startW === undefined ? 1 : KNOWN_START_WORK;
}

/** Guesses, for a line of progress alone. */
export const [ORACLE_WORK, FREE_ORACLE_WORK, DRAW_WORK, KNOWN_START_WORK] = [0.3, 0.1, 0.1, 0.4];
