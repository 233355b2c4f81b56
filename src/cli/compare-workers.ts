import { existsSync } from 'node:fs';
import { type Files, readReference } from '../base/files.ts';
import { parseOverride } from '../base/overrides.ts';
import { policyModules, policyOverride } from '../cosim/index.ts';
import { workerPool } from '../node/index.ts';
import { POLICY_KINDS, type PolicyKind } from '../policy/index.ts';
import { EXPERIMENT_POLICY, type Executor, type Job, Lab, type Outcome } from '../study/compare/index.ts';
import type { CommandFiles } from './files.ts';
import { kindsWith } from './policy-modules.ts';
import { progressLine } from './progress.ts';

/**
 * Runs `doing` with threads, a line of progress and the user's cache. One worker is this thread; so it is with `kinds`, those of
 * modules included, which live in the thread that the watchdog watches.
 */
export async function withWorkers<T>(
  { files, cache }: CommandFiles,
  workers: number | undefined,
  kinds: readonly PolicyKind[],
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
  const isHere = workers === 1 || kinds !== POLICY_KINDS || !existsSync(script);
  const lab = isHere ? new Lab(files, cache, kinds) : null;
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

/** Those of the modules among `policies`, each in place of the experiment's own; `EXPERIMENT_POLICY` stands for that one. */
export function kindsOfPolicies(
  reference: string,
  policies: readonly string[],
  set: readonly string[],
  files: Files,
): Promise<readonly PolicyKind[]> {
  const source = readReference(files, 'experiment', reference, '');
  const overrides = set.map(parseOverride);
  const modules = policies.flatMap((policy) => {
    const own = policy === EXPERIMENT_POLICY ? [] : policyOverride(policy);
    return policyModules(source, [...own, ...overrides]);
  });
  return kindsWith([...new Set(modules)], files);
}

/** The script of a thread: beside this file in the bundle, else among the commands. */
function workerScript(): URL {
  const beside = new URL('./compare-worker.js', import.meta.url);
  return existsSync(beside) ? beside : new URL('./commands/compare-worker.js', import.meta.url);
}
