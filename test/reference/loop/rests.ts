/** States of domains without work in the reference loop (docs/methods/loop.md, "States"). */

import type { DomainSpec } from '../../../src/design/index.ts';

export type RestState = 'on' | 'clock-gated' | 'retention' | 'off';

/** A domain falls asleep at once, and wakes for a time in which it leaks in full and its clock stands. */
export class Rests {
  /** Energy of all wakings, J. */
  wakeJ = 0;
  private readonly domains: readonly DomainSpec[];
  private readonly states: readonly RestState[];
  private asleep = false;
  private readonly awakeFromS: number[];

  constructor(domains: readonly DomainSpec[], states: readonly RestState[]) {
    this.domains = domains;
    this.states = domains.map((_, d) => states[d] ?? 'on');
    this.awakeFromS = domains.map(() => 0);
  }

  sleep(): void {
    this.asleep = true;
  }

  /** All are needed. Returns the energy of the wakings. */
  wake(nowS: number): readonly { readonly domain: number; readonly joules: number }[] {
    if (!this.asleep) return [];
    this.asleep = false;
    return this.states.flatMap((state, domain) => {
      if (state === 'on') return [];
      const { wakeS = 0, wakeJ = 0 } = this.costs(domain);
      this.awakeFromS[domain] = nowS + wakeS;
      this.wakeJ += wakeJ;
      return [{ domain, joules: wakeJ }];
    });
  }

  isWaking(d: number, nowS: number): boolean {
    return nowS < this.awakeFromS[d];
  }

  /** Whether the clock of a domain stands still. */
  isStill(d: number, nowS: number): boolean {
    return this.isWaking(d, nowS) || (this.asleep && this.states[d] !== 'on');
  }

  /** The part of the leakage of a domain that is left; of DRAM, of its background power. */
  leakage(d: number, nowS: number): number {
    const rests = this.asleep && !this.isWaking(d, nowS) && this.states[d] !== 'on';
    return rests ? (this.costs(d).leakage ?? 1) : 1;
  }

  nextS(nowS: number): number {
    return Math.min(...this.awakeFromS.map((s) => (s > nowS ? s : Number.POSITIVE_INFINITY)));
  }

  /** A design that states nothing has `clock-gated` at no cost and `off` with 5 % of the leakage. */
  private costs(d: number): { readonly wakeS?: number; readonly wakeJ?: number; readonly leakage?: number } {
    const state = this.states[d];
    const { states } = this.domains[d];
    if (state === 'on') return {};
    return states?.[state] ?? (state === 'off' ? { leakage: 0.05 } : {});
  }
}
