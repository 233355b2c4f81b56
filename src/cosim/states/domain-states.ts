import { COUNTER_INDEX, zeroCounts } from '../../base/counters.ts';
import type { DomainRest, DomainState } from '../../policy/index.ts';
import type { Ledger } from '../loop/ledger.ts';
import { load, type Saved, save } from '../loop/saved.ts';
import type { Supplies } from '../loop/supplies.ts';
import type { Plant } from '../plant/plant.ts';
import type { Programs } from '../plant/programs.ts';
import type { RunLog } from '../record/run-log.ts';
import type { Waking } from './rests.ts';

/** Puts domains and unused PEs to rest, wakes them when they are needed, and books what that costs. */
export class DomainStates {
  private readonly plant: Plant;
  private readonly programs: Programs;
  private readonly ledger: Ledger;
  private readonly supplies: Supplies;
  private readonly log: RunLog;
  /** The states that policies chose, by domain. */
  private chosen: (DomainRest | null)[];
  /** Whether the unused PEs of each array are off, and when the PEs that wake in it can work, s. */
  private readonly switchesPes: Int32Array;
  private readonly pesWakeToS: Float64Array;
  /** The domains of each array; those of no array, which all arrays need. */
  private readonly domainsOf: readonly Int32Array[];
  private readonly ofAll: readonly number[];

  constructor(plant: Plant, programs: Programs, ledger: Ledger, supplies: Supplies, log: RunLog) {
    const { domains, arrayDomains } = plant;
    this.plant = plant;
    this.programs = programs;
    this.ledger = ledger;
    this.supplies = supplies;
    this.log = log;
    this.chosen = domains.map(() => null);
    this.switchesPes = new Int32Array(arrayDomains.length);
    this.pesWakeToS = new Float64Array(arrayDomains.length).fill(Number.NEGATIVE_INFINITY);
    this.domainsOf = arrayDomains;
    this.ofAll = [...domains.keys()].filter((d) => arrayDomains.every((own) => !own.includes(d)));
  }

  save(): Saved {
    return save(this, ['chosen', 'switchesPes', 'pesWakeToS']);
  }

  load(saved: Saved): void {
    load(this, saved);
  }

  /** Takes what policies chose. `layer` is that of the running inference, -1 without one. */
  choose(rests: Readonly<Record<string, DomainRest>>, layer: number, timeS: number): void {
    const { plant, supplies, chosen, log } = this;
    plant.domains.forEach(({ name }, d) => {
      const rest = rests[name];
      const before = chosen[d];
      if (before === rest) return;
      chosen[d] = rest;
      supplies.rests.choose(d, rest);
      for (const [occasion, words] of OCCASIONS) {
        const from = before?.[occasion] ?? 'on';
        if (from !== rest[occasion]) log.state(d, from, rest[occasion], rest.policy, `${words}: ${rest.reason}`, timeS);
      }
    });
    if (supplies.pes) this.choosePes(layer);
  }

  /** An inference begins with a layer: everything is needed. */
  start(layer: number, timeS: number): void {
    if (this.supplies.rests.active) this.needAll(layer, timeS, false);
    this.enter(layer, timeS);
  }

  /** All arrays go on to a layer or to the next step of one, after a barrier that ended step `ended`. */
  goOn(layer: number, ended: number, timeS: number): void {
    if (this.supplies.rests.active) this.needAll(layer, timeS, true, ended);
    if (this.programs.steps[ended].layer !== layer) this.enter(layer, timeS);
  }

  /** No inference runs. */
  rest(timeS: number): void {
    const { rests } = this.supplies;
    if (!rests.active) return;
    for (let d = 0; d < this.chosen.length; d++) {
      const from = rests.stateOf(d);
      const waking = rests.rest(d, timeS);
      const to = rests.stateOf(d);
      if (waking) this.book(waking, 0, timeS);
      if (from !== to) this.tell(d, from, to, timeS);
    }
  }

  /** Array a cannot work while one of its domains, a domain of all arrays or some of its PEs wake. */
  isWaking(a: number, timeS: number): boolean {
    const { rests } = this.supplies;
    if (timeS < this.pesWakeToS[a]) return true;
    if (!rests.active) return false;
    for (const d of this.domainsOf[a]) if (rests.isWaking(d, timeS)) return true;
    for (const d of this.ofAll) if (rests.isWaking(d, timeS)) return true;
    return false;
  }

  /** Seconds from `timeS` until all arrays can work, if an inference runs. */
  wakingS(timeS: number): number {
    const { rests } = this.supplies;
    let most = 0;
    for (const toS of this.pesWakeToS) most = Math.max(most, toS - timeS);
    if (rests.active) {
      for (let d = 0; d < this.chosen.length; d++) {
        if (rests.stateOf(d) === 'on') most = Math.max(most, rests.wakeS(d, timeS));
      }
    }
    return most;
  }

  /** The end of the next waking after `timeS`, s. */
  nextS(timeS: number): number {
    const { rests } = this.supplies;
    let next = rests.active ? rests.nextS(timeS) : Number.POSITIVE_INFINITY;
    for (const toS of this.pesWakeToS) if (toS > timeS && toS < next) next = toS;
    return next;
  }

