/** A comparison of policies on the same work, as plain data. Figures that were not computed are absent. */
export interface Comparison {
  readonly experiment: string;
  readonly description: string;
  readonly policies: readonly string[];
  /** The paths that vary between cells, in order. */
  readonly sweeps: readonly string[];
  readonly cells: readonly ComparisonCell[];
}

/** One setting of everything but the policy. SI units. */
export interface ComparisonCell {
  /** The value of each sweep, as written. */
  readonly values: readonly string[];
  readonly workload: string;
  readonly design: string;
  readonly deadlineS: number | null;
  readonly startMode: string;
  readonly epochS: number;
  readonly limitK: number | null;
  /** The work of every row, and the time whose energy counts; null without rows. */
  readonly inferences: number;
  readonly windowS: number | null;
  /** The policy of the row that others are measured against. */
  readonly reference: string;
  readonly seed: number;
  /** In words: how sensors err, and what changes of clocks and waking take. */
  readonly sensors: string;
  readonly changes: string;
  readonly waking: string;
  readonly rows: readonly ComparisonRow[];
  readonly oracle: OracleFigures | null;
  readonly oracleWithTransitions: OracleFigures | null;
  readonly bound: { readonly energyJ: number } | null;
  /** The bound that no row within the temperature limit can beat; null without a limit. */
  readonly thermalBound: ThermalBoundFigures | null;
  /** The least deadline that a schedule meets, its changes charged, s; present if the deadline cannot be met. */
  readonly leastDeadlineS?: number;
  /** Why figures are missing or to be read with care. */
  readonly remarks: readonly string[];
}

export interface ThermalBoundFigures {
  /** Energy of the window, J; absent if no policy keeps limit and deadline for long. */
  readonly energyJ?: number;
  /** Back to back: mean time of an inference, s. */
  readonly latencyS?: number;
}

export interface OracleFigures {
  readonly energyJ: number;
  /** No schedule of this kind takes less (Lagrange). */
  readonly lowerBoundJ: number;
  readonly transitions: number;
  /** The schedule as a policy file. */
  readonly policyFile?: string;
}

export interface ComparisonRow {
  readonly policy: string;
  /** False if the policy cannot run in this cell; `reason` then says why. */
  readonly applicable: boolean;
  readonly reason?: string;
  readonly figures?: RowFigures;
  /** The decisions that cost most against the oracle, the worst first. */
  readonly losses?: readonly Loss[];
}

export interface RowFigures {
  /** Energy of the window, J. */
  readonly energyJ: number;
  readonly inferences: number;
  /** The window; longer than the cell's if the row is late. */
  readonly windowS: number;
  /** Mean time from release to end, s. */
  readonly latencyS: number;
  /** Energy of an inference x its mean time, J s. */
  readonly edp: number;
  readonly deadlineMisses?: number;
  readonly worstSlackS?: number;
  readonly peakTemperatureK?: number;
  readonly timeOverLimitS?: number;
  readonly transitions: number;
  /** Residuals of energy, heat (null without a floorplan) and MACs, as in summary.json. */
  readonly conservation: {
    readonly energyRelative: number;
    readonly heatRelative: number | null;
    readonly macsDifference: number;
  };
  /** Damage by temperature cycles, relative to the reference. */
  readonly cyclingDamage?: number;
  /** Mean time to failure of the wires, relative to the reference. */
  readonly mttfFactor?: number;
  /** (E - E of the oracle) / E of the oracle. */
  readonly regret?: number;
  /** The same against the oracle with the leakage of the row's own temperatures. */
  readonly ownRegret?: number;
  readonly start?: { readonly iterations: number; readonly residualK: number | null; readonly converged: boolean };
  /** Share by which the energy of a window changes at half the epoch. */
  readonly epochChange?: number;
  /** Why not, if a policy fails at half the epoch. */
  readonly epochRefusal?: string;
  /** 5 and 95 % quantiles of the energy under uncertain inputs, J, and how often the row takes least. */
  readonly uncertain?: { readonly lowJ: number; readonly highJ: number; readonly firstShare: number };
}

/** A layer, or the rest after the last one, that took more energy than the oracle's. */
export interface Loss {
  readonly what: string;
  readonly lostJ: number;
  /** Mean time an inference spent there, s, and the oracle's. */
  readonly timeS: number;
  readonly oracleTimeS: number;
  /** The oracle's clocks. */
  readonly oracleClocks: string;
}
