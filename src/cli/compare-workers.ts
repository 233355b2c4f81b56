import { existsSync } from 'node:fs';
import { type Files, readReference, relativeTo } from '../base/files.ts';
import { parseOverride } from '../base/overrides.ts';
import { policyModules, policyOverride } from '../cosim/index.ts';
import { workerPool } from '../node/index.ts';
import { frameOf, type PolicyKind, placeOf } from '../policy/index.ts';
import { EXPERIMENT_POLICY, type Executor, type Job, Lab, type Outcome } from '../study/compare/index.ts';
import type { CommandFiles } from './files.ts';
import { kindsWith } from './policy-modules.ts';
import { outsideOfCalls, TOO_LARGE, UNDECIDED } from './policy-worker.ts';
import type { Progress } from './progress.ts';
import { StageShares } from './stage-shares.ts';

/** The bundled kinds of policies with those of modules, and the modules' paths. */
export interface KindsOfPolicies {
  readonly kinds: readonly PolicyKind[];
  readonly modules: readonly string[];
}

/** Threads, the kinds of policies that they know, and a receiver of progress. */
interface Settings {
  readonly workers?: number | undefined;
  readonly kinds: KindsOfPolicies;
  readonly onProgress: Progress['update'];
}

/**
 * Runs `doing` with threads and the user's cache. One worker is this thread. Each thread loads the modules among the policies for itself,
 * under the eyes of the same watchdog.
 */
export async function withWorkers<T>(
  { files, cache }: CommandFiles,
  { workers, kinds: { kinds, modules }, onProgress }: Settings,
  doing: (execute: Executor) => Promise<T>,
): Promise<T> {
  const shares = new StageShares(onProgress);
  const onShare = (index: number, share: number): void => shares.note(index, share);
  const onDone = (index: number): void => shares.end(index);
  // From the sources, as in tests, there is no script for threads.
  const script = workerScript();
  const guarded = modules.length > 0 ? await guardedThreads(modules, files) : undefined;
  // A library's user may have loaded modules himself; they are in this thread alone. A guarded thread can be ended, this one cannot.
  const isHere = (workers === 1 && !guarded) || guarded === null || !existsSync(script);
  const lab = isHere ? new Lab(files, cache, kinds) : null;
  const onNote = (note: unknown): void => cache.put(...(note as [string, Float64Array[]]));
  const pool = lab ? null : workerPool<Job, Outcome>(script, { workers, onDone, onShare, onNote, ...guarded?.options });
  const release = pool && guarded?.watch((n, error) => pool.stop(n, error));
  const here = (job: Job, n: number): Outcome => {
    const outcome = lab!.run(job, (share) => onShare(n, share));
    onDone(n);
    return outcome;
  };
  try {
    return await doing(async (jobs, stage) => {
      shares.begin(jobs, stage);
      return pool ? pool.run(jobs) : jobs.map(here);
    });
  } finally {
    release?.();
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

/** The threads of a worker that loads modules, and who looks after them; null in a program of one's own. */
async function guardedThreads(modules: readonly string[], files: Files) {
  const { settingsOfThreads, watchThreads, endCall } = await import('./policy-guard.ts');
  const settings = settingsOfThreads(modules);
  if (settings === null) return null;
  const lost = ({ policy }: Job, error: Error, n: number): Outcome | undefined => {
    endCall(n);
    const late = lateFault(modules, files, error);
    if (late !== null) return { kind: 'failed', code: 'policy-failed', message: late };
    const what = isOutOfMemory(error) ? TOO_LARGE : error.message;
    if (what !== UNDECIDED && !isOutOfMemory(error)) return undefined;
    return { kind: 'failed', code: 'policy-failed', message: `${namesOf(policy, modules, files)} ${what}` };
  };
  return {
    options: { settings, lost },
    watch: (stop: (n: number, error: Error) => void) => watchThreads((n) => stop(n, new Error(UNDECIDED))),
  };
}

/** The fault of a promise that failed, if its stack leads to a module. */
function lateFault(modules: readonly string[], files: Files, error: Error): string | null {
  for (const file of modules) {
    const span = frameOf(error, { file, text: files.read(file) ?? '' });
    if (span) return `policy module ${file} (${file}:${span.line}:${span.column}) ${outsideOfCalls(error)}`;
  }
  return null;
}

/** The module of a policy with the place of its function; all modules if the policy is a file that names some. */
function namesOf(policy: string, modules: readonly string[], files: Files): string {
  const file = modules.length === 1 ? modules[0] : modules.find((module) => module === relativeTo('', policy));
  if (file === undefined) return `one of the policy modules ${modules.join(', ')}`;
  const text = files.read(file);
  const { line, column } = placeOf({ file, text: text ?? '' }, /\bdecide\b/);
  return `policy module ${file} (${file}:${line}:${column})`;
}

function isOutOfMemory(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** The script of a thread: beside this file in the bundle, else among the commands. */
function workerScript(): URL {
  const beside = new URL('./compare-worker.js', import.meta.url);
  return existsSync(beside) ? beside : new URL('./commands/compare-worker.js', import.meta.url);
}
