import type { Decision, Observation, PointRange, Saturation } from '../policy.ts';
import { recordsByNumber, topOf } from '../ranges.ts';
import type { Action } from './actions.ts';
import { type Memory, NO_MEMORY } from './conditions.ts';
import type { Clause, Program } from './program.ts';
import { UNITS } from './readings.ts';
import { RestAndPower } from './rest-and-power.ts';

/** All that a policy of rules remembers, by domain where it is a list: plain data. */
export interface RuleState extends Memory {
  /** Where steps and points have led: the wanted point, for a cap its limit; -1 before the first decision. */
  readonly wanted: readonly number[];
  /** The range said last; -1 before the first decision. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Epochs for which no rule may change it. */
  readonly rests: readonly number[];
}

export function startOf({ domains, role }: Program): RuleState {
  const none = domains.map(() => -1);
  const wanted = role === 'cap' ? domains.map(topOf) : none;
  return { ...NO_MEMORY, wanted, low: none, high: none, rests: domains.map(() => 0) };
}

/** Decides question after question. Between two questions it keeps nothing but what it can compute again. */
export class Turn {
  private readonly program: Program;
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  private readonly wanted: Int32Array;
  private readonly rests: Int32Array;
  /** The domains that some rule decides, and their ranges: low x points + high. */
  private readonly decided: Int32Array;
  private readonly range: Int32Array;
  private readonly rangesOf: (of: ArrayLike<number>) => Decision['ranges'];
  /** The clause behind the range of each domain; null if none holds. */
  private readonly clauses: (Clause | null)[];
  /** The last decision without a reason of its own, for as long as nothing changes. */
  private still: Decision<RuleState> | null = null;
  private readonly beside: RestAndPower;
  private readonly saysIdle: boolean;

  constructor(program: Program) {
    const count = program.domains.length;
    this.program = program;
    this.low = new Int32Array(count);
    this.high = new Int32Array(count);
    this.wanted = new Int32Array(count);
    this.rests = new Int32Array(count);
    const decided = program.domains.filter((_, d) => program.decides[d]);
    this.decided = Int32Array.from(decided, (domain) => program.domains.indexOf(domain));
    this.range = new Int32Array(decided.length);
    this.rangesOf = recordsByNumber(
      decided,
      decided.map(({ points }) => points.length ** 2),
      (of, { points }): PointRange => [Math.floor(of / points.length), of % points.length],
    );
    this.clauses = program.domains.map(() => null);
    this.beside = new RestAndPower(program.domains, program.clauses);
    this.saysIdle = program.clauses.flat().some(({ idle }) => idle !== undefined);
  }

  decide(observation: Observation, state: RuleState): Decision<RuleState> {
    const { program, low, high, wanted, rests } = this;
    const memory = program.conditions.look(observation, state);
    const isEpoch = observation.triggers.has('epoch');
    let isSame = memory === state;
    for (let d = 0; d < low.length; d++) {
      if (!program.decides[d]) continue;
      this.decideDomain(d, observation, state, isEpoch);
      isSame &&= low[d] === state.low[d] && high[d] === state.high[d];
      isSame &&= wanted[d] === state.wanted[d] && rests[d] === state.rests[d];
    }
    const idle = this.idle();
    const states = this.beside.restStates();
    const capW = this.beside.powerCap();
    const saturated = this.saturation();
    const { still } = this;
    if (isSame && saturated === null && still?.state === state) {
      if (still.idle === idle && still.states === states && still.capW === capW) return still;
    }
    const after = isSame ? state : this.stateAfter(state, memory);
    const decision: Answer = { ranges: this.ranges(), state: after, reason: this.reason(state) };
    if (idle !== undefined) decision.idle = idle;
    if (states !== undefined) decision.states = states;
    if (capW !== undefined) decision.capW = capW;
    if (saturated) decision.saturated = saturated;
    this.still = saturated === null && isSame ? decision : null;
    return decision;
  }

  private decideDomain(d: number, { points }: Observation, state: RuleState, isEpoch: boolean): void {
    const { program, low, high, wanted, rests } = this;
    const { domains, role } = program;
    const isCap = role === 'cap';
    const isFirst = state.low[d] < 0;
    const present = points[domains[d].name];
    const own = state.wanted[d] < 0 ? present : state.wanted[d];
    const rest = isEpoch && state.rests[d] > 0 ? state.rests[d] - 1 : state.rests[d];
    const clause = firstHolding(program.clauses[d]);
    this.clauses[d] = clause;
    wanted[d] = moved(clause?.action ?? KEEP, own, isCap ? own : present, topOf(domains[d]), isEpoch);
    bound(clause?.action ?? KEEP, wanted[d], isCap, d, low, high);
    rests[d] = rest;
    if (isFirst) {
      const leaves = isCap ? high[d] < topOf(domains[d]) : present < low[d] || present > high[d];
      if (leaves) rests[d] = clause ? clause.residency : program.residency;
      return;
    }
    if (low[d] === state.low[d] && high[d] === state.high[d]) return;
    if (rest > 0 && !clause?.urgent) {
      [wanted[d], low[d], high[d]] = [own, state.low[d], state.high[d]];
      return;
    }
    rests[d] = clause ? clause.residency : program.residency;
  }

