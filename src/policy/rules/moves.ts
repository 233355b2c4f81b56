import type { Action } from './actions.ts';

const [KEEP, STEP, SET, BOUND, CAP] = Array(5).keys();
const KINDS = { keep: KEEP, step: STEP, set: SET, bound: BOUND, cap: CAP };

/** The part of a clause that says something of points. */
interface Move {
  readonly action: Action | null;
  readonly residency: number;
  readonly urgent: boolean;
}

/**
 * The actions of all clauses in flat lists, as every question runs through them. Number 0 is that of a domain where no rule holds: it keeps
 * what is.
 */
export class Moves {
  /** By domain: the number of its first clause. */
  readonly first: Int32Array;
  /** By number: the epochs in which no other rule changes it again, and whether it waits for no other. */
  readonly residency: Float64Array;
  readonly urgent: Uint8Array;
  private readonly kind: Uint8Array;
  /** By number: the step, the point, or the bounds. */
  private readonly from: Int32Array;
  private readonly to: Int32Array;

  /** `choices` by domain; `residency` is that of number 0. */
  constructor(choices: readonly (readonly Move[])[], residency: number) {
    const all: readonly Move[] = [{ action: null, residency, urgent: false }, ...choices.flat()];
    const actions = all.map(({ action }) => action ?? ({ kind: 'keep' } as const));
    let next = 1;
    this.first = Int32Array.from(choices, ({ length }) => {
      next += length;
      return next - length;
    });
    this.residency = Float64Array.from(all, (move) => move.residency);
    this.urgent = Uint8Array.from(all, ({ urgent }) => Number(urgent));
    this.kind = Uint8Array.from(actions, ({ kind }) => KINDS[kind]);
    this.from = Int32Array.from(actions, (action) => {
      if (action.kind === 'step') return action.by;
      if (action.kind === 'set') return action.point;
      return action.kind === 'bound' ? action.low : 0;
    });
    this.to = Int32Array.from(actions, (action) => ('high' in action ? action.high : 0));
  }

  steps(move: number): boolean {
    return this.kind[move] === STEP;
  }

  /** The point where a move leads. `own` is the one that applies, a step goes on `from` a point up to `top`. */
  wanted(move: number, own: number, from: number, top: number): number {
    if (this.kind[move] === SET) return this.from[move];
    return this.kind[move] === STEP ? Math.min(top, Math.max(0, from + this.from[move])) : own;
  }

  low(move: number, wanted: number, isCap: boolean): number {
    if (this.kind[move] === BOUND) return this.from[move];
    if (this.kind[move] === CAP) return Math.min(wanted, this.to[move]);
    return isCap ? 0 : wanted;
  }

  /** A cap never widens the limit that steps led to. */
  high(move: number, wanted: number, isCap: boolean): number {
    if (this.kind[move] === CAP) return Math.min(wanted, this.to[move]);
    if (this.kind[move] !== BOUND) return wanted;
    return isCap ? Math.min(wanted, this.to[move]) : this.to[move];
  }
}
