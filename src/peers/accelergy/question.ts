import type { Span } from '../../base/errors.ts';
import type { Provenance } from '../../energy/index.ts';
import type { Attributes } from '../accelergy-input/attributes.ts';

/** A figure in pJ or um2, and who gave it. */
export interface Figure extends Provenance {
  readonly value: number;
  readonly estimator: string;
  readonly voltageV?: number | null | undefined;
  readonly temperatureK?: number | undefined;
  /** Estimators that were asked before, and why they have no figure. */
  readonly refused: readonly string[];
}

export interface Question {
  readonly class: string;
  readonly attributes: Attributes;
  /** Undefined for the area. */
  readonly action?: string | undefined;
  readonly arguments: Attributes;
  /** The component or part, for messages. */
  readonly what: string;
  readonly span: Span;
}
