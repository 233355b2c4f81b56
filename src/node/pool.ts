import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { type Diagnostic, InputError } from '../base/errors.ts';

/** A message to a worker: a job, with its number. */
export interface Assignment<Job> {
  readonly index: number;
  readonly job: Job;
}

/** A message from a worker: the outcome of a job, how much of it is done, or something it found on the way. */
export type Report<Outcome> =
  | { readonly kind: 'done'; readonly index: number; readonly outcome: Outcome }
  | { readonly kind: 'note'; readonly note: unknown }
  | { readonly kind: 'share'; readonly index: number; readonly share: number }
  /** Wrong input, after which it takes no jobs. */
  | { readonly kind: 'failed'; readonly diagnostics: readonly Diagnostic[] };

export interface Pool<Job, Outcome> {
  /** The outcomes of the jobs, in the order of the jobs. Rejects with the first error that a worker throws. */
  run(jobs: readonly Job[]): Promise<Outcome[]>;
  /** Ends the n-th thread, as if it had died of this error. Another one takes its place if there are more jobs. */
  stop(n: number, error: Error): void;
  close(): Promise<void>;
}

export interface PoolOptions<Job, Outcome> {
  /** Threads; by default as many as the machine runs at once. */
  readonly workers?: number | undefined;
  /** Is called after each outcome; `index` counts in the jobs of a run. */
  readonly onDone?: (index: number) => void;
  /** Receives the part of a job that is done. */
  readonly onShare?: (index: number, share: number) => void;
  /** Receives the notes of workers. */
  readonly onNote?: (note: unknown) => void;
  /** How the n-th thread starts, from 0 on. */
  readonly settings?: (n: number) => WorkerOptions;
  /** The outcome of a job whose thread died of an error; undefined if the error is that of all jobs. */
  readonly lost?: (job: Job, error: Error, n: number) => Outcome | undefined;
}

/**
 * Threads that run a script. Each takes the next job as soon as it has finished one, so that long jobs do not hold up
 * others. Threads start when there is work for them.
 */
export function workerPool<Job, Outcome>(script: URL, options: PoolOptions<Job, Outcome> = {}): Pool<Job, Outcome> {
  const most = options.workers ?? availableParallelism();
  const workers: (Worker | undefined)[] = [];
  const stops: ((error: Error) => void)[] = [];
  const runAll = (jobs: readonly Job[]): Promise<Outcome[]> =>
    new Promise((resolve, reject) => {
      const outcomes: Outcome[] = new Array(jobs.length);
      let next = 0;
      let done = 0;
      const finish = (index: number, outcome: Outcome): void => {
        outcomes[index] = outcome;
        done++;
        options.onDone?.(index);
        if (done === jobs.length) resolve(outcomes);
      };
      const serve = (n: number): void => {
        const worker = workers[n] ?? new Worker(script, options.settings?.(n));
        workers[n] = worker;
        let index = -1;
        const assign = (): void => {
          index = next < jobs.length ? next++ : -1;
          if (index >= 0) worker.postMessage({ index, job: jobs[index] } satisfies Assignment<Job>);
        };
        const lose = (error: Error): void => {
          workers[n] = undefined;
          // An error that comes while it ends has no one to tell.
          worker.removeAllListeners().on('error', () => {});
          void worker.terminate();
          const outcome = index < 0 ? undefined : options.lost?.(jobs[index], error, n);
          if (outcome === undefined) {
            reject(error);
            return;
          }
          finish(index, outcome);
          if (next < jobs.length) serve(n);
        };
        stops[n] = lose;
        worker.removeAllListeners('message').removeAllListeners('error').on('error', lose);
        worker.on('message', (report: Report<Outcome>) => {
          if (report.kind === 'failed') reject(new InputError(report.diagnostics));
          else if (report.kind === 'note') options.onNote?.(report.note);
          else if (report.kind === 'share') options.onShare?.(report.index, report.share);
          else {
            finish(report.index, report.outcome);
            assign();
          }
        });
        assign();
      };
      if (jobs.length === 0) resolve(outcomes);
      for (let n = 0; n < Math.min(most, jobs.length); n++) serve(n);
    });
  return {
    run: runAll,
    stop: (n, error) => stops[n]?.(error),
    async close() {
      await Promise.all(workers.map((worker) => worker?.terminate()));
    },
  };
}
