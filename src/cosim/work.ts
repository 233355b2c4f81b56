import type { IdleState, Trigger } from '../policy/index.ts';
import type { Inferences } from './inferences.ts';
import type { Ledger } from './ledger.ts';
import { advance, busySeconds, secondsAt } from './program.ts';
import type { Setup } from './setup.ts';
import { BUSY, DEAD, IDLE, STALL, type Supplies } from './supplies.ts';

/** Lets the accelerator work or wait, and books what it does. */
export class Work {
  /** What clocks and rails do while there is nothing to do. */
  idle: IdleState = 'clocked';
  private readonly setup: Setup;
  private readonly ledger: Ledger;
  private readonly supplies: Supplies;
  private readonly inferences: Inferences;
  private readonly arrayDomain: number;
  /** Columns of the program at the position, and room for those a step later. */
  private at: Float64Array;
  private after: Float64Array;
  private readonly change: Float64Array;
  private readonly busyFromS: Float64Array;

  constructor(setup: Setup, ledger: Ledger, supplies: Supplies, inferences: Inferences) {
    const { domains, program, experiment } = setup;
    this.setup = setup;
    this.ledger = ledger;
    this.supplies = supplies;
    this.inferences = inferences;
    this.arrayDomain = domains.findIndex(({ name }) => name === experiment.design.spec.array.domain);
    this.at = new Float64Array(program.width);
    this.after = new Float64Array(program.width);
    this.change = new Float64Array(program.width);
    this.busyFromS = new Float64Array(domains.length);
  }

  /** Starts the next inference if it is released. */
  start(timeS: number): boolean {
    const started = this.inferences.start(timeS);
    if (started) this.at.fill(0);
    return started;
  }

  /** Share of the running inference's array cycles that is done. */
  get progress(): number {
    const { total, cyclesAt } = this.setup.program;
    return this.at[cyclesAt] / total[cyclesAt];
  }

  /** Time in which nothing computes: idle, or in a layer while some clock stands still. */
  wait(fromS: number, untilS: number): void {
    const { supplies, ledger, inferences } = this;
    const { clocks, voltageV, supply } = supplies;
    const durationS = untilS - fromS;
    const { running } = inferences;
    const layer = running ? inferences.layer : -1;
    const clocked = running || this.idle === 'clocked';
    const gated = !running && this.idle === 'gated';
    for (let d = 0; d < clocks.length; d++) {
      const dead = clocks[d].dead(fromS);
      if (!dead && clocked) ledger.wait(d, clocks[d].frequencyHz * durationS, layer, voltageV, supply);
      supplies.tally(d, durationS, dead ? DEAD : running ? STALL : IDLE, durationS, gated);
    }
    ledger.pass(durationS, durationS, layer);
  }

  /** Works on the current layer, to its end at most. Returns when it stopped; at a layer's end `endLayer` is due. */
  work(fromS: number, untilS: number): { readonly timeS: number; readonly layerEnds: boolean } {
    const { setup, supplies, inferences, ledger, busyFromS } = this;
    const { position, layer } = inferences;
    const { program } = setup;
    const timing = setup.timing(supplies.clockPoint);
    const lastRun = program.firstRun[layer + 1] - 1;
    const { run: fromRun, done: fromDone } = position;
    const leftS = timing.beforeS[lastRun + 1] - secondsAt(timing, position);
    const layerEnds = leftS <= untilS - fromS;
    const durationS = layerEnds ? Math.max(0, leftS) : untilS - fromS;
    for (let d = 0; d < busyFromS.length; d++) busyFromS[d] = busySeconds(timing, d, position);
    if (layerEnds) {
      position.run = lastRun + 1;
      position.done = 0;
    } else advance(timing, position, durationS, program, lastRun);
    this.bookChange(layer);
    this.rebookForeign(layer, fromRun, fromDone);
    for (let d = 0; d < busyFromS.length; d++) {
      const busyS = Math.min(durationS, Math.max(0, busySeconds(timing, d, position) - busyFromS[d]));
      this.bookBusy(d, durationS, busyS, layer);
    }
    const arrayS = this.change[program.cyclesAt] / supplies.clocks[this.arrayDomain].frequencyHz;
    ledger.pass(durationS, Math.max(0, durationS - arrayS), layer);
    return { timeS: layerEnds ? fromS + durationS : untilS, layerEnds };
  }

  /** Goes on to the next layer, or ends the inference and starts the next. Returns what to ask the policies about. */
  endLayer(timeS: number): Trigger {
    const { inferences } = this;
    inferences.layer++;
    if (inferences.layer < this.setup.program.layers) return 'layer';
    inferences.end(timeS);
    return this.start(timeS) ? 'start' : 'end';
  }

  /** Books what lies between the old position and the present one. */
  private bookChange(layer: number): void {
    const { at, after, change, supplies } = this;
    this.setup.program.columnsAt(this.inferences.position, after);
    for (let i = 0; i < change.length; i++) change[i] = after[i] - at[i];
    this.at = after;
    this.after = at;
    this.ledger.work(change, layer, supplies.voltageV, supplies.supply);
  }

  private bookBusy(d: number, durationS: number, busyS: number, layer: number): void {
    const { supplies, ledger } = this;
    const waitingS = durationS - busyS;
    supplies.tally(d, durationS, BUSY, busyS, false);
    supplies.addStall(d, waitingS);
    ledger.wait(d, waitingS * supplies.clocks[d].frequencyHz, layer, supplies.voltageV, supplies.supply);
  }

  /** What moved for the layers before and after belongs to them. */
  private rebookForeign(layer: number, fromRun: number, fromDone: number): void {
    const { run, done } = this.inferences.position;
    for (const { run: r, layer: other, columns } of this.setup.program.foreign[layer]) {
      const until = run > r ? 1 : run === r ? done : 0;
      const from = fromRun > r ? 1 : fromRun === r ? fromDone : 0;
      if (until > from) this.ledger.rebook(columns, until - from, layer, other, this.supplies.voltageV);
    }
  }
}
