import type { Plant } from '../plant/plant.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { Programs } from '../plant/programs.ts';
import type { DomainStates } from '../states/domain-states.ts';
import { Activity } from './activity.ts';
import { Inferences } from './inferences.ts';
import type { Ledger } from './ledger.ts';
import { load, type Saved, save } from './saved.ts';
import { BUSY, DEAD, IDLE, STALL, type Supplies } from './supplies.ts';
import { BARRIER, END, LAYER, START, type TriggerBits } from './triggers.ts';

/** Advances the arrays, or lets them wait, and books the result. */
export class Work {
  readonly inferences: Inferences;
  readonly activity: Activity;
  private readonly plant: Plant;
  private readonly programs: Programs;
  private readonly ledger: Ledger;
  private readonly supplies: Supplies;
  /** For each array: its program's columns at its position, and buffers for the next position and for the difference. */
  private readonly at: Float64Array[];
  private readonly after: Float64Array[];
  private readonly change: Float64Array[];
  /** Each array's run, and the part of it done, before the current advance. They show what it moved for other layers. */
  private readonly fromRun: Int32Array;
  private readonly fromDone: Float64Array;
  /** Arrays that cannot work because one of their clocks is stopped. */
  private readonly halted: Uint8Array;
  /** For each domain whether it belongs to an array. */
  private readonly isOfArray: readonly boolean[];
  /** Seconds in which each domain works for each array, and in which each array waits at the end of an advance. */
  private readonly busyS: Float64Array;
  private readonly waitS: Float64Array;
  private readonly states: DomainStates;

  constructor(
    { plant, programs, releases, experiment }: Run,
    ledger: Ledger,
    supplies: Supplies,
    states: DomainStates,
  ) {
    const { domains, arrayDomains } = plant;
    const { arrays } = programs;
    this.inferences = new Inferences(releases, experiment.spec.epochS, arrays.length);
    this.activity = new Activity(plant, programs, supplies);
    this.plant = plant;
    this.programs = programs;
    this.ledger = ledger;
    this.supplies = supplies;
    const columns = (): Float64Array[] => arrays.map(({ width }) => new Float64Array(width));
    this.at = columns();
    this.after = columns();
    this.change = columns();
    this.fromRun = new Int32Array(arrays.length);
    this.fromDone = new Float64Array(arrays.length);
    this.halted = new Uint8Array(arrays.length);
    this.isOfArray = domains.map((_, d) => arrayDomains.some((own) => own.includes(d)));
    this.busyS = new Float64Array(arrays.length * domains.length);
    this.waitS = new Float64Array(arrays.length);
    this.states = states;
  }

  save(): Saved {
    return {
      ...save(this, ['at']),
      states: this.states.save(),
      inferences: this.inferences.save(),
      activity: this.activity.save(),
    };
  }

  /** Supplies come first. */
  load({ inferences, activity, states, ...saved }: Saved): void {
    load(this, saved);
    this.states.load(states as Saved);
    this.activity.load(activity as Saved);
    const { pipelines } = this.programs;
    this.inferences.load(inferences as Saved, (step) => pipelines.replayOf(this.supplies.clockPoint, step));
  }

  /** Starts the next inference if it is released. */
  start(timeS: number): boolean {
    const started = this.inferences.start(timeS);
    if (!started) return false;
    for (const columns of this.at) columns.fill(0);
    this.states.start(this.layer, timeS);
    return true;
  }

  /** The finished share of the running inference's array cycles. */
  get progress(): number {
    let done = 0;
    let all = 0;
    this.programs.arrays.forEach(({ cyclesAt, total }, a) => {
      done += this.at[a][cyclesAt];
      all += total[cyclesAt];
    });
    return done / all;
  }

  /** Index of the running inference's current layer. */
  get layer(): number {
    return this.programs.steps[this.inferences.step].layer;
  }

  /** Whether no array can work at this time. */
  isHalted(timeS: number): boolean {
    const { halted, supplies, plant, states } = this;
    let standing = 0;
    for (let a = 0; a < halted.length; a++) {
      const own = plant.arrayDomains[a];
      halted[a] = states.isWaking(a, timeS) ? 1 : 0;
      for (let i = 0; i < own.length; i++) if (supplies.dead(own[i], timeS)) halted[a] = 1;
      standing += halted[a];
    }
    return standing === halted.length;
  }

  /** Books time in which nothing computes: no inference runs, or all arrays are halted within a layer. */
  wait(fromS: number, untilS: number): void {
    const { supplies, ledger, inferences, plant } = this;
    const { clocks, voltageV, supply, rests } = supplies;
    const durationS = untilS - fromS;
    const { running } = inferences;
    const layer = running ? this.layer : -1;
    plant.idleClocks.forEach(({ domain: d }, w) => {
      if (clocks[d].dead(fromS)) return;
      ledger.wait(w, clocks[d].frequencyHz * durationS * rests.clock(d, fromS), layer, voltageV, supply);
    });
    for (let d = 0; d < clocks.length; d++) {
      const use = supplies.dead(d, fromS) ? DEAD : running ? STALL : IDLE;
      supplies.tally(d, durationS, use, durationS, rests.leakage(d, fromS));
    }
    ledger.pass(durationS, durationS, layer, supplies.backgroundW(fromS));
  }