  /** The state without work: that of the first rule that says one. */
  private idle(): Decision['idle'] {
    if (!this.saysIdle) return undefined;
    let found: Clause | null = null;
    for (const clauses of this.program.clauses) {
      for (const clause of clauses) {
        if (found && clause.rule >= found.rule) break;
        if (clause.idle === undefined || !clause.condition.holds()) continue;
        found = clause;
      }
    }
    return found?.idle;
  }

  private stateAfter(before: RuleState, { latched, last, change }: Memory): RuleState {
    return {
      latched,
      last,
      change,
      wanted: listOf(this.wanted, before.wanted),
      low: listOf(this.low, before.low),
      high: listOf(this.high, before.high),
      rests: listOf(this.rests, before.rests),
    };
  }

  /** The same object for the same ranges: whoever compares them is done at once. */
  private ranges(): Decision['ranges'] {
    const { program, low, high, decided, range } = this;
    for (let i = 0; i < decided.length; i++) {
      const d = decided[i];
      range[i] = low[d] * program.domains[d].points.length + high[d];
    }
    return this.rangesOf(range);
  }

  /** Above the trip of the rule that holds, with every domain at its lowest point. */
  private saturation(): Saturation | null {
    const { program, high, clauses } = this;
    let found: Saturation | null = null;
    for (let d = 0; d < high.length; d++) {
      if (!program.decides[d]) continue;
      if (high[d] > 0) return null;
      const trip = clauses[d]?.condition.trip;
      if (!trip) continue;
      const temperatureK = program.conditions.value(trip.reading);
      if (temperatureK > trip.tripK) found = { temperatureK, tripK: trip.tripK };
    }
    return found;
  }

  /** The rules and readings behind what changes. */
  private reason(state: RuleState): string {
    const { program, low, high, clauses } = this;
    const several = program.domains.length > 1;
    let reason = '';
    for (let d = 0; d < low.length; d++) {
      if (!program.decides[d] || (low[d] === state.low[d] && high[d] === state.high[d])) continue;
      const text = this.textOf(clauses[d]);
      reason += (reason === '' ? '' : ', ') + (several ? `${program.domains[d].name}: ${text}` : text);
    }
    const because = program.saysBeside ? this.beside.because : null;
    if (because !== null) reason += `${reason === '' ? '' : '; '}states and power by ${because}`;
    return reason || 'unchanged';
  }

  private textOf(clause: Clause | null): string {
    if (!clause) return 'no rule holds';
    const { conditions } = this.program;
    const texts: string[] = [];
    for (const { name, reading } of clause.condition.shown) {
      const value = conditions.value(reading);
      if (Number.isNaN(value)) continue;
      const text = `${name} ${UNITS[name].show(value)}`;
      if (!texts.includes(text)) texts.push(text);
    }
    if (texts.length === 0) return clause.name;
    let all = `${clause.name} (${texts[0]}`;
    for (let i = 1; i < texts.length; i++) all += `, ${texts[i]}`;
    return `${all})`;
  }
}

type Answer = { -readonly [K in keyof Decision<RuleState>]: Decision<RuleState>[K] };

/** The values as plain data: the list before, while it has the same. Several times as fast as Array.from. */
function listOf(values: Int32Array, before: readonly number[]): readonly number[] {
  let isSame = true;
  for (let d = 0; d < values.length; d++) isSame &&= values[d] === before[d];
  if (isSame) return before;
  const list: number[] = [];
  for (let d = 0; d < values.length; d++) list.push(values[d]);
  return list;
}

const KEEP: Action = { kind: 'keep' };

function firstHolding(clauses: readonly Clause[]): Clause | null {
  for (const clause of clauses) if (clause.action && clause.condition.holds()) return clause;
  return null;
}

/** Where an action leads: from the point that applies, for a cap from its limit. */
function moved(action: Action, own: number, from: number, top: number, isEpoch: boolean): number {
  if (action.kind === 'set') return action.point;
  if (action.kind !== 'step' || !isEpoch) return own;
  return Math.min(top, Math.max(0, from + action.by));
}

/** The range that a domain gets. A cap never widens the limit that steps led to. */
function bound(action: Action, wanted: number, isCap: boolean, d: number, low: Int32Array, high: Int32Array): void {
  low[d] = isCap ? 0 : wanted;
  high[d] = wanted;
  if (action.kind === 'cap') low[d] = high[d] = Math.min(wanted, action.high);
  else if (action.kind === 'bound') {
    low[d] = action.low;
    high[d] = isCap ? Math.min(wanted, action.high) : action.high;
  }
}
