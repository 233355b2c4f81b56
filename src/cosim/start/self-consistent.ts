import { steadyResistance } from '../../thermal/index.ts';
import { runLoop } from '../loop/loop.ts';
import type { LoopResult } from '../loop/loop-result.ts';
import { cycleOf } from '../loop/releases.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { StartReport, SteadyLoad } from '../result.ts';
import { FixedPoint } from './fixed-point.ts';
import { JumpSearch, type Pass } from './jump-search.ts';
import { type LimitCycle, limitCycle } from './limit-cycle.ts';
import { expectedS, type PassOptions, type StartedRun, startedRun, wholeRun } from './passes.ts';
import { PassesAhead } from './passes-ahead.ts';
import { guessedPower, loadOf, steadyPower } from './steady-load.ts';
import { largestRise } from './steady-power.ts';

const TOLERANCE_K = 0.02;
const MOST_ITERATIONS = 60;
/** Most iterations over windows, in which throttling policies react more steeply than in whole runs; and most over whole runs. */
const MOST_WINDOWS = 8;
const MOST_WHOLE_RUNS = 24;
/** Whole runs after which policies that swing are averaged over whole swings. */
const WHOLE_RUNS_BEFORE_CYCLES = 12;
/** A window with this many epochs and inferences is long enough to represent a run. */
const WINDOW_EPOCHS = 1000;
const WINDOW_INFERENCES = 20;
/** Whole runs that the bundled experiments take after windows, as a rule. */
const RUNS_AFTER_WINDOWS = 2;

/** Looks for the start of a run that is the steady state of the run's own mean power, and runs it from there. */
export class StartSearch {
  private readonly run: Run;
  private readonly how: PassOptions;
  private readonly resistance: Float64Array;
  private readonly jumps = new JumpSearch();
  private fixedPoint: FixedPoint;
  /** Passes so far. */
  private iterations = 0;
  /** The start of the next pass, as block powers in W; null for ambient. */
  private startW: Float64Array | null;

  /** Begins at the steady state of a guess, or at ambient. */
  constructor(run: Run, how: PassOptions, guess: SteadyLoad | null) {
    this.run = run;
    this.how = how;
    this.resistance = steadyResistance(run.plant.model!);
    this.fixedPoint = new FixedPoint(guess?.slope);
    this.startW = guess && guessedPower(run.plant, guess, this.resistance);
  }

  find(): StartedRun {
    // A guess is as near as windows lead.
    const windowS = this.startW === null ? representativeS(this.run) : null;
    if (windowS !== null) this.searchInWindows(windowS);
    return this.searchInWholeRuns();
  }

  /**
   * Whole runs start where the windows ended, and forget what they bracketed: their mean power may lie outside. They begin with the
   * slope of the windows.
   */
  private searchInWindows(windowS: number): void {
    const { run } = this;
    const ahead = new PassesAhead(TOLERANCE_K);
    const work = windowS / expectedS(run);
    for (;;) {
      const windows = Math.min(ahead.ahead, MOST_WINDOWS - 1 - this.iterations);
      this.beginPass(work, windows + RUNS_AFTER_WINDOWS, windows * work + RUNS_AFTER_WINDOWS);
      const loop = runLoop(run, { ...this.how, startW: this.startW, mostS: windowS });
      const residualK = this.residualK(loop.meanW);
      if (residualK <= TOLERANCE_K || this.iterations === MOST_WINDOWS) break;
      ahead.note(residualK);
      this.stepAfter(loop);
    }
    this.fixedPoint = new FixedPoint(this.fixedPoint.learned);
  }

  private searchInWholeRuns(): StartedRun {
    const passes = new PassesAhead(TOLERANCE_K, this.iterations > 0 ? RUNS_AFTER_WINDOWS : undefined);
    for (let runs = 1; ; runs++) {
      const ahead = Math.min(passes.ahead, MOST_WHOLE_RUNS - runs);
      this.beginPass(1, ahead, ahead);
      const { startW } = this;
      const whole = wholeRun(this.run, { ...this.how, startW });
      const { work } = whole;
      const swings = runs > WHOLE_RUNS_BEFORE_CYCLES;
      const cycle = swings ? limitCycle(work.recorder.trace(), work.simulatedS, work.completed) : null;
      const pass = startW !== null ? { startW, meanW: cycle?.meanW ?? work.meanW } : null;
      const residualK = pass ? this.residualAtJump(pass) : Number.POSITIVE_INFINITY;
      const converged = residualK <= TOLERANCE_K;
      if (converged || this.iterations >= MOST_ITERATIONS || runs === MOST_WHOLE_RUNS) {
        const start = this.report(residualK, converged, cycle);
        return startedRun(this.run, whole, start, startW, this.fixedPoint.slope);
      }
      passes.note(residualK);
      if (pass && swings) this.startW = this.jumps.next(pass);
      else this.stepAfter(work);
    }
  }

  /** `work` of this pass, and how many passes with how much work are expected after it. */
  private beginPass(work: number, passes: number, ahead: number): void {
    const pass = ++this.iterations;
    this.how.onPass?.({ activity: `start pass ${pass} of about ${pass + passes}`, work, ahead });
  }

  /** How far the steady state of a pass is from its start, K. */
  private residualK(meanW: Float64Array): number {
    const { startW, resistance } = this;
    return startW === null ? Number.POSITIVE_INFINITY : largestRise(resistance, meanW, startW);
  }

  /**
   * The same of a whole run: of the pass itself, or, where the policies jump, of the mean of the starts on both sides of a jump, once
   * these are close enough to be one start.
   */
  private residualAtJump(pass: Pass): number {
    const { jumps, resistance } = this;
    const own = largestRise(resistance, pass.meanW, pass.startW);
    jumps.note(pass);
    const { sides } = jumps;
    if (!sides || largestRise(resistance, sides.low.startW, sides.high.startW) > TOLERANCE_K) return own;
    return Math.min(own, largestRise(resistance, sides.mean.meanW, sides.mean.startW));
  }

  /** The next start, from what a pass wants. Frozen leakage is part of the power like any other. */
  private stepAfter(loop: LoopResult): void {
    const { run, how, startW, resistance, fixedPoint } = this;
    const wantedW = how.leakageK ? loop.meanW : steadyPower(run.plant, loadOf(run.plant, loop)!, resistance);
    this.startW = startW === null ? wantedW : fixedPoint.next(startW, wantedW);
  }

  private report(residualK: number, converged: boolean, cycle: LimitCycle | null): StartReport {
    const { iterations } = this;
    const cycleS = cycle === null ? {} : { cycleS: cycle.lengthS };
    return { mode: 'self-consistent', iterations, residualK, converged, ...cycleS };
  }
}

/**
 * Length in s of a window that represents the run: all phases once, if there are phases. Null if the run is hardly longer, or if its
 * arrivals are uneven.
 */
function representativeS(run: Run): number | null {
  const { experiment, plant, programs, releases } = run;
  const { domains } = plant;
  const { schedules, pipelines } = programs;
  const { epochS, inferences } = experiment.spec;
  const { arrivals, phases, periodS } = inferences;
  if (arrivals !== null) return null;
  if (phases) {
    const { cycleS } = cycleOf(phases);
    return releases.leastEndS > 1.5 * cycleS ? cycleS : null;
  }
  const slowest = pipelines.inference(domains.map(() => 0)).totalS;
  const windowS = Math.max(WINDOW_EPOCHS * epochS, WINDOW_INFERENCES * (periodS ?? slowest));
  return expectedS(run) > 1.5 * windowS && schedules.length > 0 ? windowS : null;
}
