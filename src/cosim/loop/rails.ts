import { fail } from '../../base/errors.ts';
import type { DomainSpec } from '../../design/index.ts';

/**
 * The clock and supply of one domain over time. On the way up the voltage rises first, while work continues at the old
 * clock; then the clock stops until the PLL locks. On the way down the clock changes first. While the voltage moves,
 * energy is charged at the higher voltage.
 */
export class DomainClock {
  readonly spec: DomainSpec;
  /** The operating point decided last. */
  target: number;
  /** The points whose frequency and whose voltage are in force. */
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

  get voltageV(): number {
    return this.spec.points[this.supply].voltageV;
  }

  dead(timeS: number): boolean {
    return timeS >= this.deadFromS && timeS < this.deadToS;
  }

  /** Begins a change at `timeS`. Returns its energy in J (loss x C |V1^2 - V2^2|). */
  change(point: number, timeS: number): number {
    const { relockS, capacitanceF, loss } = this.spec.transition;
    const from = this.spec.points[this.target].voltageV;
    const to = this.spec.points[point].voltageV;
    const rampS = rampSeconds(this.spec, this.target, point);
    this.target = point;
    if (to >= from) {
      this.supply = point;
      this.deadFromS = timeS + rampS;
      this.deadToS = this.deadFromS + relockS;
    } else {
      this.deadFromS = timeS;
      this.deadToS = timeS + relockS;
      this.supplyFromS = this.deadToS + rampS;
    }
    return loss * capacitanceF * Math.abs(from * from - to * to);
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

function rampSeconds({ points, transition }: DomainSpec, from: number, to: number): number {
  return Math.abs(points[to].voltageV - points[from].voltageV) / transition.slewVPerS;
}

/** Seconds from the decision to the new clock: the voltage ramp if it rises, then the lock. */
export function transitionSeconds(spec: DomainSpec, from: number, to: number): number {
  if (from === to) return 0;
  return spec.transition.relockS + (to > from ? rampSeconds(spec, from, to) : 0);
}

/** Part of the leakage that remains in a domain powered off while idle (our assumption: sleep transistors leak too). */
export const GATED_RESIDUE = 0.05;

/** Error `two-voltages-on-one-rail`: domains of one rail may have different clocks, but not different voltages. */
export function checkRails(
  domains: readonly DomainSpec[],
  points: ArrayLike<number>,
  policy: string,
  timeS: number,
): void {
  for (let d = 1; d < domains.length; d++) {
    for (let e = 0; e < d; e++) {
      const [a, b] = [domains[e], domains[d]];
      if (a.rail !== b.rail || a.points[points[e]].voltageV === b.points[points[d]].voltageV) continue;
      const say = (spec: DomainSpec, i: number): string =>
        `${spec.name} at ${spec.points[i].frequencyHz / 1e6} MHz needs ${spec.points[i].voltageV} V`;
      fail(
        'two-voltages-on-one-rail',
        `policy "${policy}" wants two voltages on rail "${a.rail}" at ${Number(timeS.toPrecision(6))} s: ${say(a, points[e])}, ${say(b, points[d])}`,
        { expected: 'operating points of one voltage, or a rail of its own for each domain' },
      );
    }
  }
}
