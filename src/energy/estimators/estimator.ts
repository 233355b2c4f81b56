import type { Value } from '../expression/expression.ts';

/** The question to an estimator: a primitive class with its attributes. */
export interface Query {
  readonly class: string;
  readonly attributes: ReadonlyMap<string, Value>;
}

export interface ActionQuery extends Query {
  readonly action: string;
  readonly arguments: ReadonlyMap<string, Value>;
}

/** Where a figure comes from, for the reader of a report. */
export interface Provenance {
  readonly source: string;
  /** What was assumed beyond the source, if anything. */
  readonly assumption?: string | undefined;
}

/** Energy of one action in J, at a supply voltage (V) and temperature (K). */
export interface Estimate extends Provenance {
  readonly energyJ: number;
  /** Null: does not scale with the array's voltage (DRAM has a supply of its own). */
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
  /** Transistor type, where the leakage's growth with temperature depends on it: `itrs-hp`. */
  readonly cell?: string | undefined;
}

/** Shortest time between two accesses to one bank of a memory, s. */
export interface CycleEstimate extends Provenance {
  readonly cycleS: number;
}

/** Why an estimator does not answer, as a sentence without its name. */
export interface Refusal {
  readonly reason: string;
  /** What to write instead, as a noun phrase: attributes it has figures for. */
  readonly remedy?: string | undefined;
}

/**
 * Estimates primitives. An estimator answers or refuses with a reason, and never guesses: what it cannot stand for is a
 * refusal, so that the next one is asked. It must not keep state: equal queries have equal answers.
 */
export interface Estimator {
  readonly name: string;
  /** Higher is asked first; among equals the first registered. */
  readonly priority: number;
  /** The primitive classes it knows; others are not asked for. */
  readonly classes: readonly string[];
  estimateAction(query: ActionQuery): Estimate | Refusal;
  estimateArea(query: Query): AreaEstimate | Refusal;
  estimateLeakage(query: Query): LeakageEstimate | Refusal;
  /** Only of memories. */
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
