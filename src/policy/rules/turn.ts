import type { Decision, Observation, PointRange, Saturation } from '../policy.ts';
import { recordsByNumber, topOf } from '../ranges.ts';
import type { Action } from './actions.ts';
import { type Condition, type Memory, NO_MEMORY } from './conditions.ts';
import { type Clause, holds, type Program } from './program.ts';
import { UNITS } from './readings.ts';
import { RestAndPower } from './rest-and-power.ts';

/** All that a policy of rules remembers, by domain where it is a list: plain data. */
export interface RuleState extends Memory {
  /** Where steps and points have led: the wanted point, for a cap its limit; -1 before the first decision. */
  readonly wanted: readonly number[];
  /** The range said last; -1 before the first decision. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The time from which on any rule may change it again, in epochs since the start. A count of what is left would change at every question. */
  readonly restsUntil: readonly number[];
}

export function startOf({ domains, role }: Program): RuleState {
  const none = domains.map(() => -1);
  const wanted = role === 'cap' ? domains.map(topOf) : none;
  return { ...NO_MEMORY, wanted, low: none, high: none, restsUntil: domains.map(() => 0) };
}

/** Decides question after question. Between two questions it keeps nothing but what it can compute again. */
export class Turn {
  private readonly program: Program;
  /** By domain: its name and its fastest point. */
  private readonly names: readonly string[];
  private readonly tops: Int32Array;
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  private readonly wanted: Int32Array;
  private readonly restsUntil: Float64Array;
  /** The ranges of the decided domains: low x points + high. */
  private readonly range: Int32Array;
  private readonly rangesOf: (of: ArrayLike<number>) => Decision['ranges'];
  /** The clause behind the range of each domain; null if none holds. */
  private readonly clauses: (Clause | null)[];
  /** The last decision without a reason of its own, for as long as nothing changes. */
  private still: Decision<RuleState> | null = null;
  private readonly beside: RestAndPower;
  private readonly saysIdle: boolean;
  private readonly isCap: boolean;
  private readonly hasTrips: boolean;
  /** By rule: the readings in its last text. */
  private readonly said: { readonly values: Float64Array; text: string }[] = [];

  constructor(program: Program) {
    const { domains, decided } = program;
    this.program = program;
    this.names = domains.map(({ name }) => name);
    this.tops = Int32Array.from(domains, topOf);
    this.low = new Int32Array(domains.length);
    this.high = new Int32Array(domains.length);
    this.wanted = new Int32Array(domains.length);
    this.restsUntil = new Float64Array(domains.length);
    this.range = new Int32Array(decided.length);
    const all = Array.from(decided, (d) => domains[d]);
    this.rangesOf = recordsByNumber(
      all,
      all.map(({ points }) => points.length ** 2),
      (of, { points }): PointRange => [Math.floor(of / points.length), of % points.length],
    );
    this.clauses = domains.map(() => null);
    this.beside = new RestAndPower(domains, program.clauses, (clause) => holds(program, clause));
    this.isCap = program.role === 'cap';
    this.hasTrips = program.tripsK.length > 0;
    this.saysIdle = program.clauses.flat().some(({ idle }) => idle !== undefined);
  }

  decide(observation: Observation, state: RuleState): Decision<RuleState> {
    const { program, low, high, wanted, restsUntil } = this;
    const { decided } = program;
    const memory = program.conditions.look(observation, state);
    const isEpoch = observation.triggers.has('epoch');
    const epochs = observation.timeS / program.epochS;
    let isSame = memory === state;
    let isStill = true;
    for (let i = 0; i < decided.length; i++) {
      const d = decided[i];
      this.decideDomain(d, observation, state, isEpoch, epochs);
      isStill &&= low[d] === state.low[d] && high[d] === state.high[d];
      isSame &&= wanted[d] === state.wanted[d] && restsUntil[d] === state.restsUntil[d];
    }
    isSame &&= isStill;
    const idle = this.saysIdle ? this.idle() : undefined;
    const states = this.beside.restStates();
    const capW = this.beside.powerCap();
    const saturated = this.saturation();
    const { still } = this;
    if (isSame && saturated === null && still?.state === state) {
      if (still.idle === idle && still.states === states && still.capW === capW) return still;
    }
    const after = isSame ? state : this.stateAfter(state, memory);
    const decision: Answer = { ranges: this.ranges(), state: after, reason: this.reason(state, isStill) };
    if (idle !== undefined) decision.idle = idle;
    if (states !== undefined) decision.states = states;
    if (capW !== undefined) decision.capW = capW;
    if (saturated) decision.saturated = saturated;
    this.still = saturated === null && isSame ? decision : null;
    return decision;
  }

  private decideDomain(d: number, { points }: Observation, state: RuleState, isEpoch: boolean, epochs: number): void {
    const { program, isCap, low, high, wanted, restsUntil } = this;
    const { code, conditions, choices, starts } = program;
    const top = this.tops[d];
    const lowBefore = state.low[d];
    const highBefore = state.high[d];
    const present = points[this.names[d]];
    const own = state.wanted[d] < 0 ? present : state.wanted[d];
    const at = code.first(starts[d], conditions);
    const clause = at < 0 ? null : choices[d][at];
    this.clauses[d] = clause;
    const action = clause?.action ?? KEEP;
    wanted[d] = moved(action, own, isCap ? own : present, top, isEpoch);
    bound(action, wanted[d], isCap, d, low, high);
    restsUntil[d] = state.restsUntil[d];
    if (lowBefore < 0) {
      const leaves = isCap ? high[d] < top : present < low[d] || present > high[d];
      if (leaves) restsUntil[d] = endOfRest(epochs, (clause ?? program).residency);
      return;
    }
    if (low[d] === lowBefore && high[d] === highBefore) return;
    if (epochs < restsUntil[d] - ROUNDING && !clause?.urgent) {
      wanted[d] = own;
      low[d] = lowBefore;
      high[d] = highBefore;
      return;
    }
    restsUntil[d] = endOfRest(epochs, (clause ?? program).residency);
  }

