/** Clocks and supplies of the reference loop (docs/methods/loop.md, "Transitions"). */

import type { DomainSpec } from '../../../src/design/index.ts';

/** Volts of the rail of a domain: the highest need of its domains, or its fixed voltage. */
export function railV(domains: readonly DomainSpec[], points: readonly number[], d: number): number {
  const { rail, railV: fixedV } = domains[d];
  if (fixedV !== null) return fixedV;
  return Math.max(...domains.map((domain, e) => (domain.rail === rail ? domain.points[points[e]].voltageV : 0)));
}

export class ReferenceClocks {
  /** The point whose clock each domain has, and whether that clock stands still. */
  running: number[] = [];
  readonly dead: boolean[];
  /** The voltage of each domain: the higher one during a ramp. */
  volts: Float64Array;
  transitionJ = 0;
  private readonly domains: readonly DomainSpec[];
  private points: readonly number[] | null = null;
  private waiting: readonly number[] | null = null;
  private agenda: { readonly atS: number; readonly act: () => void }[] = [];

  constructor(domains: readonly DomainSpec[]) {
    this.domains = domains;
    this.dead = domains.map(() => false);
    this.volts = new Float64Array(domains.length);
  }

  /** The last decision, one that waits included. */
  get decided(): readonly number[] | null {
    return this.waiting ?? this.points;
  }

  /** When something changes next, s. */
  get nextS(): number {
    return this.agenda[0]?.atS ?? Number.POSITIVE_INFINITY;
  }

  /** The first decision holds at once; one that comes during a change waits, and only the last one counts. */
  ask(to: readonly number[], nowS: number): void {
    if (this.points === null) {
      this.points = to;
      this.running = [...to];
      this.volts = Float64Array.from(this.domains, (_, d) => railV(this.domains, to, d));
    } else if (this.agenda.length > 0) this.waiting = to;
    else if (to.some((k, d) => k !== this.points![d])) this.begin(this.points, to, nowS);
  }

  /** Everything that happens up to a time. */
  advance(nowS: number): void {
    while (this.nextS <= nowS) this.agenda.shift()!.act();
    if (this.agenda.length > 0 || !this.waiting) return;
    const to = this.waiting;
    this.waiting = null;
    this.ask(to, nowS);
  }

  private begin(from: readonly number[], to: readonly number[], nowS: number): void {
    const { domains } = this;
    const at = (atS: number, act: () => void): void => void this.agenda.push({ atS, act });
    const isChanged = (d: number): boolean => to[d] !== from[d];
    this.points = to;
    const counted = new Set<string>();
    domains.forEach(({ rail, points, transition: { relockS, slewVPerS, capacitanceF, loss } }, d) => {
      const [before, after] = [railV(domains, from, d), railV(domains, to, d)];
      const rampS = Math.abs(after - before) / slewVPerS;
      if (!counted.has(rail)) this.transitionJ += loss * capacitanceF * Math.abs(before ** 2 - after ** 2);
      counted.add(rail);
      if (isChanged(d)) {
        // A clock whose need the rail already meets does not wait for the ramp.
        const startS = nowS + (points[to[d]].voltageV > before ? rampS : 0);
        at(startS, () => {
          this.dead[d] = true;
        });
        at(startS + relockS, () => {
          this.dead[d] = false;
          this.running[d] = to[d];
        });
      }
      if (after > before) this.volts[d] = after;
      if (after === before) return;
      // Downwards the rail follows once all its clocks have changed.
      const ofRail = domains.map((other, e) => (other.rail === rail && isChanged(e) ? other.transition.relockS : 0));
      at(nowS + (after < before ? Math.max(...ofRail) : 0) + rampS, () => {
        this.volts[d] = after;
      });
    });
    this.agenda.sort((a, b) => a.atS - b.atS);
    this.advance(nowS);
  }
}