  private needAll(layer: number, timeS: number, isBarrier: boolean, ended = -1): void {
    const { rests } = this.supplies;
    for (let d = 0; d < this.chosen.length; d++) {
      const from = rests.stateOf(d);
      const waking = rests.need(d, timeS);
      if (!waking) continue;
      this.book(waking, layer, timeS);
      if (isBarrier) this.fetchAgain(waking, ended, layer, timeS);
      else this.tell(d, from, 'on', timeS);
    }
  }

  private book({ domain: d, from, costs }: Waking, layer: number, timeS: number): void {
    this.ledger.wake(d, costs.wakeJ);
    // All PEs of a domain that was off wake with it.
    if (from === 'off') {
      this.plant.arrayDomain.forEach((domain, a) => {
        if (domain === d) this.supplies.pes?.fill(a);
      });
    }
    if (costs.reloadBytes > 0) this.reload(d, costs.reloadBytes, layer, timeS);
  }

  private reload(d: number, bytes: number, layer: number, timeS: number): void {
    const a = Math.max(
      0,
      this.domainsOf.findIndex((own) => own.includes(d)),
    );
    const { energy, energyAt, width } = this.programs.arrays[a];
    const counts = this.reloadCounts(d, a, bytes);
    const columns = new Float64Array(width);
    columns.set(counts);
    energy.write(counts, null, columns, energyAt);
    this.fetch(d, a, columns, layer, timeS);
  }

  /** The words of a domain that its first scratchpad gets. */
  private reloadCounts(d: number, a: number, bytes: number): Float64Array {
    const { spec } = this.plant.design;
    const counts = zeroCounts();
    const bits = 8 * bytes;
    counts[COUNTER_INDEX.dram_read_bits] = bits;
    const pad = (['filter', 'ifmap', 'ofmap'] as const).find((one) => spec.arrays[a][one] === spec.domains[d].name);
    if (!pad) return counts;
    counts[COUNTER_INDEX[`dram_${pad}_reads`]] = bits / spec.wordBits[pad === 'ofmap' ? 'psum' : pad];
    counts[COUNTER_INDEX[`${pad}_sram_write_bits`]] = bits;
    return counts;
  }

  /** Fetches again the words of the next layer that were there before its array's filter scratchpad was off at a barrier. */
  private fetchAgain({ domain: d, costs }: Waking, ended: number, layer: number, timeS: number): void {
    if (!costs.loses) return;
    const { programs, plant } = this;
    const { spec } = plant.design;
    spec.arrays.forEach(({ filter }, a) => {
      if (filter !== spec.domains[d].name) return;
      const { layer: of } = programs.steps[ended];
      for (let step = ended; step >= 0 && programs.steps[step].layer === of; step--) {
        for (const { layer: to, columns } of programs.arrays[a].neighbourTraffic[step]) {
          if (to === of + 1) this.fetch(d, a, columns, Math.max(layer, to), timeS);
        }
      }
    });
  }

  /** Lets DRAM deliver words for array a before domain d goes on. */
  private fetch(d: number, a: number, columns: Float64Array, layer: number, timeS: number): void {
    const { supplies, ledger } = this;
    const { bytesPerS, latencyS } = supplies.dram;
    const bytes = columns[COUNTER_INDEX.dram_read_bits] / 8;
    supplies.rests.delay(d, timeS, bytes / bytesPerS + latencyS);
    ledger.work(a, columns, layer, supplies.voltageV, supplies.supply);
  }

  private tell(d: number, from: DomainState, to: DomainState, timeS: number): void {
    const { rests } = this.supplies;
    const { policy, reason } = this.chosen[d] ?? { policy: 'none', reason: '' };
    if (this.plant.domains[d].states === undefined) return;
    const wakes = rests.isWaking(d, timeS)
      ? `; wakes in ${Number((rests.wakeS(d, timeS) * 1e9).toPrecision(4))} ns`
      : '';
    this.log.state(d, from, to, policy, `${to === 'on' ? 'it is needed' : reason}${wakes}`, timeS);
  }

  private enter(layer: number, timeS: number): void {
    const { pes } = this.supplies;
    if (!pes) return;
    this.switchesPes.forEach((isOn, a) => {
      if (isOn === 1) this.wakePes(a, pes.fit(a, layer), timeS);
    });
  }

  private choosePes(layer: number): void {
    const { plant, supplies, chosen, switchesPes } = this;
    plant.arrayDomain.forEach((d, a) => {
      const isOff = chosen[d]?.unusedPes === 'off' ? 1 : 0;
      if (switchesPes[a] === isOff) return;
      switchesPes[a] = isOff;
      if (isOff === 1 && layer >= 0) supplies.pes!.fit(a, layer);
      // PEs that the layer does not use keep no one waiting.
      if (isOff === 0) this.ledger.wakePes(a, supplies.pes!.fill(a));
    });
  }

  private wakePes(a: number, count: number, timeS: number): void {
    if (count === 0) return;
    this.ledger.wakePes(a, count);
    this.pesWakeToS[a] = timeS + this.plant.design.spec.unusedPes!.wakeS;
  }
}

const OCCASIONS = [
  ['barrier', 'at barriers'],
  ['unusedPes', 'unused PEs'],
] as const;