  /** The state without work: that of the first rule that says one. */
  private idle(): Decision['idle'] {
    let found: Clause | null = null;
    for (const clauses of this.program.clauses) {
      for (const clause of clauses) {
        if (found && clause.rule >= found.rule) break;
        if (clause.idle === undefined || !holds(this.program, clause)) continue;
        found = clause;
      }
    }
    return found?.idle;
  }

  private stateAfter(before: RuleState, { latched, last, change }: Memory): RuleState {
    const wanted = listOf(this.wanted, before.wanted);
    // Steps and points make all three the same.
    const low = hasThe(this.low, wanted) ? wanted : listOf(this.low, before.low);
    const high = hasThe(this.high, low) ? low : listOf(this.high, before.high);
    return {
      latched,
      last,
      change,
      wanted,
      low,
      high,
      restsUntil: listOf(this.restsUntil, before.restsUntil),
    };
  }

  /** The same object for the same ranges: whoever compares them is done at once. */
  private ranges(): Decision['ranges'] {
    const { program, tops, low, high, range } = this;
    const { decided } = program;
    for (let i = 0; i < range.length; i++) {
      const d = decided[i];
      range[i] = low[d] * (tops[d] + 1) + high[d];
    }
    return this.rangesOf(range);
  }

  /** Above the trip of the rule that holds, with every domain at its lowest point. */
  private saturation(): Saturation | null {
    const { program, high, clauses } = this;
    const { decided } = program;
    if (!this.hasTrips) return null;
    for (let i = 0; i < decided.length; i++) if (high[decided[i]] > 0) return null;
    let found: Saturation | null = null;
    for (let i = 0; i < decided.length; i++) {
      const trip = clauses[decided[i]]?.condition.trip;
      if (!trip) continue;
      const temperatureK = program.conditions.value(trip.reading);
      if (temperatureK > trip.tripK) found = { temperatureK, tripK: trip.tripK };
    }
    return found;
  }

  /** The rules and readings behind what changes. */
  private reason(state: RuleState, isStill: boolean): string {
    const { program, low, high, clauses, names } = this;
    let reason = '';
    for (let d = 0; d < low.length && !isStill; d++) {
      if (program.choices[d].length === 0 || (low[d] === state.low[d] && high[d] === state.high[d])) continue;
      const text = this.textOf(clauses[d]);
      reason += (reason === '' ? '' : ', ') + (names.length > 1 ? `${names[d]}: ${text}` : text);
    }
    const because = program.saysBeside ? this.beside.because : null;
    if (because !== null) reason += `${reason === '' ? '' : '; '}states and power by ${because}`;
    return reason || 'unchanged';
  }

  /** The name of a rule and its readings. Domains that read the same have the same text. */
  private textOf(clause: Clause | null): string {
    if (!clause) return 'no rule holds';
    const { conditions } = this.program;
    const { shown } = clause.condition;
    if (shown.length === 0) return clause.name;
    this.said[clause.rule] ??= { values: new Float64Array(shown.length), text: '' };
    const said = this.said[clause.rule];
    const { values } = said;
    let isSame = said.text !== '';
    for (let i = 0; i < shown.length; i++) {
      const value = conditions.value(shown[i].reading);
      if (Object.is(values[i], value)) continue;
      values[i] = value;
      isSame = false;
    }
    if (!isSame) said.text = textOf(clause.name, shown, values);
    return said.text;
  }
}

function textOf(rule: string, shown: Condition['shown'], values: Float64Array): string {
  let all = '';
  // Texts of two names differ.
  const said: string[] | null = hasTwice(shown) ? [] : null;
  for (let i = 0; i < shown.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const { name } = shown[i];
    const text = `${name} ${UNITS[name].show(values[i])}`;
    if (said?.includes(text)) continue;
    said?.push(text);
    all += all === '' ? text : `, ${text}`;
  }
  return all === '' ? rule : `${rule} (${all})`;
}

function hasTwice(shown: Condition['shown']): boolean {
  for (let i = 1; i < shown.length; i++) {
    for (let k = 0; k < i; k++) if (shown[k].name === shown[i].name) return true;
  }
  return false;
}

type Answer = { -readonly [K in keyof Decision<RuleState>]: Decision<RuleState>[K] };

/** The values as plain data: the list before, while it has the same. */
function listOf(values: Int32Array | Float64Array, before: readonly number[]): readonly number[] {
  let d = 0;
  while (d < values.length && values[d] === before[d]) d++;
  if (d === values.length) return before;
  // Several times as fast as Array.from.
  const list = before.slice();
  for (; d < values.length; d++) list[d] = values[d];
  return list;
}

function hasThe(values: Int32Array, list: readonly number[]): boolean {
  for (let d = 0; d < values.length; d++) if (values[d] !== list[d]) return false;
  return true;
}

function endOfRest(epochs: number, residency: number): number {
  return residency === 0 ? 0 : epochs + residency;
}

/** A tick is a multiple of the epoch but for the rounding of a product; so is the end of a rest that began at one. In epochs. */
const ROUNDING = 1e-6;

const KEEP: Action = { kind: 'keep' };

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
