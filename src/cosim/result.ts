import type { Counts } from '../base/counters.ts';
import type { PartitionedLayer } from '../systolic/index.ts';
import type { TemperatureField } from '../thermal/index.ts';
import type { Experiment } from './experiment.ts';

/** The outcome of a run, with its conservation checks. SI units; columns have one value per epoch unless noted otherwise. */
export interface RunResult {
  readonly experiment: Experiment;
  readonly schedules: readonly PartitionedLayer[];
  /** Names, in the order of the columns below. */
  readonly domains: readonly string[];
  readonly components: readonly string[];
  readonly start: StartReport | null;
  /** The block powers whose steady state the run started from, W; null for a start at ambient. */
  readonly startW: Float64Array | null;
  /** The load that a self-consistent start follows from: a guess for similar runs. Null without a thermal model. */
  readonly load: SteadyLoad | null;
  readonly epochS: number;
  /**
   * Share by which the energy of a window of the run changes at half the epoch; null where it cannot; absent unless it was asked for.
   */
  readonly epochChange?: number | null;
  /** Why there is no such figure, if a policy fails at half the epoch. */
  readonly epochRefusal?: string;
  readonly simulatedS: number;
  readonly trace: Trace;
  readonly events: readonly RunEvent[];
  readonly inferences: InferenceLog;
  readonly layers: readonly LayerResult[];
  /** Counts of the whole run. */
  readonly counts: Counts;
  readonly macs: number;
  readonly energyJ: EnergyTotals;
  /** Energy of each component in J. With `energyJ.transition` they sum to the total. */
  readonly componentJ: Float64Array;
  /** The part of `componentJ` that the component's actions took. */
  readonly actionJ: Float64Array;
  /** The supplies at which each domain did something, V, lowest first, in the order of `domains`. */
  readonly suppliesV: readonly (readonly number[])[];
  /** Number of operating point changes, all domains together. */
  readonly transitions: number;
  /** Null without a floorplan. */
  readonly thermal: ThermalResult | null;
  readonly deadline: DeadlineResult | null;
  /** Names of the policies, highest priority first: `step_wise > pace`. */
  readonly policy: string;
  /** Trip and target temperatures of the policies. */
  readonly marksK: readonly { readonly policy: string; readonly temperatureK: number }[];
  /** By how much the peak is above the temperatures that policies promise to hold, K; negative below them. */
  readonly targets: readonly { readonly policy: string; readonly temperatureK: number; readonly peakAboveK: number }[];
  readonly conservation: {
    readonly energyRelative: number;
    /** Null without a floorplan. */
    readonly heatRelative: number | null;
    readonly macsDifference: number;
  };
}

/** The part of a run that its steady state follows from. Plain data, which a similar run may take as its guess. */
export interface SteadyLoad {
  /** Mean power of each block that does not depend on its temperature, W. */
  readonly constantW: ArrayLike<number>;
  /** Mean leaking voltage of each group of leakage, V. */
  readonly leakingV: ArrayLike<number>;
  /** By how much the mean power falls if that of the start rises, W/W, from 0 to -3: the policies' reaction to heat. */
  readonly slope: number;
}

/** Disjoint parts of the total, J. */
export interface EnergyTotals {
  readonly total: number;
  /** Actions of components on the die. */
  readonly dynamic: number;
  /** Clocks that run without work, in stalled and idle cycles. */
  readonly idle: number;
  readonly leakage: number;
  /** Accesses and background power of the components off the die. */
  readonly dram: number;
  readonly transition: number;
}

export type StartMode = 'ambient' | 'steady' | 'self-consistent';

export interface StartReport {
  readonly mode: StartMode;
  /** How many runs or windows were simulated to find the start. */
  readonly iterations: number;
  /**
   * Largest difference between the start temperatures and the steady state of the run's own mean power, K; null unless
   * self-consistent.
   */
  readonly residualK: number | null;
  readonly converged: boolean;
  /** Mean length in s of the swings of policies that do not settle, if the mean power is that over whole swings. */
  readonly cycleS?: number;
}

export interface Trace {
  readonly epochs: number;
  /** End of each epoch. */
  readonly timeS: Float64Array;
  readonly durationS: Float64Array;
  /** Inference and layer at the epoch's end, counted from 0; -1 when idle. */
  readonly inference: Int32Array;
  readonly layer: Int32Array;
  /** One entry per domain. */
  readonly domains: readonly DomainTrace[];
  /** One entry per block: mean power of each epoch and, with a thermal model, temperature at its end. */
  readonly powerW: readonly Float64Array[];
  readonly temperatureK: readonly Float64Array[];
  readonly offDieW: Float64Array;
  readonly totalW: Float64Array;
}

