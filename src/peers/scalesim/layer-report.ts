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

/** What SCALE-Sim v3 says of the storage of a layer's filters, in words. */
export interface FilterStorage {
  readonly representation: 'csr' | 'csc' | 'ellpack_block';
  /** All weights, dropped ones too. */
  readonly original: number;
  /** Kept weights and what tells their places. */
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
  /** v3 with `SparsitySupport`. */
  readonly filterStorage?: FilterStorage | undefined;
  /** Whether SCALE-Sim prints the ifmap's scratchpad reads as a fraction: it multiplied them by M/N. */
  readonly scaledIfmapReads?: boolean | undefined;
}
