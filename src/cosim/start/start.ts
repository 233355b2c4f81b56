import { leakageVoltage } from '../../design/power/index.ts';
import { steadyResistance } from '../../thermal/index.ts';
import { columnJ, expectedIdleJ, voltagesAt } from '../loop/energy-at.ts';
import { runLoop } from '../loop/loop.ts';
import type { LoopOptions, LoopResult } from '../loop/loop-result.ts';
import { cycleOf } from '../loop/releases.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { StartReport, SteadyLoad } from '../result.ts';
import { FixedPoint } from './fixed-point.ts';
import { JumpSearch, type Pass } from './jump-search.ts';
import { limitCycle } from './limit-cycle.ts';
import { guessedPower, loadOf, steadyPower } from './steady-load.ts';
import { type WorkThenRest, workThenRest } from './then-rest.ts';

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

/** What all passes of a run have in common. */
export interface PassOptions extends Pick<LoopOptions, 'leakageK' | 'onProgress'> {
  /** Receives the number of each pass that looks for the start, from 1 on. */
  readonly onPass?: ((pass: number) => void) | undefined;
  /** The run goes on without work until this time, s, if its work ends earlier. The start is that of the work alone. */
  readonly restUntilS?: number | undefined;
}

export interface StartedRun {
  readonly loop: LoopResult;
  readonly start: StartReport | null;
  /** The block powers whose steady state is the start, W; null for a start at ambient. */
  readonly startW: Float64Array | null;
  /** The load of the work, which the start follows from; null without a thermal model. */
  readonly load: SteadyLoad | null;
}

/**
 * Runs the loop from the start temperature that the experiment asks for (docs/methods/loop.md):
 * - `ambient`: everything at ambient;
 * - `steady`: the steady state of inferences back to back at the fastest points;
 * - `self-consistent`: the steady state of the run's own mean power, found by iteration. Each step solves for leakage,
 *   so that the iteration only has to follow the policies' reaction to temperature. It uses windows first, then whole
 *   runs.
 *
 * The iteration begins at the steady state of a guess, or at ambient. Errors: `thermal-runaway`.
 */
export function startAndRun(run: Run, how: PassOptions = {}, guess: SteadyLoad | null = null): StartedRun {
  const mode = run.experiment.spec.start;
  if (!run.plant.model) return startFrom(run, null, how);
  if (mode === 'self-consistent') return selfConsistent(run, how, guess);
  const startW = mode === 'steady' ? fastestPower(run) : null;
  const start: StartReport = { mode, iterations: 1, residualK: null, converged: true };
  return startedRun(run, wholeRun(run, { ...how, startW }), start, startW);
}

function startedRun(
  { plant }: Run,
  { work, withRest }: WorkThenRest,
  start: StartReport | null,
  startW: Float64Array | null,
  slope = 0,
): StartedRun {
  return { loop: withRest(), start, startW, load: loadOf(plant, work, slope) };
}

/** A pass over the whole run. */
function wholeRun(run: Run, options: PassOptions & LoopOptions): WorkThenRest {
  if (options.restUntilS !== undefined) return workThenRest(run, options, options.restUntilS);
  const work = runLoop(run, options);
  return { work, withRest: () => work };
}

/** Runs the loop from the steady state of given block powers in W; from ambient if they are null. */
export function startFrom(run: Run, startW: Float64Array | null, how: PassOptions = {}): StartedRun {
  return startedRun(run, wholeRun(run, { ...how, startW }), null, startW);
}

