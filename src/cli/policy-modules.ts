import { type Files, readText } from '../base/files.ts';
import { loadPolicyModule } from '../node/index.ts';
import { POLICY_KINDS, type PolicyKind } from '../policy/index.ts';
import { NeedsWorker } from './run-status.ts';

/**
 * The bundled kinds of policies and those of `modules`. In the main thread a command with modules
 * ends here, with NeedsWorker, and starts again in a worker. Errors: those of `loadPolicyModule`.
 */
export async function kindsWith(modules: readonly string[], files: Files): Promise<readonly PolicyKind[]> {
  if (modules.length === 0) return POLICY_KINDS;
  const { isPolicyWorker, workerGuards } = await import('./policy-guard.ts');
  if (!isPolicyWorker()) throw new NeedsWorker(modules.map((path) => readText(files, path, 'a policy module')));
  const guardOf = workerGuards();
  const kinds: PolicyKind[] = [...POLICY_KINDS];
  for (const [n, path] of modules.entries()) kinds.push(await loadPolicyModule(files, path, guardOf(n)));
  return kinds;
}

/** Waits for the promises that calls of `modules` have left behind, so that one that fails does so before a result is shown. */
export async function afterCalls(modules: readonly string[]): Promise<void> {
  if (modules.length === 0) return;
  const { restOfPromises } = await import('./policy-guard.ts');
  await restOfPromises();
}