export interface DomainTrace {
  /** Means over the epoch. */
  readonly frequencyHz: Float64Array;
  readonly voltageV: Float64Array;
  /** Shares of the epoch, which sum to 1. */
  readonly busy: Float64Array;
  readonly stall: Float64Array;
  readonly idle: Float64Array;
  readonly dead: Float64Array;
}

export interface RunEvent {
  readonly timeS: number;
  /**
   * `deferred`: a decision came during a change of its domain and waits for its end. `limited`: a cap or a deadline overrules a choice,
   * as is its duty; `conflict`: a policy does not get what it needs, or two choices quarrel. `cap saturated`: a cap is at its lowest
   * points and still above its trip. `state`: a domain rests or wakes, or policies choose a state for an occasion.
   */
  readonly kind: 'decision' | 'transition' | 'deferred' | 'limited' | 'conflict' | 'cap saturated' | 'state';
  /** The policy that caused the event. */
  readonly policy: string;
  /** Empty for an event of all domains. */
  readonly domain: string;
  /** Operating points as text, such as `800MHz`; of a `state`, the names of states. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  /** Seconds until clock and voltage are those of the new point, and seconds in which the clock stands; for a `transition` alone. */
  readonly durationS?: number;
  readonly stoppedS?: number;
}

/** One value per inference that was started, in order. */
export interface InferenceLog {
  readonly completed: number;
  readonly releaseS: Float64Array;
  readonly startS: Float64Array;
  /** NaN for an unfinished inference. */
  readonly endS: Float64Array;
  /** The layers that do work, in order: indices of `RunResult.layers`. */
  readonly layers: readonly number[];
  /**
   * End times of these layers in one inference after the other, s. The last inference may lack some, and of a run with more than 2e7 of
   * them all after those.
   */
  readonly layerEndS: Float64Array;
}

/** The resource that a layer waits for; the array where nothing holds it up. */
export type Wait = 'array' | 'ifmap port' | 'filter port' | 'ofmap port' | 'DRAM';

export interface LayerResult {
  readonly name: string;
  readonly macs: number;
  /** Stall-free array cycles. */
  readonly cycles: number;
  readonly timeS: number;
  readonly stallS: number;
  /** The resource that most of its time waits for, at the points nearest to the run's mean clocks. */
  readonly waitsFor: Wait;
  /** The order of its folds where the schedule chose among several; null under consecutive retention. */
  readonly foldOrder: string | null;
  readonly utilisation: number;
  readonly dramBytes: number;
  /** J of each component, leakage and stalled clocks included, in the order of `RunResult.components`. */
  readonly componentJ: Float64Array;
  /** The parts of `componentJ` that idle clocks and background power take, and leakage; the rest is of actions. */
  readonly idleJ: Float64Array;
  readonly leakageJ: Float64Array;
  readonly energyJ: number;
}

export interface DeadlineResult {
  readonly limitS: number;
  /** Number of inferences that ended late, or that had not ended when their deadline passed. */
  readonly misses: number;
  /** How many of them still waited for their start when the run ended; absent if none did. */
  readonly neverBegan?: number;
  /** Smallest value of deadline minus end; negative for a miss. Null if no inference ended. */
  readonly worstSlackS: number | null;
}

export interface ThermalResult {
  readonly blocks: readonly string[];
  readonly ambientK: number;
  /** Start temperature of each block, K. */
  readonly startK: Float64Array;
  /** The same of all parts of the package, in the order of `ReducedModel.packageRise`, K. */
  readonly startPackageK: Float64Array;
  /** Highest mean temperature of a block at any event of the run. */
  readonly peakK: number;
  readonly peakBlock: string;
  readonly peakTimeS: number;
  /** Temperature of the hottest cell of the die at that time. */
  readonly peakCellK: number;
  /** Temperature field of the die at that time. */
  readonly peakField: TemperatureField;
  /** Temperature limit of the experiment; null if it has none. */
  readonly limitK: number | null;
  /** Total time in which some block is above the limit; null without a limit. */
  readonly timeOverLimitS: number | null;
  /** Temperature field of the die at the end of the run. */
  readonly field: TemperatureField;
  /** By how much the peak may be off, for the resolution of the stack alone, K; null where that is not known. */
  readonly errorK: number | null;
  readonly frames: ThermalFrames;
  readonly heat: { readonly inJ: number; readonly outJ: number; readonly storedJ: number };
}

/** The die's temperatures at the ends of some epochs. Cell (row 0 north) of a frame: ambient + sum over modes of amplitude x shape. */
export interface ThermalFrames {
  readonly rows: number;
  readonly columns: number;
  /** Ascending, s. */
  readonly timeS: Float64Array;
  /** Frames x modes. */
  readonly amplitudes: Float64Array;
  /** Modes x nodes, K, of which the first rows x columns are those of the die. */
  readonly shapes: Float64Array;
}
