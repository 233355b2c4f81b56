import type { LoopConstraint } from '../../formats/timeloop/index.ts';
import type { Machine } from '../timeloop/index.ts';

/**
 * The orders of one level's loops that can be best. Each is a list of the dimensions with a bound above 1, the innermost first.
 *
 * A tensor stays while loops run that it does not depend on, up to its innermost relevant loop. So only the sets of such
 * loops matter, and a larger set never costs more. A tensor with overlapping tiles still saves words while the loops of one
 * of its ranks follow each other; all such sequences are kept.
 */
export class Orders {
  private readonly machine: Machine;
  private readonly constraint: LoopConstraint;
  private readonly known = new Map<number, readonly Int32Array[]>();

  constructor(machine: Machine, constraint: LoopConstraint) {
    this.machine = machine;
    this.constraint = constraint;
  }

  /** The orders for the dimensions of the bit mask `active`. */
  of(active: number): readonly Int32Array[] {
    let orders = this.known.get(active);
    if (!orders) {
      orders = this.make(active);
      this.known.set(active, orders);
    }
    return orders;
  }

  private make(active: number): Int32Array[] {
    const { dimensions: D, tensors: T } = this.machine;
    const found = new Map<string, Int32Array>();
    const fixed = this.constraint.innermost.filter((d) => (active >> d) & 1);
    const free = Array.from({ length: D }, (_, d) => d).filter((d) => ((active >> d) & 1) === 1 && !fixed.includes(d));
    // A tensor is open until its reuse ends; one that slides may then go on along one rank.
    const start = Array.from({ length: T }, () => OPEN);
    let states = start;
    for (const d of fixed) states = this.after(states, d);
    const extend = (order: readonly number[], rest: readonly number[], states: readonly number[]): void => {
      const isSensitive = states.some((state) => state !== CLOSED);
      if (!isSensitive || rest.length === 0) {
        const whole = [...order, ...rest];
        found.set(signature(this.machine, whole), Int32Array.from(whole));
        return;
      }
      // A loop that no open tensor depends on costs nothing inside.
      const harmless = rest.filter((d) => states.every((state, q) => state === CLOSED || !this.isRelevant(q, d)));
      if (harmless.length > 0) {
        extend(
          [...order, ...harmless],
          rest.filter((d) => !harmless.includes(d)),
          states,
        );
        return;
      }
      for (const d of rest)
        extend(
          [...order, d],
          rest.filter((other) => other !== d),
          this.after(states, d),
        );
    };
    extend(fixed, free, states);
    return [...found.values()];
  }

  private isRelevant(q: number, d: number): boolean {
    return this.machine.rankOf[q * this.machine.dimensions + d] >= 0;
  }

  private after(states: readonly number[], d: number): number[] {
    const { machine } = this;
    return states.map((state, q) => {
      const rank = machine.rankOf[q * machine.dimensions + d];
      if (state === CLOSED || rank < 0) return state;
      const slidesAlong = machine.slides[q] === 1 && machine.termStart[rank + 1] - machine.termStart[rank] > 1;
      if (state === OPEN) return slidesAlong ? rank : CLOSED;
      return state === rank ? rank : CLOSED;
    });
  }
}

const OPEN = -1;
const CLOSED = -2;

/** Equal for orders that every tensor counts alike. */
function signature(machine: Machine, order: readonly number[]): string {
  const { dimensions: D, tensors: T, rankOf, slides, termStart } = machine;
  return Array.from({ length: T }, (_, q) => {
    const at = order.findIndex((d) => rankOf[q * D + d] >= 0);
    const reused = order.slice(0, at < 0 ? order.length : at).sort((a, b) => a - b);
    if (at < 0 || slides[q] === 0) return reused.join(',');
    const rank = rankOf[q * D + order[at]];
    if (termStart[rank + 1] - termStart[rank] <= 1) return reused.join(',');
    const rest = order.slice(at);
    const end = rest.findIndex((d) => rankOf[q * D + d] >= 0 && rankOf[q * D + d] !== rank);
    return `${reused.join(',')}|${rest.slice(0, end < 0 ? rest.length : end).join('>')}`;
  }).join(';');
}
