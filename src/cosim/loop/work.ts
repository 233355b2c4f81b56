import type { IdleState } from '../../policy/index.ts';
import type { Plant } from '../plant/plant.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { Programs } from '../plant/programs.ts';
import { Activity } from './activity.ts';
import { Inferences } from './inferences.ts';
import type { Ledger } from './ledger.ts';
import { load, type Saved, save } from './saved.ts';
import { BUSY, DEAD, IDLE, STALL, type Supplies } from './supplies.ts';
import { BARRIER, END, LAYER, START, type TriggerBits } from './triggers.ts';

/** Advances the arrays, or lets them wait, and books the result. */
export class Work {
  /** The state of clocks and rails while no inference runs. */
  idle: IdleState = 'clocked';
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
  /** The domains of each array, and for each domain whether it belongs to an array. */
  private readonly domainsOf: readonly Int32Array[];
  private readonly isOfArray: readonly boolean[];
  /** Seconds in which each domain works for each array. */
  private readonly busyS: Float64Array;

  constructor({ plant, programs, releases, experiment }: Run, ledger: Ledger, supplies: Supplies) {
    const { domains, design } = plant;
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
    this.domainsOf = design.spec.arrays.map((names) => {
      return Int32Array.from(new Set(Object.values(names)), (name) => domains.findIndex((d) => d.name === name));
    });
    this.isOfArray = domains.map((_, d) => this.domainsOf.some((own) => own.includes(d)));
    this.busyS = new Float64Array(arrays.length * domains.length);
  }

  save(): Saved {
    return {
      ...save(this, ['idle', 'at']),
      inferences: this.inferences.save(),
      activity: this.activity.save(),
    };
  }

  /** Supplies come first. */
  load({ inferences, activity, ...saved }: Saved): void {
    load(this, saved);
    this.activity.load(activity as Saved);
    const { pipelines } = this.programs;
    this.inferences.load(inferences as Saved, (step) => pipelines.replayOf(this.supplies.clockPoint, step));
  }

  /** Starts the next inference if it is released. */
  start(timeS: number): boolean {
    const started = this.inferences.start(timeS);
    if (started) for (const columns of this.at) columns.fill(0);
    return started;
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
    const { halted, supplies, domainsOf } = this;
    let standing = 0;
    for (let a = 0; a < halted.length; a++) {
      const own = domainsOf[a];
      halted[a] = 0;
      for (let i = 0; i < own.length; i++) if (supplies.dead(own[i], timeS)) halted[a] = 1;
      standing += halted[a];
    }
    return standing === halted.length;
  }

  /** Books time in which nothing computes: no inference runs, or all arrays are halted within a layer. */
  wait(fromS: number, untilS: number): void {
    const { supplies, ledger, inferences, plant } = this;
    const { clocks, voltageV, supply } = supplies;
    const durationS = untilS - fromS;
    const { running } = inferences;
    const layer = running ? this.layer : -1;
    const clocked = running || this.idle === 'clocked';
    const gated = !running && this.idle === 'gated';
    plant.idleClocks.forEach(({ domain: d }, w) => {
      if (clocked && !clocks[d].dead(fromS)) {
        ledger.wait(w, clocks[d].frequencyHz * durationS, layer, voltageV, supply);
      }
    });
    for (let d = 0; d < clocks.length; d++) {
      supplies.tally(d, durationS, clocks[d].dead(fromS) ? DEAD : running ? STALL : IDLE, durationS, gated);
    }
    ledger.pass(durationS, durationS, layer);
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
    const durationS = pipelines.advance(supplies.clockPoint, step, state, untilS - fromS, this.halted, busyS);
    let stepEnds = true;
    let arrayS = 0;
    for (let a = 0; a < arrays.length; a++) {
      if (positions[a].run < arrays[a].firstRun[step + 1]) stepEnds = false;
      this.bookChange(a, layer);
      this.rebookNeighbours(a, layer, step);
      arrayS = Math.max(arrayS, this.change[a][arrays[a].cyclesAt] / supplies.clocks[arrayDomain[a]].frequencyHz);
    }
    this.bookTime(fromS, durationS, layer);
    ledger.pass(durationS, Math.max(0, durationS - arrayS), layer);
    return { timeS: stepEnds || durationS < untilS - fromS ? fromS + durationS : untilS, stepEnds };
  }

  /** Goes on to the next step, or ends the inference and starts the next. Returns what happened. */
  endStep(timeS: number): TriggerBits {
    const { inferences, programs } = this;
    const { layer } = this;
    inferences.step++;
    if (inferences.step < programs.steps.length) return this.layer === layer ? BARRIER : BARRIER | LAYER;
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
    const { clocks, voltageV, supply } = supplies;
    const n = clocks.length;
    for (let w = 0; w < idleClocks.length; w++) {
      const { array, domain: d } = idleClocks[w];
      if (clocks[d].dead(fromS)) continue;
      const waitingS = Math.max(0, durationS - busyS[array * n + d]);
      ledger.wait(w, waitingS * clocks[d].frequencyHz, layer, voltageV, supply);
    }
    for (let d = 0; d < n; d++) {
      if (clocks[d].dead(fromS)) supplies.tally(d, durationS, DEAD, durationS, false);
      else {
        const busy = Math.min(durationS, this.busySeconds(d));
        supplies.tally(d, durationS, BUSY, busy, false);
        supplies.addStall(d, durationS - busy);
      }
    }
  }

  /**
   * Seconds in which a domain works: those of the array it serves longest. A domain that belongs to no array works
   * whenever any array does.
   */
  private busySeconds(d: number): number {
    const { busyS, isOfArray } = this;
    const { domains, arrayDomain } = this.plant;
    let most = 0;
    for (let a = 0; a < arrayDomain.length; a++) {
      most = Math.max(most, busyS[a * domains.length + (isOfArray[d] ? d : arrayDomain[a])]);
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
