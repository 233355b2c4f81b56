import type { LoopThermal } from '../heat/heat.ts';
import type { Position } from '../plant/program.ts';
import type { Recorder } from '../record/recorder.ts';
import type { RunEvent } from '../result.ts';
import type { Ledger } from './ledger.ts';

export interface LoopOptions {
  /** Block powers in W; the run starts from their steady state. Null starts from ambient. */
  readonly startW: Float64Array | null;
  /** Freezes leakage at these temperatures of the blocks, K. */
  readonly leakageK?: ArrayLike<number> | null | undefined;
  /** Ends the run at this time even if work remains. */
  readonly mostS?: number;
  /** Receives the share of the run that is done, 0 to 1, at intervals. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** The outcome of one pass through the loop. */
export interface LoopResult {
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly events: readonly RunEvent[];
  readonly simulatedS: number;
  readonly transitions: number;
  readonly releaseS: readonly number[];
  readonly startS: readonly number[];
  /** End time of each inference, s; NaN for an unfinished one. */
  readonly endS: readonly number[];
  /** End times of the layers of all inferences in a row, s. */
  readonly layerEndS: readonly number[];
  readonly completed: number;
  /** The position of each array in the unfinished inference; null if there is none. */
  readonly positions: readonly Position[] | null;
  /** The voltages of the domains for each combination number of the ledger, V. */
  readonly combinations: readonly Float64Array[];
  /** Energy of all wakings of domains, J, from their number. */
  readonly wakingJ: number;
  /** Mean power of each block over the run, W, and its share of leakage. */
  readonly meanW: Float64Array;
  readonly meanLeakageW: Float64Array;
  /** Mean `leakageVoltage` of each group of leakage, V. It is lower if its domain was off for some time. */
  readonly meanLeakingV: Float64Array;
  readonly thermal: LoopThermal | null;
}
