/** A thread of `isotherm compare`: runs the jobs it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { type Assignment, fileCache, nodeFiles, type Report } from '../../node/index.ts';
import { type Job, Lab, type Outcome } from '../../study/compare/index.ts';
import type { ResultCache } from '../../thermal/index.ts';

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

const lab = new Lab(nodeFiles, sharedCache());
parentPort?.on('message', ({ index, job }: Assignment<Job>) => {
  send({ kind: 'done', index, outcome: lab.run(job) });
});
