import type { Experiment, PreparedPlant, RunResult } from '../../cosim/index.ts';
import type { Executor, Job } from './jobs.ts';
import { factsOf, outcomeOf, workOf } from './row-job.ts';

/**
 * An executor that knows a run already: the first row that looks for its own start is that run, if it did the same work in the same
 * window. If it only went on for another time, the row takes its start. `run` must be the result of the row's experiment on the plant.
 */
export function executorKnowing(
  execute: Executor,
  prepared: PreparedPlant,
  experiment: Experiment,
  run: RunResult,
): Executor {
  const work = workOf(prepared, experiment);
  const isSameWork = run.inferences.completed === work.count && run.start?.converged !== false;
  let isUsed = !isSameWork;
  return async (jobs, stage) => {
    const at = isUsed ? -1 : jobs.findIndex(isOwnRow);
    if (at < 0) return execute(jobs, stage);
    isUsed = true;
    if (work.windowS !== null && run.simulatedS !== work.windowS) {
      const startW = run.startW && Array.from(run.startW);
      return execute(
        jobs.map((job, i): Job => (i === at ? { ...job, startW } : job) as Job),
        stage,
      );
    }
    const others = await execute(
      jobs.filter((_, i) => i !== at),
      stage,
    );
    return [...others.slice(0, at), outcomeOf(prepared, factsOf(prepared, work), run), ...others.slice(at)];
  };
}

function isOwnRow(job: Job): boolean {
  return job.kind === 'row' && job.startW === undefined && job.windowS === undefined && job.factors === undefined;
}