function selfConsistent(run: Run, how: PassOptions, guess: SteadyLoad | null): StartedRun {
  const resistance = steadyResistance(run.plant.model!);
  let startW = guess && guessedPower(run.plant, guess, resistance);
  // A guess is as near as windows lead.
  const windowS = startW ? null : representativeS(run);
  let fixedPoint = new FixedPoint(guess?.slope);
  let wholeRuns = 0;
  let window = windowS !== null;
  const jumps = new JumpSearch();
  for (let iterations = 1; ; iterations++) {
    how.onPass?.(iterations);
    const whole = window ? null : wholeRun(run, { ...how, startW });
    const loop = whole?.work ?? runLoop(run, { ...how, startW, mostS: windowS! });
    if (whole) wholeRuns++;
    const swings = wholeRuns > WHOLE_RUNS_BEFORE_CYCLES;
    const cycle = swings ? limitCycle(loop.recorder.trace(), loop.simulatedS, loop.completed) : null;
    const meanW = cycle?.meanW ?? loop.meanW;
    let residualK = startW === null ? Number.POSITIVE_INFINITY : largestRise(resistance, meanW, startW);
    const pass: Pass | null = whole && startW !== null ? { startW, meanW } : null;
    if (pass) residualK = Math.min(residualK, residualAtJump(jumps, pass, resistance));
    const converged = residualK <= TOLERANCE_K;
    if (whole && (converged || iterations >= MOST_ITERATIONS || wholeRuns === MOST_WHOLE_RUNS)) {
      const found: StartReport = { mode: 'self-consistent', iterations, residualK, converged };
      const start = cycle === null ? found : { ...found, cycleS: cycle.lengthS };
      return startedRun(run, whole, start, startW, fixedPoint.slope);
    }
    if (window && (converged || iterations === MOST_WINDOWS)) {
      // Whole runs start where the windows ended, and forget what they bracketed: their mean power may lie outside. They
      // begin with the slope of the windows.
      window = false;
      fixedPoint = new FixedPoint(fixedPoint.learned);
      continue;
    }
    if (pass && swings) {
      startW = jumps.next(pass);
      continue;
    }
    // Frozen leakage is part of the power like any other.
    const wantedW = how.leakageK ? loop.meanW : steadyPower(run.plant, loadOf(run.plant, loop)!, resistance);
    startW = startW === null ? wantedW : fixedPoint.next(startW, wantedW);
  }
}

/**
 * The residual of the mean of the starts on both sides of a jump, K, after a further pass; infinite until they are close enough to be one
 * start.
 */
function residualAtJump(jumps: JumpSearch, pass: Pass, resistance: Float64Array): number {
  jumps.note(pass);
  const { sides } = jumps;
  if (!sides || largestRise(resistance, sides.low.startW, sides.high.startW) > TOLERANCE_K)
    return Number.POSITIVE_INFINITY;
  return largestRise(resistance, sides.mean.meanW, sides.mean.startW);
}

/**
 * Length in s of a window that represents the run: all phases once, if there are phases. Null if the run is hardly longer, or if its
 * arrivals are uneven.
 */
function representativeS({ experiment, plant, programs, releases }: Run): number | null {
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
  const fastestS = pipelines.inference(domains.map(({ points }) => points.length - 1)).totalS;
  const runS = Math.min(releases.endS, releases.count * Math.max(periodS ?? 0, fastestS));
  return runS > 1.5 * windowS && schedules.length > 0 ? windowS : null;
}

/** Largest difference between the steady temperatures of two sets of block powers, K. */
function largestRise(resistance: Float64Array, a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let largest = 0;
  for (let u = 0; u < n; u++) {
    let rise = 0;
    for (let v = 0; v < n; v++) rise += resistance[u * n + v] * (a[v] - b[v]);
    largest = Math.max(largest, Math.abs(rise));
  }
  return largest;
}

/** Block powers of inferences back to back at the fastest points, in their own steady state. */
function fastestPower({ plant, programs }: Run): Float64Array {
  const { domains, componentDomain, blocks, places, idleClocks, waitingF } = plant;
  const { arrays, pipelines } = programs;
  const point = domains.map(({ points }) => points.length - 1);
  const { totalS, busyS } = pipelines.inference(point);
  const voltageV = voltagesAt(domains, point);
  const constantW = new Float64Array(blocks.length);
  for (const { energy, energyAt, total } of arrays) {
    energy.columns.forEach((column, k) => {
      if (column.block < 0) return;
      constantW[column.block] += columnJ(column, total[energyAt + k], componentDomain, voltageV) / totalS;
    });
  }
  for (const { array, domain, components } of idleClocks) {
    const { frequencyHz } = domains[domain].points[point[domain]];
    const waitingS = totalS - busyS[array * domains.length + domain];
    for (const c of components) {
      const powerW = expectedIdleJ(waitingF[c] * frequencyHz * waitingS, voltageV[domain]) / totalS;
      for (const block of places[c].blocks) constantW[block] += powerW / places[c].blocks.length;
    }
  }
  const leakingV = Float64Array.from(plant.leakageGroups.domain, (d) =>
    leakageVoltage(voltageV[d], plant.design.leakage.slopePerV),
  );
  return steadyPower(plant, { constantW, leakingV });
}
