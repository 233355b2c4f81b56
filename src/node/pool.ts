import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { type Diagnostic, InputError } from '../base/errors.ts';

/** A message to a worker: a job, with its number. */
export interface Assignment<Job> {
  readonly index: number;
  readonly job: Job;
}

/** A message from a worker: the outcome of a job, or something it found on the way. */
export type Report<Outcome> =
  | { readonly kind: 'done'; readonly index: number; readonly outcome: Outcome }
  | { readonly kind: 'note'; readonly note: unknown }
  /** Wrong input, after which it takes no jobs. */
  | { readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[] };

export interface Pool<Job, Outcome> {
  /** The outcomes of the jobs, in the order of the jobs. Rejects with the first error that a worker throws. */
  run(jobs: readonly Job[]): Promise<Outcome[]>;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Threads; by default as many as the machine runs at once. */
  readonly workers?: number | undefined;
  /** Is called after each outcome. */
  readonly onDone?: () => void;
  /** Receives the notes of workers. */
  readonly onNote?: (note: unknown) => void;
  /** How the n-th thread starts, from 0 on. */
  readonly settings?: (n: number) => WorkerOptions;
  /** The error that the caller gets for one that a thread died of. */
  readonly explain?: (error: Error) => Error;
}

/**
 * Threads that run a script. Each takes the next job as soon as it has finished one, so that long jobs do not hold up
 * others. Threads start when there is work for them.
 */
export function workerPool<Job, Outcome>(script: URL, options: PoolOptions = {}): Pool<Job, Outcome> {
  const most = options.workers ?? availableParallelism();
  const workers: Worker[] = [];
  const runAll = (jobs: readonly Job[]): Promise<Outcome[]> =>
    new Promise((resolve, reject) => {
      const outcomes: Outcome[] = new Array(jobs.length);
      let next = 0;
      let done = 0;
      if (jobs.length === 0) resolve(outcomes);
      while (workers.length < Math.min(most, jobs.length))
        workers.push(new Worker(script, options.settings?.(workers.length)));
      for (const worker of workers) {
        const assign = (): void => {
          if (next < jobs.length) worker.postMessage({ index: next, job: jobs[next++] } satisfies Assignment<Job>);
        };
        worker.removeAllListeners('message').removeAllListeners('error');
        worker.on('error', (error) => reject(options.explain?.(error) ?? error));
        worker.on('message', (report: Report<Outcome>) => {
          if (report.kind === 'failed') {
            reject(new InputError(report.diagnostics));
            return;
          }
          if (report.kind === 'note') {
            options.onNote?.(report.note);
            return;
          }
          outcomes[report.index] = report.outcome;
          done++;
          options.onDone?.();
          if (done === jobs.length) resolve(outcomes);
          else assign();
        });
        assign();
      }
    });
  return {
    run: runAll,
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
