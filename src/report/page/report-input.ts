import type { RunResult } from '../../cosim/index.ts';
import type { Floorplan } from '../../thermal/floorplan/index.ts';

/** The input of a report. */
export interface ReportInput {
  readonly result: RunResult;
  readonly floorplan: Floorplan | null;
  /** Trip and target temperatures of policies. */
  readonly marksK: RunResult['marksK'];
  readonly assumptions: readonly string[];
  /** Key facts under the title: pairs of label and formatted value. */
  readonly facts: readonly (readonly [string, string])[];
}
