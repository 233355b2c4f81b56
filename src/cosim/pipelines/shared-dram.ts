import type { AcceleratorSpec, DramPointSpec } from '../../design/index.ts';
import type { Position, Program } from '../plant/program.ts';
import { type ArrayTiming, arrayTimings, dramAt } from './array-timing.ts';
import { type ArrayRates, fairShares } from './fair-shares.ts';

/**
 * Several arrays that share the DRAM bandwidth max-min fairly: arrays that demand less than an equal share get it, the others split
 * the rest. Demand is constant during a run of equal stages, so time jumps from the end of one run to the end of the next.
 */
export class SharedDram {
  readonly arrays: readonly Program[];
  readonly domains: number;
  /** Marks no array as halted. */
  readonly none: Uint8Array;
  /** The rates since the last event. */
  readonly rates: ArrayRates;
  /** The timing of each array at the clocks set last. */
  readonly now: ArrayTiming[] = [];
  private readonly timings: readonly ((point: ArrayLike<number>) => ArrayTiming)[];
  private readonly spec: AcceleratorSpec;
  /** DRAM at the clocks set last. */
  private dram: DramPointSpec;
  /** By array: the bytes that cross DRAM in a stage of each run, and 1 for a run that waits for words. */
  private readonly bytes: readonly Float64Array[];
  private readonly fetches: readonly Uint8Array[];
  /** Positions that look ahead. */
  private readonly ahead: readonly { run: number; done: number }[];

  constructor(arrays: readonly Program[], spec: AcceleratorSpec) {
    const n = arrays.length;
    const numbers = (): Float64Array => new Float64Array(n);
    this.arrays = arrays;
    this.domains = spec.domains.length;
    this.none = new Uint8Array(n);
    this.rates = { computeS: numbers(), bytes: numbers(), latencyS: numbers(), stageS: numbers() };
    this.timings = arrays.map((program, a) => arrayTimings(program, spec, a));
    this.spec = spec;
    this.dram = spec.dram;
    this.bytes = arrays.map(({ stages }) => Float64Array.from(stages, ({ bytesIn, bytesOut }) => bytesIn + bytesOut));
    this.fetches = arrays.map(({ stages }) => Uint8Array.from(stages, ({ bytesIn }) => (bytesIn > 0 ? 1 : 0)));
    this.ahead = arrays.map(() => ({ run: 0, done: 0 }));
  }

  /** Sets all clocks. */
  setPoint(point: ArrayLike<number>): void {
    for (let a = 0; a < this.timings.length; a++) this.now[a] = this.timings[a](point);
    this.dram = dramAt(this.spec, point);
  }

  atStart(step: number, positions: readonly Position[]): boolean {
    return positions.every(({ run, done }, a) => run === this.arrays[a].firstRun[step] && done === 0);
  }

  atEnd(step: number, positions: readonly Position[]): boolean {
    return this.waiting(step, positions) === positions.length;
  }

  /**
   * Advances `positions` by `durationS`, at most to the end of the step, at the clocks set last; with `untilWait` at most to where an
   * array begins to wait. Calls `note` at each event, after its rates are set. Returns the seconds that passed.
   */
  goOn(
    step: number,
    positions: readonly Position[],
    durationS: number,
    halted: Uint8Array,
    busyS: Float64Array,
    waitS: Float64Array,
    { note, untilWait = false }: { note?: (elapsedS: number) => void; untilWait?: boolean } = {},
  ): number {
    const { stageS } = this.rates;
    busyS.fill(0);
    waitS.fill(0);
    let elapsedS = 0;
    const before = this.waiting(step, positions);
    while (elapsedS < durationS && this.setRates(step, positions, halted)) {
      note?.(elapsedS);
      let stretchS = durationS - elapsedS;
      for (let a = 0; a < stageS.length; a++) {
        if (stageS[a] > 0) stretchS = Math.min(stretchS, this.leftS(positions[a], a));
      }
      for (let a = 0; a < stageS.length; a++) {
        if (stageS[a] > 0) this.move(positions[a], a, stretchS, busyS);
        else if (positions[a].run >= this.arrays[a].firstRun[step + 1]) waitS[a] += stretchS;
      }
      elapsedS = stretchS === durationS - elapsedS ? durationS : elapsedS + stretchS;
      if (untilWait && this.waiting(step, positions) > before) return elapsedS;
    }
    if (this.atEnd(step, positions)) return elapsedS;
    // Nothing moves any more: some arrays are halted, and the others wait for them.
    for (let a = 0; a < stageS.length; a++) {
      if (elapsedS < durationS && positions[a].run >= this.arrays[a].firstRun[step + 1])
        waitS[a] += durationS - elapsedS;
    }
    return durationS;
  }

