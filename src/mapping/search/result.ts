import type { Nest } from '../timeloop/index.ts';
import type { Cost } from './objective.ts';

/** A mapping that was evaluated. */
export interface Found {
  readonly nest: Nest;
  readonly cost: Cost;
}

/** The work of a search so far, for the one line that shows its progress. */
export interface Progress {
  readonly best: number;
  readonly bound: number;
  readonly evaluations: number;
}

export interface SearchLimits {
  /** Stop when the value is proven to lie within this part of the optimum. */
  readonly gap?: number;
  /** Search without the climb that gives a first mapping: slower, with the same optimum. */
  readonly isCold?: boolean;
  /** Asked now and then; the search ends when it returns true. */
  readonly isOver?: () => boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** The result of a search, and what is proven about it. */
export interface SearchResult {
  /** The best mapping; for a Pareto front the one of least EDP. */
  readonly best: Found | undefined;
  /** For the objective `pareto` every mapping that no other beats in both energy and cycles, by rising cycles. */
  readonly front: readonly Found[];
  /** No mapping of the space has a lower first value. */
  readonly lowerBound: number;
  /** Mappings evaluated in full. */
  readonly evaluations: number;
  /** Pairs of outer and inner choices that a bound excluded one by one, and outer choices excluded whole. */
  readonly pruned: number;
  readonly outerStates: number;
  readonly innerTiles: number;
  /** Why the bound is not the value, if it is not. */
  readonly reason: 'proven' | 'gap' | 'stopped' | 'space cut' | 'sampled';
}
