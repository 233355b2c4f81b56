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
  const { isPolicyWorker, workerGuard } = await import('./policy-guard.ts');
  if (!isPolicyWorker()) throw new NeedsWorker(modules.map((path) => readText(files, path, 'a policy module')));
  const guard = workerGuard();
  const kinds: PolicyKind[] = [...POLICY_KINDS];
  for (const path of modules) kinds.push(await loadPolicyModule(files, path, guard));
  return kinds;
}
