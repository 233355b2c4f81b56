import type { Span } from '../../base/errors.ts';
import type { Attributes } from '../../formats/accelergy/index.ts';
import type { Estimator, Refusal } from '../estimators/estimator.ts';
import type { Rules } from '../input/rules.ts';

/** A question about a component or one of its parts. */
export interface Question {
  readonly class: string;
  readonly attributes: Attributes;
  /** The component or part, for messages. */
  readonly what: string;
  readonly span: Span;
}

export interface ActionQuestion extends Question {
  readonly action: string;
  readonly arguments: Attributes;
}

/** The estimators by rank, and the classes that some of them name. */
export interface Court {
  readonly ranked: readonly Estimator[];
  readonly classes: ReadonlySet<string>;
  readonly rules: Rules;
}

/** Why no estimator answered. */
export interface Unanswered {
  readonly court: Court;
  /** One sentence an estimator, in the order of their rank. */
  readonly reasons: readonly string[];
  readonly refusals: readonly Refusal[];
}
