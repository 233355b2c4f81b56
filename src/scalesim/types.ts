/** What SCALE-Sim's reports say of one memory's use: cycles of the first and the last access, and how many. */
export interface Use {
  readonly start: number;
  readonly stop: number;
  readonly words: number;
}

/** One of each operand. */
export interface PerOperand<T> {
  readonly ifmap: T;
  readonly filter: T;
  readonly ofmap: T;
}

/** Everything SCALE-Sim reports of one layer. Percentages from 0 to 100. */
export interface ScaleSimLayerReport {
  readonly totalCycles: number;
  readonly stallCycles: number;
  readonly overallUtilization: number;
  readonly mappingEfficiency: number;
  readonly computeUtilization: number;
  readonly sram: PerOperand<Use>;
  readonly dram: PerOperand<Use>;
}
