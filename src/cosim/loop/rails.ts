import type { DomainSpec } from '../../design/index.ts';
import { voltagesAt } from './energy-at.ts';
import { load, type Saved, save } from './saved.ts';

/**
 * The supply of the domains of one rail over time: the highest voltage that one of them needs, or a fixed one. On the way up it ramps;
 * energy is charged at the voltage it goes to. Energy of a change is loss x C |V1^2 - V2^2| between the highest needs before and after.
 */
export class Rail {
  readonly domains: readonly number[];
  private readonly spec: DomainSpec;
  /** Needs of the points that the domains are at or change to, V; by position in `domains`. */
  private readonly needV: Float64Array;
  private highestV: number;
  /** The last ramp up: from which voltage, V, and when, s. */
  private fromV: number;
  private fromS = Number.NEGATIVE_INFINITY;

  /** `points` are the first points of all domains. */
  constructor(domains: readonly DomainSpec[], own: readonly number[], points: ArrayLike<number>) {
    this.domains = own;
    this.spec = domains[own[0]];
    this.needV = Float64Array.from(own, (d) => domains[d].points[points[d]].voltageV);
    this.highestV = this.needV.reduce((most, v) => Math.max(most, v), 0);
    this.fromV = this.highestV;
  }

  /**
   * Domain d begins to change to a point that needs `needV`. Returns the time from which the rail has that voltage, s, and the energy
   * of the change, J.
   */
  change(d: number, needV: number, timeS: number): { readonly readyS: number; readonly energyJ: number } {
    const { slewVPerS, capacitanceF, loss } = this.spec.transition;
    const before = this.highestV;
    this.needV[this.domains.indexOf(d)] = needV;
    const after = this.needV.reduce((most, v) => Math.max(most, v), 0);
    this.highestV = after;
    if (this.spec.railV !== null) return { readyS: timeS, energyJ: 0 };
    if (after > before && this.reachS(before, slewVPerS) <= timeS) {
      this.fromV = before;
      this.fromS = timeS;
    }
    const readyS = Math.max(timeS, this.reachS(needV, slewVPerS));
    return { readyS, energyJ: loss * capacitanceF * Math.abs(before * before - after * after) };
  }

  /** When the last ramp up has reached a voltage, s. */
  private reachS(voltageV: number, slewVPerS: number): number {
    return voltageV <= this.fromV ? Number.NEGATIVE_INFINITY : this.fromS + (voltageV - this.fromV) / slewVPerS;
  }
}

/**
 * The clock of one domain over time, and the voltage it needs. On the way up the voltage rises first, while work continues at the old
 * clock; then the clock stops until the PLL locks. On the way down the clock changes first. While the voltage moves, energy is charged
 * at the higher voltage.
 */
export class DomainClock {
  readonly spec: DomainSpec;
  /** The operating point decided last. */
  target: number;
  /** The points whose frequency and whose need of voltage are in force. */
  clock: number;
  supply: number;
  private deadFromS = Number.POSITIVE_INFINITY;
  private deadToS = Number.POSITIVE_INFINITY;
  private supplyFromS = Number.POSITIVE_INFINITY;

  constructor(spec: DomainSpec, point: number) {
    this.spec = spec;
    this.target = point;
    this.clock = point;
    this.supply = point;
  }

  /** Whether a change is under way. A new decision then has to wait. */
  get changing(): boolean {
    return this.clock !== this.target || this.supply !== this.target;
  }

  get frequencyHz(): number {
    return this.spec.points[this.clock].frequencyHz;
  }

  /** The voltage it needs at least, V. */
  get needV(): number {
    return this.spec.points[this.supply].voltageV;
  }

  dead(timeS: number): boolean {
    return timeS >= this.deadFromS && timeS < this.deadToS;
  }

  /** When the change under way is complete, s. */
  get completeS(): number {
    const clockS = this.deadToS < Number.POSITIVE_INFINITY ? this.deadToS : Number.NEGATIVE_INFINITY;
    return this.supplyFromS < Number.POSITIVE_INFINITY ? Math.max(clockS, this.supplyFromS) : clockS;
  }

