import type { RunResult } from '../../cosim/index.ts';
import type { Floorplan } from '../../thermal/floorplan/index.ts';

/** What a report is made of. */
export interface ReportInput {
  readonly result: RunResult;
  readonly floorplan: Floorplan | null;
  /** Trips and targets of policies. */
  readonly marksK: RunResult['marksK'];
  readonly assumptions: readonly string[];
  /** Key facts under the title: label and value, formatted. */
  readonly facts: readonly (readonly [string, string])[];
}
