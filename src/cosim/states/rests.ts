import type { DomainSpec } from '../../design/index.ts';
import { costsOf, DOMAIN_STATES, type DomainRest, type DomainState, type StateCosts } from '../../policy/index.ts';
import { load, type Saved, save } from '../loop/saved.ts';

const RESTS_STATE = ['state', 'wakeToS', 'idle', 'barrier', 'wakings'];
const STATES = DOMAIN_STATES.length;
const ON = 0;

/** A domain begins to wake: from which state, and what that costs. */
export interface Waking {
  readonly domain: number;
  readonly from: DomainState;
  readonly costs: StateCosts;
}

/**
 * The states of all domains over time. A domain rests in the state that policies chose for the occasion, and wakes when it is needed.
 * It falls asleep at once. While it wakes its supply is up and its clock stands.
 */
export class Rests {
  /** By domain: its state, an index into `DOMAIN_STATES`. It is the one it wakes to while it wakes. */
  private readonly state: Int32Array;
  /** When a domain that wakes can work, s. */
  private readonly wakeToS: Float64Array;
  /** The states that policies chose, by domain. */
  private readonly idle: Int32Array;
  private readonly barrier: Int32Array;
  /** Number of wakings, domains x states: from which state. */
  readonly wakings: Float64Array;
  /** By domain and state. */
  private readonly costs: readonly StateCosts[];
  /** Whether some domain rests, wakes, or may do so: if not, nothing here changes anything. */
  active = false;

  constructor(domains: readonly DomainSpec[]) {
    const numbers = (): Int32Array => new Int32Array(domains.length);
    this.state = numbers();
    this.wakeToS = new Float64Array(domains.length).fill(Number.NEGATIVE_INFINITY);
    this.idle = numbers();
    this.barrier = numbers();
    this.wakings = new Float64Array(domains.length * STATES);
    // A state that a domain does not have is never chosen.
    this.costs = domains.flatMap((domain) =>
      DOMAIN_STATES.map((state) => costsOf(domain, state) ?? costsOf({}, 'on')!),
    );
  }

  /** The states that policies chose for domain d. */
  choose(d: number, { idle, barrier }: DomainRest): void {
    this.idle[d] = DOMAIN_STATES.indexOf(idle);
    this.barrier[d] = DOMAIN_STATES.indexOf(barrier);
    this.update();
  }

  /** The chosen state of domain d without work. */
  idleState(d: number): DomainState {
    return DOMAIN_STATES[this.idle[d]];
  }

  /** Whether domain d rests while its arrays wait at a barrier. */
  restsAtBarrier(d: number): boolean {
    return this.barrier[d] !== ON;
  }

  stateOf(d: number): DomainState {
    return DOMAIN_STATES[this.state[d]];
  }

  isWaking(d: number, timeS: number): boolean {
    return timeS < this.wakeToS[d];
  }

  /** Seconds until domain d can work if it is needed at `timeS`. */
  wakeS(d: number, timeS: number): number {
    return Math.max(this.costsAt(d).wakeS, this.wakeToS[d] - timeS, 0);
  }

  /** The part of the leakage of domain d, and of the energy of its waiting clock, that is left. */
  leakage(d: number, timeS: number): number {
    return this.isWaking(d, timeS) ? 1 : this.costsAt(d).leakage;
  }

  clock(d: number, timeS: number): number {
    return this.isWaking(d, timeS) ? 0 : this.costsAt(d).clock;
  }

  /** The same of a domain that rests at a barrier. */
  atBarrier(d: number): StateCosts {
    return this.costs[d * STATES + this.barrier[d]];
  }

  /** The costs of the present state. */
  costsAt(d: number): StateCosts {
    return this.costs[d * STATES + this.state[d]];
  }

  /** Domain d goes to its state without work. If that draws more than its present one, it wakes first: the waking, or null. */
  rest(d: number, timeS: number): Waking | null {
    return this.move(d, this.idle[d], timeS);
  }

  /** Domain d rests at a barrier. */
  wait(d: number): void {
    if (this.barrier[d] > this.state[d]) this.state[d] = this.barrier[d];
    this.update();
  }

  /** Domain d is needed. */
  need(d: number, timeS: number): Waking | null {
    return this.move(d, ON, timeS);
  }

  /** Lengthens the waking of domain d, which begins at `timeS`, by what comes after it, s. */
  delay(d: number, timeS: number, seconds: number): void {
    this.wakeToS[d] = Math.max(this.wakeToS[d], timeS) + seconds;
    this.update();
  }

  /** The end of the next waking after `timeS`, s. */
  nextS(timeS: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const toS of this.wakeToS) if (toS > timeS && toS < next) next = toS;
    return next;
  }

  /** Energy of all wakings, J, from their number. */
  wakingJ(): number {
    return this.wakings.reduce((sum, count, i) => sum + count * this.costs[i].wakeJ, 0);
  }

  save(): Saved {
    return save(this, RESTS_STATE);
  }

  load(saved: Saved): void {
    load(this, saved);
    this.update();
  }

  private move(d: number, to: number, timeS: number): Waking | null {
    const from = this.state[d];
    if (to === from) return null;
    this.state[d] = to;
    if (to > from) {
      this.wakeToS[d] = Number.NEGATIVE_INFINITY;
      this.update();
      return null;
    }
    const costs = this.costs[d * STATES + from];
    this.wakeToS[d] = timeS + costs.wakeS;
    this.wakings[d * STATES + from]++;
    this.update();
    return { domain: d, from: DOMAIN_STATES[from], costs };
  }

  private update(): void {
    this.active = false;
    for (let d = 0; d < this.state.length; d++) {
      if (this.state[d] !== ON || this.idle[d] !== ON || this.barrier[d] !== ON || this.wakeToS[d] > 0)
        this.active = true;
    }
  }
}