  /**
   * Works on the current step, at most to its end or to where an array begins to wait. Call `isHalted` for `fromS` first. Returns when it stopped; if the
   * step ended, call `endStep`.
   */
  work(fromS: number, untilS: number): { readonly timeS: number; readonly stepEnds: boolean } {
    const { supplies, inferences, ledger, busyS } = this;
    const { arrayDomain } = this.plant;
    const { arrays, pipelines } = this.programs;
    const { state, step } = inferences;
    const { positions } = state;
    const { layer } = this;
    for (let a = 0; a < positions.length; a++) {
      this.fromRun[a] = positions[a].run;
      this.fromDone[a] = positions[a].done;
    }
    const { halted, waitS } = this;
    const durationS = pipelines.advance(supplies.clockPoint, step, state, untilS - fromS, halted, busyS, waitS);
    let stepEnds = true;
    let arrayS = 0;
    for (let a = 0; a < arrays.length; a++) {
      if (positions[a].run < arrays[a].firstRun[step + 1]) stepEnds = false;
      this.bookChange(a, layer);
      this.rebookNeighbours(a, layer, step);
      arrayS = Math.max(arrayS, this.change[a][arrays[a].cyclesAt] / supplies.clocks[arrayDomain[a]].frequencyHz);
    }
    this.bookTime(fromS, durationS, layer);
    ledger.pass(durationS, Math.max(0, durationS - arrayS), layer, supplies.backgroundW(fromS));
    return { timeS: stepEnds || durationS < untilS - fromS ? fromS + durationS : untilS, stepEnds };
  }

  /** Goes on to the next step, or ends the inference and starts the next. Returns what happened. */
  endStep(timeS: number): TriggerBits {
    const { inferences, programs } = this;
    const { layer } = this;
    inferences.step++;
    if (inferences.step < programs.steps.length) {
      if (this.layer !== layer) inferences.endLayer(timeS);
      this.states.goOn(this.layer, inferences.step - 1, timeS);
      return this.layer === layer ? BARRIER : BARRIER | LAYER;
    }
    inferences.endLayer(timeS);
    inferences.end(timeS);
    return this.start(timeS) ? BARRIER | END | START : BARRIER | END;
  }

  /** Books the work between the previous position of an array and its present one. */
  private bookChange(a: number, layer: number): void {
    const { at, after, supplies } = this;
    const change = this.change[a];
    this.programs.arrays[a].columnsAt(this.inferences.state.positions[a], after[a]);
    for (let i = 0; i < change.length; i++) change[i] = after[a][i] - at[a][i];
    [at[a], after[a]] = [after[a], at[a]];
    this.activity.add(a, change);
    this.ledger.work(a, change, layer, supplies.voltageV, supplies.supply);
  }

  /** Books how long each domain works, and the energy of the clocks that wait meanwhile. */
  private bookTime(fromS: number, durationS: number, layer: number): void {
    const { supplies, ledger, busyS } = this;
    const { idleClocks } = this.plant;
    const { clocks, voltageV, supply, rests } = supplies;
    const n = clocks.length;
    for (let w = 0; w < idleClocks.length; w++) {
      const { array, domain: d } = idleClocks[w];
      if (supplies.dead(d, fromS)) continue;
      const waitingS = Math.max(0, durationS - busyS[array * n + d]);
      const stoppedS = rests.active ? this.restSeconds(d) * (1 - rests.atBarrier(d).clock) : 0;
      ledger.wait(w, Math.max(0, waitingS - stoppedS) * clocks[d].frequencyHz, layer, voltageV, supply);
    }
    for (let d = 0; d < n; d++) {
      if (supplies.dead(d, fromS)) supplies.tally(d, durationS, DEAD, durationS, 1);
      else {
        const busy = Math.min(durationS, this.busySeconds(d));
        supplies.tally(d, durationS, BUSY, busy, rests.active ? this.leakagePart(d, durationS) : 1);
        supplies.addStall(d, durationS - busy);
      }
    }
  }

  /** Seconds at the end of the last advance in which a domain rests, because all its arrays wait. */
  private restSeconds(d: number): number {
    const { waitS, plant, supplies } = this;
    if (!supplies.rests.restsAtBarrier(d)) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let a = 0; a < waitS.length; a++) {
      if (plant.arrayDomains[a].includes(d)) least = Math.min(least, waitS[a]);
    }
    return Number.isFinite(least) ? least : 0;
  }

  /** The mean part of a domain's leakage that is left over an advance, in which it may rest at a barrier. */
  private leakagePart(d: number, durationS: number): number {
    const { rests } = this.supplies;
    const restS = this.restSeconds(d);
    if (restS <= 0) return 1;
    rests.wait(d);
    return 1 - (restS / durationS) * (1 - rests.atBarrier(d).leakage);
  }

  /**
   * Seconds in which a domain works: those of the array it serves longest. A domain that belongs to no array works
   * whenever any array does. Transfers of all arrays with DRAM follow each other.
   */
  private busySeconds(d: number): number {
    const { busyS, isOfArray } = this;
    const { domains, arrayDomain, design } = this.plant;
    let most = 0;
    for (let a = 0; a < arrayDomain.length; a++) {
      const ownS = busyS[a * domains.length + (isOfArray[d] ? d : arrayDomain[a])];
      most = d === design.spec.dramDomain ? most + ownS : Math.max(most, ownS);
    }
    return most;
  }

  /** Books traffic moved for the previous or next layer to that layer. */
  private rebookNeighbours(a: number, layer: number, step: number): void {
    const { run, done } = this.inferences.state.positions[a];
    const [fromRun, fromDone] = [this.fromRun[a], this.fromDone[a]];
    for (const { run: r, layer: other, columns } of this.programs.arrays[a].neighbourTraffic[step]) {
      const until = run > r ? 1 : run === r ? done : 0;
      const from = fromRun > r ? 1 : fromRun === r ? fromDone : 0;
      if (until > from) this.ledger.rebook(a, columns, until - from, layer, other, this.supplies.voltageV);
    }
  }
}
