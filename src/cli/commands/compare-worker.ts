/** A thread of `isotherm compare`: runs the jobs it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { InputError } from '../../base/errors.ts';
import { type Assignment, fileCache, nodeFiles, type Report } from '../../node/index.ts';
import type { PolicyKind } from '../../policy/index.ts';
import { type Job, Lab, type Outcome } from '../../study/compare/index.ts';
import type { ResultCache } from '../../thermal/index.ts';
import { afterCalls, kindsWith } from '../policy-modules.ts';

/** Between two reports of a job under way. */
const EVERY_MS = 100;

/** Reads the user's cache. New entries go to the main thread, which alone writes it. */
function sharedCache(): ResultCache {
  const known = new Map<string, readonly Float64Array[]>();
  const files = fileCache();
  return {
    get: (key) => known.get(key) ?? files.get(key),
    put(key, columns) {
      known.set(
        key,
        columns.map((column) => column.slice()),
      );
      send({ kind: 'note', note: [key, columns] });
    },
  };
}

function send(report: Report<Outcome>): void {
  parentPort?.postMessage(report);
}

try {
  const { modulesOfThread } = await import('../policy-guard.ts');
  const modules = modulesOfThread();
  const lab = new Lab(nodeFiles, sharedCache(), await kindsOfThread(modules));
  parentPort?.on('message', async ({ index, job }: Assignment<Job>) => {
    let told = Date.now();
    const onShare = (share: number): void => {
      if (Date.now() - told < EVERY_MS) return;
      told = Date.now();
      send({ kind: 'share', index, share });
    };
    const outcome = lab.run(job, onShare);
    await afterCalls(modules);
    send({ kind: 'done', index, outcome });
  });
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  // The classes of errors do not survive the way to another thread.
  send({ kind: 'failed', diagnostics: error.diagnostics });
}

/** Those of the modules that the comparison names; undefined for the bundled ones alone. */
async function kindsOfThread(modules: readonly string[]): Promise<readonly PolicyKind[] | undefined> {
  return modules.length > 0 ? kindsWith(modules, nodeFiles) : undefined;
}