  /** Begins a change at `timeS`. If the new point needs more voltage, the rail has it from `readyS` on. */
  change(point: number, timeS: number, readyS: number): void {
    const { relockS } = this.spec.transition;
    const from = this.spec.points[this.target].voltageV;
    const to = this.spec.points[point].voltageV;
    const rampS = rampSeconds(this.spec, this.target, point);
    this.target = point;
    if (to >= from) {
      this.supply = point;
      this.deadFromS = readyS;
      this.deadToS = readyS + relockS;
    } else {
      this.deadFromS = timeS;
      this.deadToS = timeS + relockS;
      this.supplyFromS = this.deadToS + rampS;
    }
  }

  /** Applies every change that is due at `timeS`. */
  settle(timeS: number): void {
    if (timeS >= this.deadToS) {
      this.clock = this.target;
      this.deadFromS = Number.POSITIVE_INFINITY;
      this.deadToS = Number.POSITIVE_INFINITY;
    }
    if (timeS >= this.supplyFromS) {
      this.supply = this.target;
      this.supplyFromS = Number.POSITIVE_INFINITY;
    }
  }

  /** The time of the next change after `timeS` that is already under way. */
  nextS(timeS: number): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.deadFromS > timeS) next = this.deadFromS;
    else if (this.deadToS > timeS) next = this.deadToS;
    return Math.min(next, this.supplyFromS > timeS ? this.supplyFromS : next);
  }
}

const CLOCK_STATE = ['target', 'clock', 'supply', 'deadFromS', 'deadToS', 'supplyFromS'];
const RAIL_STATE = ['needV', 'highestV', 'fromV', 'fromS'];

/** The clocks of all domains and the rails they are on. */
export class ClocksAndRails {
  readonly clocks: readonly DomainClock[];
  private readonly domains: readonly DomainSpec[];
  /** The rail of each domain. */
  private readonly rails: readonly Rail[];
  private readonly supplyPoint: Int32Array;

  /** At rest at these points. */
  constructor(domains: readonly DomainSpec[], points: ArrayLike<number>) {
    this.domains = domains;
    this.clocks = domains.map((spec, d) => new DomainClock(spec, points[d]));
    const made = new Map<string, Rail>();
    this.rails = domains.map(({ rail }) => {
      const own = domains.flatMap((other, d) => (other.rail === rail ? [d] : []));
      const found = made.get(rail) ?? new Rail(domains, own, points);
      made.set(rail, found);
      return found;
    });
    this.supplyPoint = new Int32Array(domains.length);
  }

  save(): Saved {
    return {
      clocks: this.clocks.map((clock) => save(clock, CLOCK_STATE)),
      rails: this.rails.map((rail) => save(rail, RAIL_STATE)),
    };
  }

  load({ clocks, rails }: Saved): void {
    this.clocks.forEach((clock, d) => {
      load(clock, (clocks as Saved[])[d]);
      load(this.rails[d], (rails as Saved[])[d]);
    });
  }

  /** Begins to change domain d to another point. Returns the energy of the change, J. */
  change(d: number, point: number, timeS: number): number {
    const { readyS, energyJ } = this.rails[d].change(d, this.domains[d].points[point].voltageV, timeS);
    this.clocks[d].change(point, timeS, readyS);
    return energyJ;
  }

  /** The supply of each domain in force, V. */
  voltages(): Float64Array {
    for (let d = 0; d < this.clocks.length; d++) this.supplyPoint[d] = this.clocks[d].supply;
    return voltagesAt(this.domains, this.supplyPoint);
  }
}

function rampSeconds({ points, railV, transition }: DomainSpec, from: number, to: number): number {
  return railV === null ? Math.abs(points[to].voltageV - points[from].voltageV) / transition.slewVPerS : 0;
}

/** Seconds from the decision to the new clock at most: the voltage ramp if it rises, then the lock. */
export function transitionSeconds(spec: DomainSpec, from: number, to: number): number {
  if (from === to) return 0;
  return spec.transition.relockS + (to > from ? rampSeconds(spec, from, to) : 0);
}
