/** The use of one memory in SCALE-Sim's reports: cycles of the first and the last access, and the number of words. */
export interface Use {
  readonly start: number;
  readonly stop: number;
  readonly words: number;
}

/** One value per operand. */
export interface PerOperand<T> {
  readonly ifmap: T;
  readonly filter: T;
  readonly ofmap: T;
}

/** The storage of a layer's filters in SCALE-Sim v3's report, in words. */
export interface FilterStorage {
  readonly representation: 'csr' | 'csc' | 'ellpack_block';
  /** All weights, including dropped ones. */
  readonly original: number;
  /** Kept weights and the data that locates them. */
  readonly stored: number;
  readonly metadata: number;
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
  /** For v3 with `SparsitySupport`. */
  readonly filterStorage?: FilterStorage | undefined;
  /** Whether SCALE-Sim prints the ifmap's scratchpad reads as a fraction: it multiplied them by M/N. */
  readonly scaledIfmapReads?: boolean | undefined;
}
