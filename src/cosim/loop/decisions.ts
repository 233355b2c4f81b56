import type { Observation, RunningInference, StackDecision, Trigger } from '../../policy/index.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { RunEvent } from '../result.ts';
import { checkRails } from './rails.ts';
import type { Supplies } from './supplies.ts';
import type { Work } from './work.ts';

/** The last whole epoch as policies see it. The arrays are copies, which policies may keep. */
export type LastEpoch = Pick<Observation, 'shares' | 'temperatureK' | 'powerW'>;

/** Asks the policies for decisions and carries them out. */
export class Decisions {
  readonly events: RunEvent[] = [];
  transitions = 0;
  last: LastEpoch;
  private readonly run: Run;
  private readonly supplies: Supplies;
  private readonly work: Work;
  private state: readonly unknown[];
  private conflict = '';

  /** `startK` holds the sensor readings at the start, K. */
  constructor(run: Run, supplies: Supplies, work: Work, startK: ArrayLike<number>) {
    const { domains, blocks } = run.plant;
    this.run = run;
    this.supplies = supplies;
    this.work = work;
    this.state = run.stack.initial;
    const idle = { busy: 0, stall: 0, idle: 1, dead: 0 };
    this.last = {
      shares: Object.fromEntries(domains.map(({ name }) => [name, idle])),
      temperatureK: startK,
      powerW: new Float64Array(blocks.length),
    };
  }

  /** Whether some policy wants to be asked at this trigger. */
  wants(trigger: Trigger): boolean {
    return trigger === 'epoch' || this.run.stack.triggers.has(trigger);
  }

  /**
   * Asks the policies and changes operating points. The first decision of a run takes effect at once. Errors: those of
   * the policies.
   */
  decide(trigger: Trigger, timeS: number): void {
    const { run, supplies } = this;
    const { stack } = run;
    const { domains } = run.plant;
    const decision = stack.decide(this.observe(trigger, timeS), this.state);
    this.state = decision.state;
    this.work.idle = decision.idle;
    const wanted = domains.map(({ name }) => decision.points[name]);
    checkRails(domains, wanted, stack.name, timeS);
    for (let d = 0; d < domains.length; d++) {
      if (timeS === 0) this.begin(d, wanted[d], decision);
      else if (!supplies.clocks[d].changing && wanted[d] !== supplies.clocks[d].target) {
        this.change(d, wanted[d], decision, timeS);
      }
    }
    this.noteConflicts(decision.conflicts, timeS);
    supplies.settle(timeS);
  }

  private begin(d: number, point: number, { deciders }: StackDecision): void {
    const { name } = this.run.plant.domains[d];
    const to = this.pointName(d, point);
    this.events.push({ timeS: 0, domain: name, from: '', to, kind: 'decision', ...deciders[name] });
    this.supplies.begin(d, point);
  }

  private change(d: number, point: number, { deciders }: StackDecision, timeS: number): void {
    const { name } = this.run.plant.domains[d];
    const { policy, reason } = deciders[name];
    const [from, to] = [this.pointName(d, this.supplies.clocks[d].target), this.pointName(d, point)];
    const energyJ = this.supplies.change(d, point, timeS);
    this.transitions++;
    const event = { timeS, policy, domain: name, from, to };
    this.events.push(
      { ...event, kind: 'decision', reason },
      { ...event, kind: 'transition', reason: `${Number((energyJ * 1e9).toPrecision(4))} nJ` },
    );
  }

  /** Logs conflicts when they begin or change, not while they last. */
  private noteConflicts(conflicts: StackDecision['conflicts'], timeS: number): void {
    const text = conflicts.map(({ domain, winner, loser, wanted }) => `${domain}${winner}${loser}${wanted}`).join();
    if (text === this.conflict) return;
    this.conflict = text;
    for (const { domain, winner, loser, wanted, allowed, reason } of conflicts) {
      const d = this.run.plant.domains.findIndex(({ name }) => name === domain);
      this.events.push({
        timeS,
        kind: 'conflict',
        policy: loser,
        domain,
        from: this.pointName(d, wanted[0]),
        to: this.pointName(d, allowed[1]),
        reason: `${winner} does not allow it: ${reason}`,
      });
    }
  }

  private pointName(d: number, point: number): string {
    return `${this.run.plant.domains[d].points[point].frequencyHz / 1e6}MHz`;
  }

  private observe(trigger: Trigger, timeS: number): Observation {
    const { supplies, last } = this;
    const { inferences } = this.work;
    const { domains } = this.run.plant;
    const points: Record<string, number> = {};
    for (let d = 0; d < domains.length; d++) points[domains[d].name] = supplies.clocks[d].target;
    return {
      timeS,
      trigger,
      points,
      shares: last.shares,
      temperatureK: last.temperatureK,
      powerW: last.powerW,
      inference: inferences.running ? this.observeInference() : null,
      queued: inferences.queued(timeS),
    };
  }

  private observeInference(): RunningInference {
    const { run, work } = this;
    const { inferences } = work;
    const { domains } = run.plant;
    const { state, step, startS } = inferences;
    const index = startS.length - 1;
    const releaseS = inferences.releaseS[index];
    const { deadlineS } = run.experiment.spec;
    return {
      index,
      releaseS,
      deadlineS: deadlineS === null ? null : releaseS + deadlineS,
      progress: work.progress,
      layer: work.layer,
      remainingS: (points) => {
        return run.programs.pipelines.remainingS(
          domains.map(({ name }) => points[name]),
          step,
          state,
        );
      },
    };
  }
}
