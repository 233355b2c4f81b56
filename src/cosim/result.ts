import type { Counts } from '../base/counters.ts';
import type { PartitionedLayer } from '../systolic/index.ts';
import type { TemperatureField } from '../thermal/index.ts';
import type { Experiment } from './experiment.ts';

/** What a run did, found out and checked. SI units; columns have one value an epoch unless said otherwise. */
export interface RunResult {
  readonly experiment: Experiment;
  readonly schedules: readonly PartitionedLayer[];
  /** Names, in the order of the columns below. */
  readonly domains: readonly string[];
  readonly components: readonly string[];
  readonly start: StartReport | null;
  readonly epochS: number;
  readonly simulatedS: number;
  readonly trace: Trace;
  readonly events: readonly RunEvent[];
  readonly inferences: InferenceLog;
  readonly layers: readonly LayerResult[];
  /** Counts of the whole run. */
  readonly counts: Counts;
  readonly macs: number;
  readonly energyJ: EnergyTotals;
  /** J of each component; with `energyJ.transition` they sum to the total. */
  readonly componentJ: Float64Array;
  /** The part of it that its actions took. */
  readonly actionJ: Float64Array;
  /** Changes of an operating point, over all domains. */
  readonly transitions: number;
  /** Null without a floorplan. */
  readonly thermal: ThermalResult | null;
  readonly deadline: DeadlineResult | null;
  /** Names of the policies, highest priority first: `step_wise > pace`. */
  readonly policy: string;
  /** Trips and targets of policies. */
  readonly marksK: readonly { readonly policy: string; readonly temperatureK: number }[];
  readonly conservation: {
    readonly energyRelative: number;
    /** Null without a floorplan. */
    readonly heatRelative: number | null;
    readonly macsDifference: number;
  };
}

/** Disjoint parts of the total. */
export interface EnergyTotals {
  readonly total: number;
  /** Actions of components on the die. */
  readonly dynamic: number;
  /** Clocks that run while nothing is done: stalled and idle cycles. */
  readonly idle: number;
  readonly leakage: number;
  /** Accesses and background of what is off the die. */
  readonly dram: number;
  readonly transition: number;
}

export type StartMode = 'ambient' | 'steady' | 'self-consistent';

export interface StartReport {
  readonly mode: StartMode;
  /** Runs or windows that were simulated to find it. */
  readonly iterations: number;
  /** Largest difference of the start to the steady state of the run's own mean power, K; null unless self-consistent. */
  readonly residualK: number | null;
  readonly converged: boolean;
}

export interface Trace {
  readonly epochs: number;
  /** End of the epoch. */
  readonly timeS: Float64Array;
  readonly durationS: Float64Array;
  /** Inference and layer at its end, from 0; -1 when idle. */
  readonly inference: Int32Array;
  readonly layer: Int32Array;
  /** By domain. */
  readonly domains: readonly DomainTrace[];
  /** By block: mean over the epoch, and (with a thermal model) temperature at its end. */
  readonly powerW: readonly Float64Array[];
  readonly temperatureK: readonly Float64Array[];
  readonly offDieW: Float64Array;
  readonly totalW: Float64Array;
}

export interface DomainTrace {
  /** Time means. */
  readonly frequencyHz: Float64Array;
  readonly voltageV: Float64Array;
  /** Shares of the epoch; they sum to 1. */
  readonly busy: Float64Array;
  readonly stall: Float64Array;
  readonly idle: Float64Array;
  readonly dead: Float64Array;
}

export interface RunEvent {
  readonly timeS: number;
  readonly kind: 'decision' | 'transition' | 'conflict';
  /** The policy that caused it. */
  readonly policy: string;
  readonly domain: string;
  /** Operating points as text: `800MHz`. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** One value an inference that was begun, in order. */
export interface InferenceLog {
  readonly completed: number;
  readonly releaseS: Float64Array;
  readonly startS: Float64Array;
  /** NaN for the unfinished one. */
  readonly endS: Float64Array;
}

/** What a layer waits for; the array where nothing holds it up. */
export type Wait = 'array' | 'ifmap port' | 'filter port' | 'ofmap port' | 'DRAM';

export interface LayerResult {
  readonly name: string;
  readonly macs: number;
  /** Stall-free array cycles. */
  readonly cycles: number;
  readonly timeS: number;
  readonly stallS: number;
  /** What most of its time waits for, at the points nearest to the run's mean clocks. */
  readonly waitsFor: Wait;
  /** The order of its folds where the schedule chose among several; null under consecutive retention. */
  readonly foldOrder: string | null;
  readonly utilisation: number;
  readonly dramBytes: number;
  /** J of each component, leakage and stalled clocks included, in the order of `RunResult.components`. */
  readonly componentJ: Float64Array;
  readonly energyJ: number;
}

export interface DeadlineResult {
  readonly limitS: number;
  /** Inferences that ended late, or had not ended when their deadline passed. */
  readonly misses: number;
  /** Least deadline minus end; negative if missed. Null if no inference ended. */
  readonly worstSlackS: number | null;
}

export interface ThermalResult {
  readonly blocks: readonly string[];
  readonly ambientK: number;
  /** K at the start, by block. */
  readonly startK: Float64Array;
  /** Highest block mean at an epoch's end or at the start. */
  readonly peakK: number;
  readonly peakBlock: string;
  readonly peakTimeS: number;
  /** Highest cell of the die at the end of the epoch in which the peak was. */
  readonly peakCellK: number;
  /** Field of the die at that time. */
  readonly peakField: TemperatureField;
  /** Limit of the experiment, null if it has none. */
  readonly limitK: number | null;
  /** Time of the epochs at whose end some block is above the limit; null without one. */
  readonly timeOverLimitS: number | null;
  /** Field of the die at the end of the run. */
  readonly field: TemperatureField;
  readonly heat: { readonly inJ: number; readonly outJ: number; readonly storedJ: number };
}
