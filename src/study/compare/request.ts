import type { RowFigures } from '../../report/compare/index.ts';
import type { Uncertainty } from './draws.ts';
import type { Failed, OracleOutcome, RowOutcome } from './jobs.ts';
import type { Sweep } from './sweeps.ts';

/** The name under which a comparison has the experiment's own policies. */
export const EXPERIMENT_POLICY = 'experiment';

/** A question: the same work under several policies, in every cell of the sweeps. */
export interface CompareRequest {
  /** The experiment: a bundled name or a path. */
  readonly experiment: string;
  /** Policies by name or path, or EXPERIMENT_POLICY; the first one that runs is the reference of its cell. */
  readonly policies: readonly string[];
  /** Overrides for every cell: `path=value`. */
  readonly set: readonly string[];
  readonly sweeps: readonly Sweep[];
  /** `own`: every row starts from its own state. `shared`: from that of the reference. */
  readonly start: 'own' | 'shared';
  /** Whether to compare a window of each row with one at half the epoch. */
  readonly checkEpoch: boolean;
  /** Inputs that are uncertain, and how many draws of them to run; none for no draws. */
  readonly uncertain: readonly Uncertainty[];
  readonly draws: number;
}

/** A cell while it is worked out. `rows` are by policy. */
export interface OpenCell {
  readonly set: readonly string[];
  readonly values: readonly string[];
  readonly rows: (RowOutcome | Failed)[];
  /** Index of the reference; -1 if no row runs. */
  reference: number;
  oracle: OracleOutcome | Failed | null;
  /** Energy of the oracle with the leakage of a row's own temperatures, J, by policy. */
  readonly ownOracleJ: Map<number, number>;
  /** Quantiles of the energy under uncertain inputs, by policy. */
  readonly bands: Map<number, NonNullable<RowFigures['uncertain']>>;
}
