/** Clocks and supplies of the reference loop (docs/methods/loop.md, "Transitions"). */

import type { DomainSpec } from '../../../src/design/index.ts';

/** Volts of the rail of a domain: the highest need of its domains, or its fixed voltage. */
export function railV(domains: readonly DomainSpec[], points: readonly number[], d: number): number {
  const { rail, railV: fixedV } = domains[d];
  if (fixedV !== null) return fixedV;
  return Math.max(...domains.map((domain, e) => (domain.rail === rail ? domain.points[points[e]].voltageV : 0)));
}

/** The clocks of all domains: each rail changes on its own. */
export class ReferenceClocks {
  /** The point whose clock each domain has, and whether that clock stands still. */
  readonly running: number[];
  readonly dead: boolean[];
  /** The voltage of each domain: the higher one during a ramp. */
  readonly volts: Float64Array;
  private readonly rails: readonly RailClocks[];

  constructor(domains: readonly DomainSpec[]) {
    this.running = domains.map(() => -1);
    this.dead = domains.map(() => false);
    this.volts = new Float64Array(domains.length);
    this.rails = [...new Set(domains.map(({ rail }) => rail))].map((rail) => new RailClocks(domains, rail, this));
  }

  get transitionJ(): number {
    return this.rails.reduce((sum, rail) => sum + rail.transitionJ, 0);
  }

  /** The last decision, one that waits included. */
  get decided(): readonly number[] | null {
    if (this.rails.some((rail) => rail.decided === null)) return null;
    return this.running.map((_, d) => this.rails.find((rail) => rail.has(d))!.decided![d]);
  }

  /** When something changes next, s. */
  get nextS(): number {
    return Math.min(...this.rails.map((rail) => rail.nextS));
  }

  /** The first decision holds at once; one that comes during a change of its domain waits, and only the last one counts. */
  ask(to: readonly number[], nowS: number): void {
    for (const rail of this.rails) rail.ask(to, nowS);
  }

  /** Everything that happens up to a time. */
  advance(nowS: number): void {
    for (const rail of this.rails) rail.advance(nowS);
  }

  /** The decisions that waited for changes that are over. One that comes at the very end of a change replaces the one that waited. */
  carryOut(nowS: number): void {
    for (const rail of this.rails) rail.carryOut(nowS);
  }
}

/** The clocks of the domains of one rail. They change together. */
class RailClocks {
  transitionJ = 0;
  private readonly domains: readonly DomainSpec[];
  private readonly own: readonly number[];
  private readonly all: Pick<ReferenceClocks, 'running' | 'dead' | 'volts'>;
  private points: readonly number[] | null = null;
  private waiting: readonly number[] | null = null;
  private agenda: { readonly atS: number; readonly act: () => void }[] = [];

  constructor(domains: readonly DomainSpec[], rail: string, all: Pick<ReferenceClocks, 'running' | 'dead' | 'volts'>) {
    this.domains = domains;
    this.own = domains.flatMap((domain, d) => (domain.rail === rail ? [d] : []));
    this.all = all;
  }

  has(d: number): boolean {
    return this.own.includes(d);
  }

  get decided(): readonly number[] | null {
    return this.waiting ?? this.points;
  }

  get nextS(): number {
    return this.agenda[0]?.atS ?? Number.POSITIVE_INFINITY;
  }

  ask(to: readonly number[], nowS: number): void {
    const { all, domains, own } = this;
    if (this.points === null) {
      this.points = to;
      for (const d of own) {
        all.running[d] = to[d];
        all.volts[d] = railV(domains, to, d);
      }
    } else if (this.agenda.length > 0) this.waiting = to;
    else {
      this.waiting = null;
      if (own.some((d) => to[d] !== this.points![d])) this.begin(this.points, to, nowS);
    }
  }

  advance(nowS: number): void {
    while (this.nextS <= nowS) this.agenda.shift()!.act();
  }

  carryOut(nowS: number): void {
    if (this.waiting && this.agenda.length === 0) this.ask(this.waiting, nowS);
  }

  private begin(from: readonly number[], to: readonly number[], nowS: number): void {
    const { domains, own, all } = this;
    const at = (atS: number, act: () => void): void => void this.agenda.push({ atS, act });
    const isChanged = (d: number): boolean => to[d] !== from[d];
    this.points = to;
    own.forEach((d, i) => {
      const { points, transition, railV: fixedV } = domains[d];
      const { relockS, slewVPerS, capacitanceF, loss } = transition;
      const [before, after] = [railV(domains, from, d), railV(domains, to, d)];
      const rampS = fixedV === null ? Math.abs(after - before) / slewVPerS : 0;
      if (i === 0) this.transitionJ += loss * capacitanceF * Math.abs(before ** 2 - after ** 2);
      if (isChanged(d)) {
        // A clock whose need the rail already meets does not wait for the ramp.
        const startS = nowS + (points[to[d]].voltageV > before ? rampS : 0);
        at(startS, () => {
          all.dead[d] = true;
        });
        at(startS + relockS, () => {
          all.dead[d] = false;
          all.running[d] = to[d];
        });
      }
      if (after > before) all.volts[d] = after;
      if (after === before) return;
      // Downwards the rail follows once all its clocks have changed.
      const relocks = own.map((e) => (isChanged(e) ? domains[e].transition.relockS : 0));
      at(nowS + (after < before ? Math.max(...relocks) : 0) + rampS, () => {
        all.volts[d] = after;
      });
    });
    this.agenda.sort((a, b) => a.atS - b.atS);
    this.advance(nowS);
  }
}
