/** States of a domain, from the one that draws most. */
export const DOMAIN_STATES = ['on', 'clock-gated', 'retention', 'off'] as const;

/**
 * `on`: clock and supply run. `clock-gated`: the clock stands. `retention`: the supply is so low that memories just keep their words.
 * `off`: the supply is switched off.
 */
export type DomainState = (typeof DOMAIN_STATES)[number];

/** One state of all domains without work. `clocked` stands for `on`, `retain` for `clock-gated` and `gated` for `off`. */
export type IdleState = DomainState | 'clocked' | 'retain' | 'gated';

/** All of them, for schemas and checks. */
export const IDLE_STATES: readonly IdleState[] = ['clocked', 'retain', 'gated', ...DOMAIN_STATES];

/** The states of a domain while it has nothing to do. It wakes by itself as soon as it is needed. */
export interface RestStates {
  /** While no inference runs. */
  readonly idle?: DomainState;
  /** While its array has reached the end of a step and waits for the others. */
  readonly barrier?: DomainState;
  /** The state of the rows and columns of PEs that a layer does not use. */
  readonly unusedPes?: DomainState;
}

/** Costs of a state. */
export interface StateCosts {
  /** Time from the need of the domain until it can work, s. */
  readonly wakeS: number;
  /** Energy of waking, J. For unused PEs: of each PE that wakes. */
  readonly wakeJ: number;
  /** The part of the leakage that is left, 0 to 1; of DRAM: of its background power. */
  readonly leakage: number;
  /** The part of the energy of its waiting clock that is left, 0 to 1. */
  readonly clock: number;
  /** Whether its scratchpads lose their words. The lost words are fetched again before the array goes on. */
  readonly loses: boolean;
  /** Bytes that are fetched from DRAM on every waking, because nothing else fetches them. */
  readonly reloadBytes: number;
}

export const ON: StateCosts = { wakeS: 0, wakeJ: 0, leakage: 1, clock: 1, loses: false, reloadBytes: 0 };

/** A clock that stands still: it starts again at once. */
export const CLOCK_GATED: StateCosts = { ...ON, clock: 0 };

/** A domain of a design that states no costs: 5 % of the leakage are left, as sleep transistors leak too (our assumption). */
export const PLAIN_OFF: StateCosts = { ...ON, leakage: 0.05, clock: 0, loses: true };

/** A domain as far as its states are concerned. */
interface WithStates {
  readonly states?: Readonly<Partial<Record<DomainState, StateCosts>>> | undefined;
}

/** The costs of a domain's state; undefined if it does not have that state. */
export function costsOf({ states }: WithStates, state: DomainState): StateCosts | undefined {
  if (state === 'on') return ON;
  const stated = states?.[state];
  if (stated) return stated;
  if (state === 'clock-gated') return CLOCK_GATED;
  return state === 'off' && !states ? PLAIN_OFF : undefined;
}

/** The states that a domain has, from the one that draws most. */
export function statesOf(domain: WithStates): readonly DomainState[] {
  return DOMAIN_STATES.filter((state) => costsOf(domain, state) !== undefined);
}

/** The state of a domain that an idle state of all domains stands for: the deepest that it has and that is no deeper. */
export function idleStateOf(domain: WithStates, idle: IdleState): DomainState {
  const named = idle === 'clocked' ? 'on' : idle === 'retain' ? 'clock-gated' : idle === 'gated' ? 'off' : idle;
  const deepest = DOMAIN_STATES.indexOf(named);
  return statesOf(domain).findLast((state) => DOMAIN_STATES.indexOf(state) <= deepest) ?? 'on';
}
