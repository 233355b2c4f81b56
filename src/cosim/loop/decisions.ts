import type { Observation, StackDecision } from '../../policy/index.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { RunLog } from '../record/run-log.ts';
import type { DomainStates } from '../states/domain-states.ts';
import { load, type Saved, save } from './saved.ts';
import type { Supplies } from './supplies.ts';
import { bitsOf, type TriggerBits, WAKE } from './triggers.ts';
import { type LastEpoch, View } from './view.ts';
import type { Work } from './work.ts';

/** Asks the policies for decisions and carries them out. */
export class Decisions {
  readonly log: RunLog;
  transitions = 0;
  last: LastEpoch;
  /** The next time at which some policy wants to be asked, s. */
  wakeS = Number.POSITIVE_INFINITY;
  private readonly run: Run;
  private readonly supplies: Supplies;
  private readonly work: Work;
  private readonly states: DomainStates;
  private readonly wanted: TriggerBits;
  private state: readonly unknown[];
  /** For each domain: the point to change to once its present change has ended, -1 for none, and who wants it. */
  private readonly deferred: Int32Array;
  private readonly deferredBy: (StackDecision['deciders'][string] | null)[];

  /** `startK` holds the sensor readings at the start, K. */
  constructor(run: Run, supplies: Supplies, work: Work, states: DomainStates, startK: ArrayLike<number>, log: RunLog) {
    const { domains, blocks } = run.plant;
    this.run = run;
    this.supplies = supplies;
    this.work = work;
    this.states = states;
    this.log = log;
    this.state = run.stack.initial;
    this.wanted = bitsOf(run.stack.triggers) | WAKE;
    this.deferred = new Int32Array(domains.length).fill(-1);
    this.deferredBy = domains.map(() => null);
    const idle = { busy: 0, stall: 0, idle: 1, dead: 0 };
    this.last = {
      shares: Object.fromEntries(domains.map(({ name }) => [name, idle])),
      temperatureK: startK,
      powerW: new Float64Array(blocks.length),
      leakageW: new Float64Array(blocks.length),
    };
  }

  save(): Saved {
    const own = save(this, ['transitions', 'last', 'wakeS', 'state', 'deferred', 'deferredBy']);
    return { ...own, log: this.log.save() };
  }

  load({ log, ...saved }: Saved): void {
    load(this, saved);
    this.log.load(log as Saved);
  }

  /** Whether some policy wants to be asked at one of these triggers. */
  wants(triggers: TriggerBits): boolean {
    return (this.wanted & triggers) !== 0;
  }

  /**
   * Asks the policies and changes operating points. The first decision of a run takes effect at once; one that comes during a change of
   * its domain waits for the end of the change. Errors: those of the policies.
   */
  decide(triggers: TriggerBits, timeS: number): void {
    const { run, supplies, deferred } = this;
    const { stack } = run;
    const { domains } = run.plant;
    const decision = stack.decide(this.observe(triggers, timeS), this.state);
    this.state = decision.state;
    this.wakeS = decision.wakeS;
    this.states.choose(decision.rest, this.work.inferences.running ? this.work.layer : -1, timeS);
    const wanted = domains.map(({ name }) => decision.points[name]);
    for (let d = 0; d < domains.length; d++) {
      const by = decision.deciders[domains[d].name];
      if (timeS === 0) this.begin(d, wanted[d], by);
      else if (supplies.clocks[d].changing) this.defer(d, wanted[d], by, timeS);
      else {
        deferred[d] = -1;
        if (wanted[d] !== supplies.clocks[d].target) this.change(d, wanted[d], by, timeS);
      }
    }
    this.log.conflicts(decision.conflicts, timeS);
    this.log.saturations(decision.saturated, timeS);
    supplies.settle(timeS);
  }

  /** Carries out deferred decisions whose domains have completed their changes. */
  carryOut(timeS: number): void {
    const { deferred, deferredBy, supplies } = this;
    let changed = false;
    for (let d = 0; d < deferred.length; d++) {
      const point = deferred[d];
      if (point < 0 || supplies.clocks[d].changing) continue;
      deferred[d] = -1;
      this.change(d, point, deferredBy[d]!, timeS);
      changed = true;
    }
    if (changed) supplies.settle(timeS);
  }

  private begin(d: number, point: number, by: StackDecision['deciders'][string]): void {
    this.log.decision(d, -1, point, by, 0);
    this.supplies.begin(d, point);
  }

  private change(d: number, point: number, by: StackDecision['deciders'][string], timeS: number): void {
    const from = this.supplies.clocks[d].target;
    const energyJ = this.supplies.change(d, point, timeS);
    this.transitions++;
    this.log.decision(d, from, point, by, timeS);
    this.log.transition(d, from, point, by.policy, energyJ, timeS);
  }

  /** The last wish counts: a wish for the point that the domain changes to anyway cancels one that waits. */
  private defer(d: number, point: number, by: StackDecision['deciders'][string], timeS: number): void {
    const { target } = this.supplies.clocks[d];
    const before = this.deferred[d];
    this.deferred[d] = point === target ? -1 : point;
    this.deferredBy[d] = by;
    if (this.deferred[d] >= 0 && point !== before) this.log.deferred(d, target, point, by, timeS);
  }

  private observe(triggers: TriggerBits, timeS: number): Observation {
    const { run, work, supplies, states, last, deferred } = this;
    const { domains } = run.plant;
    const points: Record<string, number> = {};
    for (let d = 0; d < domains.length; d++) {
      points[domains[d].name] = deferred[d] < 0 ? supplies.clocks[d].target : deferred[d];
    }
    return new View({ run, work, supplies, states }, last, points, triggers, timeS);
  }
}
