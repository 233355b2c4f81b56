import { celsiusText } from '../../base/units.ts';
import type { DomainState, Saturation, StackDecision } from '../../policy/index.ts';
import { load, type Saved, save } from '../loop/saved.ts';
import type { Plant } from '../plant/plant.ts';
import type { RunEvent } from '../result.ts';
import { GrowingList, type ListState } from './growing-list.ts';

type Decider = StackDecision['deciders'][string];

/** A cap that has been at its lowest points, and above its trip or its power, since `fromS`. */
interface Stretch {
  /** Index of its event. */
  readonly event: number;
  readonly fromS: number;
  /** Its first reading. */
  readonly first: Saturation;
  /** Energy of each block before it, J. */
  readonly beforeJ: Float64Array;
}

/** The events of a run in words. */
export class RunLog {
  readonly events = new GrowingList<RunEvent>();
  private readonly plant: Plant;
  /** Energy of the run so far by block, J; kept by the loop. */
  private readonly blockJ: Float64Array;
  /** The conflicts that were logged last and still hold. */
  private lasting = '';
  private readonly stretches = new Map<string, Stretch>();

  constructor(plant: Plant, blockJ: Float64Array) {
    this.plant = plant;
    this.blockJ = blockJ;
  }

  save(): Saved {
    return { ...save(this, ['lasting', 'stretches']), events: this.events.save() };
  }

  load({ events, ...saved }: Saved): void {
    load(this, saved);
    this.events.load(events as ListState<RunEvent>);
  }

  /** `from` is -1 at the start of a run. */
  decision(d: number, from: number, to: number, { policy, reason }: Decider, timeS: number): void {
    this.add(timeS, 'decision', policy, d, from, to, reason);
  }

  transition(
    d: number,
    from: number,
    to: number,
    policy: string,
    energyJ: number,
    timeS: number,
    lasts: Required<Pick<RunEvent, 'durationS' | 'stoppedS'>>,
  ): void {
    this.add(timeS, 'transition', policy, d, from, to, `${Number((energyJ * 1e9).toPrecision(4))} nJ`, lasts);
  }

  /** A domain goes to another state, or policies choose another for an occasion. */
  state(d: number, from: DomainState, to: DomainState, policy: string, reason: string, timeS: number): void {
    const domain = this.plant.domains[d].name;
    this.events.push({ timeS, kind: 'state', policy, domain, from, to, reason });
  }

  deferred(d: number, changingTo: number, to: number, { policy, reason }: Decider, timeS: number): void {
    const waits = `waits for the change to ${this.pointName(d, changingTo)} to end`;
    this.add(timeS, 'deferred', policy, d, changingTo, to, `${reason}; ${waits}`);
  }

  /** Logs conflicts when they begin or change, not while they last. */
  conflicts(conflicts: StackDecision['conflicts'], timeS: number): void {
    const text = conflicts.map(({ domain, winner, loser, wanted }) => `${domain}${winner}${loser}${wanted}`).join();
    if (text === this.lasting) return;
    this.lasting = text;
    for (const { kind, domain, winner, loser, wanted, allowed, reason } of conflicts) {
      const d = this.plant.domains.findIndex(({ name }) => name === domain);
      this.add(timeS, kind, loser, d, wanted[0], allowed[1], `${winner} does not allow it: ${reason}`);
    }
  }

  /** Logs an event where a cap saturates; where it ends, the event receives its length and what it would have led to. */
  saturations(saturated: StackDecision['saturated'], timeS: number): void {
    const { stretches } = this;
    if (saturated.length === 0 && stretches.size === 0) return;
    for (const policy of [...stretches.keys()]) {
      if (saturated.every((one) => one.policy !== policy)) this.end(policy, timeS);
    }
    for (const { policy, ...first } of saturated) {
      if (stretches.has(policy)) continue;
      const event = this.events.length;
      this.events.push({ timeS, kind: 'cap saturated', policy, domain: '', from: '', to: '', reason: '' });
      stretches.set(policy, { event, fromS: timeS, first, beforeJ: this.blockJ.slice() });
    }
  }

  /** Ends what still lasts at the end of the run. */
  finish(timeS: number): void {
    for (const policy of [...this.stretches.keys()]) this.end(policy, timeS);
  }

  private end(policy: string, timeS: number): void {
    const { event, fromS, first, beforeJ } = this.stretches.get(policy)!;
    this.stretches.delete(policy);
    const reading = readingOf(first);
    const lastedMs = Number(((timeS - fromS) * 1e3).toPrecision(5));
    const meanW = this.blockJ.map((energyJ, u) => (energyJ - beforeJ[u]) / (timeS - fromS));
    const hasTemperature = timeS > fromS && 'tripK' in first;
    const reach = hasTemperature ? `; their power leads to ${celsiusText(this.steadyK(meanW))} at the lowest` : '';
    this.events.set(event, { ...this.events.at(event)!, reason: `${reading}, for ${lastedMs} ms${reach}` });
  }

  /** Temperature in K of the hottest block that these block powers, in W, lead to. */
  private steadyK(powerW: Float64Array): number {
    const { resistance, model } = this.plant;
    const n = powerW.length;
    let most = 0;
    for (let u = 0; u < n; u++) {
      let rise = 0;
      for (let v = 0; v < n; v++) rise += resistance[u * n + v] * powerW[v];
      most = Math.max(most, rise);
    }
    return (model?.ambientK ?? 0) + most;
  }

  private add(
    timeS: number,
    kind: RunEvent['kind'],
    policy: string,
    d: number,
    from: number,
    to: number,
    reason: string,
    lasts?: Pick<RunEvent, 'durationS' | 'stoppedS'>,
  ): void {
    const domain = this.plant.domains[d].name;
    const before = from < 0 ? '' : this.pointName(d, from);
    this.events.push({ timeS, kind, policy, domain, from: before, to: this.pointName(d, to), reason, ...lasts });
  }

  private pointName(d: number, point: number): string {
    return `${this.plant.domains[d].points[point].frequencyHz / 1e6}MHz`;
  }
}

function readingOf(first: Saturation): string {
  if ('tripK' in first)
    return `${celsiusText(first.temperatureK)} is above ${celsiusText(first.tripK)} at the lowest points`;
  const watts = (power: number): string => `${Number(power.toPrecision(4))} W`;
  return `${watts(first.powerW)} is predicted at the points of least power, above the cap of ${watts(first.capW)}`;
}
