import type { Observation, StackDecision } from '../../policy/index.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { RunLog } from '../record/run-log.ts';
import { Predictions } from '../sensing/predictions.ts';
import { SensedField } from '../sensing/sensed-field.ts';
import type { DomainStates } from '../states/domain-states.ts';
import { load, type Saved, save } from './saved.ts';
import type { Supplies } from './supplies.ts';
import { bitsOf, EPOCH, type TriggerBits, WAKE } from './triggers.ts';
import { type LastEpoch, type Parts, View } from './view.ts';
import type { Work } from './work.ts';

/** The readings of the sensors at the start, K, and the state of the modes of the die; null without a thermal model. */
interface Shown {
  readonly temperatureK: ArrayLike<number>;
  readonly modes: Float64Array | null;
}

/** Asks the policies for decisions and carries them out. */
export class Decisions {
  readonly log: RunLog;
  transitions = 0;
  /** The last whole epoch, as policies see it. */
  private last: LastEpoch;
  /** The next time at which some policy wants to be asked, s. */
  wakeS = Number.POSITIVE_INFINITY;
  private readonly run: Run;
  private readonly supplies: Supplies;
  private readonly work: Work;
  private readonly states: DomainStates;
  private readonly wanted: TriggerBits;
  private state: readonly unknown[];
  private readonly field: SensedField;
  private readonly predictions: Predictions | null;
  private readonly parts: Parts;
  /** For each domain: the point to change to once its present change has ended, -1 for none, and who wants it. */
  private readonly deferred: Int32Array;
  private readonly deferredBy: (StackDecision['deciders'][string] | null)[];

  /** `start` is what the sensors and the modes of the die show at the start. */
  constructor(run: Run, supplies: Supplies, work: Work, states: DomainStates, start: Shown, log: RunLog) {
    const { domains, blocks } = run.plant;
    const { sensors, spec } = run.experiment;
    this.run = run;
    this.supplies = supplies;
    this.work = work;
    this.states = states;
    this.log = log;
    this.state = run.stack.initial;
    this.wanted = bitsOf(run.stack.triggers) | WAKE;
    this.deferred = new Int32Array(domains.length).fill(-1);
    this.deferredBy = domains.map(() => null);
    this.field = new SensedField(run.plant, sensors, spec.seed, start.modes);
    this.predictions = run.predictions && new Predictions(run.predictions, start.temperatureK);
    const asked = domains.map(() => 0);
    this.parts = { run, work, supplies, states, field: this.field, predictions: this.predictions, asked };
    const idle = { busy: 0, stall: 0, idle: 1, dead: 0 };
    this.last = {
      shares: Object.fromEntries(domains.map(({ name }) => [name, idle])),
      temperatureK: start.temperatureK,
      powerW: new Float64Array(blocks.length),
      leakageW: new Float64Array(blocks.length),
    };
  }

  save(): Saved {
    const own = save(this, ['transitions', 'last', 'wakeS', 'state', 'deferred', 'deferredBy']);
    const sensing = { field: this.field.save(), predictions: this.predictions?.save() ?? null };
    return { ...own, ...sensing, log: this.log.save() };
  }

  load({ log, field, predictions, ...saved }: Saved): void {
    load(this, saved);
    this.field.load(field as ReturnType<SensedField['save']>);
    this.predictions?.load(predictions as Saved);
    this.log.load(log as Saved);
  }

  /** Takes note of an epoch: `blockW` is the mean power of each block, W, `modes` the state of the die at its end. */
  endEpoch(last: LastEpoch, blockW: Float64Array, modes: Float64Array | null): void {
    this.last = last;
    this.field.endEpoch(modes);
    this.predictions?.endEpoch(blockW, last.temperatureK);
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
    const view = this.observe(triggers, timeS);
    const decision = stack.decide(view, this.state);
    if ((triggers & EPOCH) !== 0) this.predictions?.expect(view, decision.points);
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
    const { completeS, spec } = this.supplies.clocks[d];
    const lasts = { durationS: completeS - timeS, stoppedS: spec.transition.relockS };
    this.log.transition(d, from, point, by.policy, energyJ, timeS, lasts);
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
    const { parts, supplies, last, deferred } = this;
    const { domains } = parts.run.plant;
    const points: Record<string, number> = {};
    for (let d = 0; d < domains.length; d++) {
      points[domains[d].name] = deferred[d] < 0 ? supplies.clocks[d].target : deferred[d];
    }
    return new View(parts, last, points, triggers, timeS);
  }
}
