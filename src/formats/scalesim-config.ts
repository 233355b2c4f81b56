export const SCALESIM_DATAFLOWS = ['os', 'ws', 'is'] as const;
export type ScaleSimDataflow = (typeof SCALESIM_DATAFLOWS)[number];

/** What SCALE-Sim v2 reads of a configuration (.cfg) and uses for its reports. */
export interface ScaleSimConfig {
  readonly runName: string;
  readonly array: { readonly rows: number; readonly columns: number };
  readonly sramKb: { readonly ifmap: number; readonly filter: number; readonly ofmap: number };
  readonly dataflow: ScaleSimDataflow;
  /** `CALC`: DRAM never stalls the array; a number: words a cycle of each operand (USER). */
  readonly bandwidth: 'CALC' | number;
}
