import type { Value } from '../expression/expression.ts';
import type { Query, Refusal } from './estimator.ts';

/**
 * Why an attribute serves no estimator. Thrown inside an estimator, and turned into a refusal at its door. It is no `Error`, because the
 * stack of one costs more than most estimates.
 */
class Unfit {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

/** Refuses from any depth of an estimator. */
export function refuse(reason: string, remedy?: string): never {
  throw new Unfit({ reason, remedy });
}

/** Refuses a technology without figures, and names the nearest one that has some. */
export function refuseTechnology(technology: Value | undefined, nearest: string, why: string): never {
  const asked = technology === undefined ? 'no technology is given' : `technology is ${technology}`;
  throw new Unfit({ reason: `${asked}; ${why}`, remedy: `technology: "${nearest}"`, technology: nearest });
}

/** The answer of `run`, or the refusal that it ran into. */
export function answerOf<T>(run: () => T): T | Refusal {
  try {
    return run();
  } catch (error) {
    if (error instanceof Unfit) return error.refusal;
    throw error;
  }
}

/** An attribute that must be a number. */
export function numberAttribute({ attributes }: Query, name: string, otherwise?: number): number {
  const value = attributes.get(name) ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return refuse(
    value === undefined ? `it needs the attribute ${name}` : `${name} is ${quoted(value)}, not a number`,
    `${name}: a number`,
  );
}

/** An attribute that must be a whole number above zero; text of digits counts, as in the peers. */
export function wholeAttribute({ attributes }: Query, name: string, otherwise?: number): number {
  const value = attributes.get(name) ?? otherwise;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number > 0) return number;
  const reason =
    value === undefined
      ? `it needs the attribute ${name}`
      : `${name} is ${quoted(value)}, not a whole number above zero`;
  return refuse(reason, `${name}: a whole number`);
}

/** The cycle time that turns a power into the energy of an action, s. */
export function cycleAttribute({ attributes }: Query, what: string): number {
  const cycle = attributes.get('global_cycle_seconds');
  return typeof cycle === 'number' && cycle > 0
    ? cycle
    : refuse(`it needs the attribute global_cycle_seconds for ${what}`);
}

/** The node of a technology in nm: 45 of `45nm`, `"45"` or 45; undefined for anything else. */
export function nodeOf(technology: Value | undefined): number | undefined {
  const text = String(technology ?? '').trim();
  const match = /^(\d+(?:\.\d+)?)\s*(?:nm)?$/i.exec(text);
  return match && Number(match[1]) > 0 ? Number(match[1]) : undefined;
}

function quoted(value: Value): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
