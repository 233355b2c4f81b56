import type { Decision, Observation, PointRange, Saturation } from '../policy.ts';
import { recordsByNumber, topOf } from '../ranges.ts';
import { type Memory, NO_MEMORY } from './conditions.ts';
import { type Clause, holds, type Program } from './program.ts';
import { RestAndPower } from './rest-and-power.ts';
import { Said } from './said.ts';

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
  /** By domain: the number of the move that its range comes from. */
  private readonly move: Int32Array;
  /** The last decision without a reason of its own, for as long as nothing changes. */
  private still: Decision<RuleState> | null = null;
  private readonly beside: RestAndPower;
  private readonly saysIdle: boolean;
  private readonly isCap: boolean;
  private readonly hasTrips: boolean;
  /** By rule. */
  private readonly said: Said[] = [];

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
    this.move = new Int32Array(domains.length);
    this.beside = new RestAndPower(domains, program.clauses, (clause) => holds(program, clause));
    for (const clause of program.clauses.flat()) this.said[clause.rule] ??= new Said(clause);
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
    // The answer from here on, for as long as nothing changes.
    if (saturated !== null || (program.saysBeside && !isSame)) this.still = null;
    else this.still = isSame ? decision : { ...decision, reason: UNCHANGED };
    return decision;
  }

  private decideDomain(d: number, { points }: Observation, state: RuleState, isEpoch: boolean, epochs: number): void {
    const { program, isCap, low, high, wanted, restsUntil } = this;
    const { code, conditions, moves } = program;
    const lowBefore = state.low[d];
    const highBefore = state.high[d];
    const at = code.first(program.starts[d], conditions);
    const move = at < 0 ? 0 : moves.first[d] + at;
    this.move[d] = move;
    const own = state.wanted[d] < 0 ? points[this.names[d]] : state.wanted[d];
    wanted[d] = own;
    restsUntil[d] = state.restsUntil[d];
    const rests = epochs < restsUntil[d] - ROUNDING && moves.urgent[move] === 0;
    // A step would change nothing now, wherever it leads.
    if (rests && moves.steps(move) && lowBefore === own && highBefore === own && !isCap) {
      low[d] = own;
      high[d] = own;
      return;
    }
    if (isEpoch || !moves.steps(move)) {
      // A point takes longer to find by its name than all else here.
      const from = isCap || !moves.steps(move) ? own : points[this.names[d]];
      wanted[d] = moves.wanted(move, own, from, this.tops[d]);
    }
    low[d] = moves.low(move, wanted[d], isCap);
    high[d] = moves.high(move, wanted[d], isCap);
    if (lowBefore < 0) {
      const present = points[this.names[d]];
      const leaves = isCap ? high[d] < this.tops[d] : present < low[d] || present > high[d];
      if (leaves) restsUntil[d] = endOfRest(epochs, moves.residency[move]);
      return;
    }
    if (low[d] === lowBefore && high[d] === highBefore) return;
    if (rests) {
      wanted[d] = own;
      low[d] = lowBefore;
      high[d] = highBefore;
      return;
    }
    restsUntil[d] = endOfRest(epochs, moves.residency[move]);
  }

  /** The clause behind the range of a domain; null if none holds. */
  private clauseOf(d: number): Clause | null {
    const { choices, moves } = this.program;
    return this.move[d] === 0 ? null : choices[d][this.move[d] - moves.first[d]];
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
    const { program, high } = this;
    const { decided } = program;
    if (!this.hasTrips) return null;
    for (let i = 0; i < decided.length; i++) if (high[decided[i]] > 0) return null;
    let found: Saturation | null = null;
    for (let i = 0; i < decided.length; i++) {
      const trip = this.clauseOf(decided[i])?.condition.trip;
      if (!trip) continue;
      const temperatureK = program.conditions.value(trip.reading);
      if (temperatureK > trip.tripK) found = { temperatureK, tripK: trip.tripK };
    }
    return found;
  }

  /** The rules and readings behind what changes. Domains in a row that have the same are named together. */
  private reason(state: RuleState, isStill: boolean): string {
    const { program, low, high } = this;
    let reason = '';
    let names = '';
    let said: Said | null = null;
    for (let d = 0; d < low.length && !isStill; d++) {
      if (program.choices[d].length === 0 || (low[d] === state.low[d] && high[d] === state.high[d])) continue;
      const clause = this.clauseOf(d);
      const before: Said | null = said;
      said = clause === null ? NO_RULE : this.said[clause.rule];
      const { text } = said;
      // To compare long texts takes longer than to make them.
      const isNew = clause !== null && said.renew(clause, program.conditions);
      if (said === before && !isNew) names += `, ${this.names[d]}`;
      else {
        if (before !== null) reason += `${names}: ${said === before ? text : before.text}; `;
        names = this.names[d];
      }
    }
    if (said !== null) reason += low.length > 1 ? `${names}: ${said.text}` : said.text;
    const because = program.saysBeside ? this.beside.because : null;
    if (because !== null) reason += `${reason === '' ? '' : '; '}states and power by ${because}`;
    return reason || UNCHANGED;
  }
}

const UNCHANGED = 'unchanged';
const NO_RULE = new Said({ name: 'no rule holds', condition: { shown: [] } });

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
