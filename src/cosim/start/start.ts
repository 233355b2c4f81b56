import type { Run } from '../plant/prepared-run.ts';
import type { StartReport, SteadyLoad } from '../result.ts';
import { type PassOptions, type StartedRun, startedRun, wholeRun } from './passes.ts';
import { StartSearch } from './self-consistent.ts';
import { fastestPower } from './steady-power.ts';
import { ONLY_PASS } from './work-done.ts';

export { expectedS, inferenceS, type PassOptions, type StartedRun } from './passes.ts';
export { type PassPlan, WorkDone } from './work-done.ts';

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
  if (mode === 'self-consistent') return new StartSearch(run, how, guess).find();
  const startW = mode === 'steady' ? fastestPower(run) : null;
  const start: StartReport = { mode, iterations: 1, residualK: null, converged: true };
  how.onPass?.(ONLY_PASS);
  return startedRun(run, wholeRun(run, { ...how, startW }), start, startW);
}

/** Runs the loop from the steady state of given block powers in W; from ambient if they are null. */
export function startFrom(run: Run, startW: Float64Array | null, how: PassOptions = {}): StartedRun {
  how.onPass?.(ONLY_PASS);
  return startedRun(run, wholeRun(run, { ...how, startW }), null, startW);
}
