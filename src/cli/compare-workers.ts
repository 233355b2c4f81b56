import { existsSync } from 'node:fs';
import { InputError } from '../base/errors.ts';
import { type Files, readReference } from '../base/files.ts';
import { parseOverride } from '../base/overrides.ts';
import { policyModules, policyOverride } from '../cosim/index.ts';
import { workerPool } from '../node/index.ts';
import type { PolicyKind } from '../policy/index.ts';
import { EXPERIMENT_POLICY, type Executor, type Job, Lab, type Outcome } from '../study/compare/index.ts';
import type { CommandFiles } from './files.ts';
import { kindsWith } from './policy-modules.ts';
import { MOST_HEAP_MB } from './policy-worker.ts';
import { progressLine } from './progress.ts';

/** The bundled kinds of policies with those of modules, and the modules' paths. */
export interface KindsOfPolicies {
  readonly kinds: readonly PolicyKind[];
  readonly modules: readonly string[];
}

/**
 * Runs `doing` with threads, a line of progress and the user's cache. One worker is this thread. Each thread loads the modules among the
 * policies for itself, under the eyes of the same watchdog.
 */
export async function withWorkers<T>(
  { files, cache }: CommandFiles,
  workers: number | undefined,
  { kinds, modules }: KindsOfPolicies,
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
  const settings = modules.length > 0 ? (await import('./policy-guard.ts')).settingsOfThreads(modules) : undefined;
  // A library's user may have loaded modules himself; they are in this thread alone.
  const isHere = workers === 1 || settings === null || !existsSync(script);
  const lab = isHere ? new Lab(files, cache, kinds) : null;
  const onNote = (note: unknown): void => cache.put(...(note as [string, Float64Array[]]));
  const explain = (error: Error): Error => (isOutOfMemory(error) ? tooMuchMemory(modules) : error);
  const own = settings ? { settings, explain } : {};
  const pool = lab ? null : workerPool<Job, Outcome>(script, { workers, onDone, onNote, ...own });
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
export async function kindsOfPolicies(
  reference: string,
  policies: readonly string[],
  set: readonly string[],
  files: Files,
): Promise<KindsOfPolicies> {
  const source = readReference(files, 'experiment', reference, '');
  const overrides = set.map(parseOverride);
  const named = policies.flatMap((policy) => {
    const own = policy === EXPERIMENT_POLICY ? [] : policyOverride(policy);
    return policyModules(source, [...own, ...overrides]);
  });
  const modules = [...new Set(named)];
  return { kinds: await kindsWith(modules, files), modules };
}

function isOutOfMemory(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooMuchMemory(modules: readonly string[]): InputError {
  const which =
    modules.length === 1
      ? `policy module ${modules[0]} takes`
      : `one of the policy modules ${modules.join(', ')} takes`;
  return new InputError([
    { code: 'policy-failed', message: `${which} more than ${MOST_HEAP_MB} MB of memory`, expected: 'a decision' },
  ]);
}

/** The script of a thread: beside this file in the bundle, else among the commands. */
function workerScript(): URL {
  const beside = new URL('./compare-worker.js', import.meta.url);
  return existsSync(beside) ? beside : new URL('./commands/compare-worker.js', import.meta.url);
}
