import { existsSync } from 'node:fs';
import { workerPool } from '../node/index.ts';
import { type Executor, type Job, Lab, type Outcome } from '../study/compare/index.ts';
import type { CommandFiles } from './files.ts';
import { progressLine } from './progress.ts';

/** Runs `doing` with threads, a line of progress and the user's cache. One worker is this thread. */
export async function withWorkers<T>(
  { files, cache }: CommandFiles,
  workers: number | undefined,
  doing: (execute: Executor) => Promise<T>,
): Promise<T> {
  const progress = progressLine();
  const from = Date.now();
  let all = 0;
  let done = 0;
  const onDone = (): void => {
    done++;
    const leftS = ((Date.now() - from) / 1000 / done) * (all - done);
    progress.update(`${done} of ${all} runs, about ${Math.ceil(leftS)} s left`);
  };
  // From the sources, as in tests, there is no script for threads.
  const script = workerScript();
  const lab = workers === 1 || !existsSync(script) ? new Lab(files, cache) : null;
  const onNote = (note: unknown): void => cache.put(...(note as [string, Float64Array[]]));
  const pool = lab ? null : workerPool<Job, Outcome>(script, { workers, onDone, onNote });
  const here = (job: Job): Outcome => {
    const outcome = lab!.run(job);
    onDone();
    return outcome;
  };
  try {
    return await doing(async (jobs) => {
      all += jobs.length;
      return pool ? pool.run(jobs) : jobs.map(here);
    });
  } finally {
    progress.done();
    await pool?.close();
  }
}

/** The script of a thread: beside this file in the bundle, else among the commands. */
function workerScript(): URL {
  const beside = new URL('./compare-worker.js', import.meta.url);
  return existsSync(beside) ? beside : new URL('./commands/compare-worker.js', import.meta.url);
}