  /**
   * Seconds from `positions` to the end of the step, at the clocks set last, if no array is halted: what `goOn` returns without an end.
   * Policies ask for it several times in a decision.
   */
  leftOfStepS(step: number, positions: readonly Position[]): number {
    const { ahead, none } = this;
    const { stageS } = this.rates;
    for (let a = 0; a < ahead.length; a++) {
      ahead[a].run = positions[a].run;
      ahead[a].done = positions[a].done;
    }
    let elapsedS = 0;
    while (elapsedS < Number.POSITIVE_INFINITY && this.setRates(step, ahead, none)) {
      let stretchS = Number.POSITIVE_INFINITY;
      for (let a = 0; a < stageS.length; a++) {
        if (stageS[a] > 0) stretchS = Math.min(stretchS, this.leftS(ahead[a], a));
      }
      for (let a = 0; a < stageS.length; a++) {
        if (stageS[a] > 0) this.step(ahead[a], a, stretchS);
      }
      elapsedS += stretchS;
    }
    return elapsedS;
  }

  /** How many arrays have reached the end of the step. */
  private waiting(step: number, positions: readonly Position[]): number {
    let count = 0;
    for (let a = 0; a < positions.length; a++) if (positions[a].run >= this.arrays[a].firstRun[step + 1]) count++;
    return count;
  }

  /** Sets how long each array's current stage takes, 0 if it waits. Returns false if no array moves. */
  private setRates(step: number, positions: readonly Position[], halted: Uint8Array): boolean {
    const { rates, arrays, now, dram, bytes, fetches } = this;
    let moves = false;
    for (let a = 0; a < arrays.length; a++) {
      const { run } = positions[a];
      const moving = run < arrays[a].firstRun[step + 1] && halted[a] === 0;
      rates.computeS[a] = moving ? now[a].computeS[run] : 0;
      rates.bytes[a] = moving ? bytes[a][run] : 0;
      rates.latencyS[a] = moving && fetches[a][run] === 1 ? dram.latencyS : 0;
      moves ||= moving;
    }
    fairShares(rates, dram.bytesPerS);
    return moves;
  }

  /** Seconds to the end of the array's run. */
  private leftS({ run, done }: Position, a: number): number {
    return (this.arrays[a].stages[run].count - done) * this.rates.stageS[a];
  }

  private move(position: Position, a: number, stretchS: number, busyS: Float64Array): void {
    const { now, domains } = this;
    const { run, done } = position;
    const doneStages = this.step(position, a, stretchS) - done;
    for (let d = 0; d < domains; d++) busyS[a * domains + d] += doneStages * now[a].busyStageS[d][run];
  }

  /** Moves a position within its run, or to the start of the next. Returns the stages done of its run then. */
  private step(position: Position, a: number, stretchS: number): number {
    const { run, done } = position;
    const { count } = this.arrays[a].stages[run];
    const ends = this.leftS(position, a) <= stretchS;
    const to = ends ? count : Math.min(count, done + stretchS / this.rates.stageS[a]);
    position.run = ends ? run + 1 : run;
    position.done = ends ? 0 : to;
    return to;
  }
}
