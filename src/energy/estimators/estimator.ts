import type { Value } from '../expression/expression.ts';

/** A question to an estimator: a primitive class with its attributes. */
export interface Query {
  readonly class: string;
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface ActionQuery extends Query {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, Value>;
}

/** The origin of a figure, for the reader of a report. */
export interface Provenance {
  readonly source: string;
  /** An assumption beyond the source, if there is one. */
  readonly assumption?: string | undefined;
  /** How far other sources lie from the figure, where they disagree. */
  readonly spread?: Spread | undefined;
}

/** The lowest and highest figure of several sources, as multiples of the figure that is used. */
export interface Spread {
  readonly low: number;
  readonly high: number;
  /** The sources with their own figures, as a sentence. */
  readonly sources: string;
}

/** Energy of one action in J, at a supply voltage (V) and temperature (K). */
export interface Estimate extends Provenance {
  readonly energyJ: number;
  /** Null if the energy does not scale with the array's voltage (DRAM has its own supply). */
  readonly voltageV: number | null;
  readonly temperatureK: number;
}

/** Area of one instance in m2. */
export interface AreaEstimate extends Provenance {
  readonly areaM2: number;
}

/** Leakage power of one instance in W, at a supply voltage (V) and temperature (K). */
export interface LeakageEstimate extends Provenance {
  readonly powerW: number;
  readonly voltageV: number | null;
  readonly temperatureK: number;
  /** Transistor type, such as `itrs-hp`, if the growth of leakage with temperature depends on it. */
  readonly cell?: string | undefined;
}

/** Shortest time between two accesses to one bank of a memory, s. */
export interface CycleEstimate extends Provenance {
  readonly cycleS: number;
}

/** Why an estimator does not answer, as a sentence without the estimator's name. */
export interface Refusal {
  readonly reason: string;
  /** Attributes it has figures for, as a noun phrase: the advice of the error. */
  readonly remedy?: string | undefined;
  /** Only the technology is at fault: the nearest one for which it has figures, such as `7nm`. */
  readonly technology?: string | undefined;
}

/**
 * Estimates primitives. An estimator answers, or refuses with a reason; it never guesses. After a refusal the next
 * estimator is asked. It must not keep state: equal queries have equal answers.
 */
export interface Estimator {
  readonly name: string;
  /** The estimator with the highest priority is asked first; among equals, the one registered first. */
  readonly priority: number;
  /** The primitive classes it knows. It is not asked for others. */
  readonly classes: readonly string[];
  estimateAction(query: ActionQuery): Estimate | Refusal;
  estimateArea(query: Query): AreaEstimate | Refusal;
  estimateLeakage(query: Query): LeakageEstimate | Refusal;
  /** For memories only. */
  estimateCycle?(query: Query): CycleEstimate | Refusal;
}

export function isRefusal<T extends object>(answer: T | Refusal): answer is Refusal {
  return 'reason' in answer;
}

/** Factors from the units of the tables to SI. */
export const PICOJOULE = 1e-12;
export const SQUARE_MICROMETRE = 1e-12;
export const SQUARE_MILLIMETRE = 1e-6;
export const MILLIWATT = 1e-3;
