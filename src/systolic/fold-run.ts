import type { FoldKind } from './fold-kind.ts';
import type { FoldTraffic } from './memory/accounting.ts';

/** `count` equal folds in a row, with the traffic of one of them. */
export interface FoldRun extends FoldTraffic {
  readonly kind: FoldKind;
  count: number;
}

/** Appends a run, or lengthens the last one if their folds are equal; the list owns its runs. */
export function appendRun(runs: FoldRun[], run: FoldRun): void {
  const last = runs[runs.length - 1];
  if (last && sameFold(last, run)) last.count += run.count;
  else runs.push(run);
}

/** Appends a list of runs `times` times in a row. */
export function repeatRuns(runs: FoldRun[], list: readonly FoldRun[], times: number): void {
  for (let i = 0; i < times; i++) for (const run of list) appendRun(runs, { ...run });
}

function sameFold(a: FoldRun, b: FoldRun): boolean {
  return (
    a.kind === b.kind &&
    a.prefetchIfmap === b.prefetchIfmap &&
    a.prefetchFilter === b.prefetchFilter &&
    a.streamIfmap === b.streamIfmap &&
    a.streamFilter === b.streamFilter &&
    a.outAfter === b.outAfter &&
    a.outDuring === b.outDuring &&
    a.psumOut === b.psumOut &&
    a.psumIn === b.psumIn &&
    a.keptIfmap === b.keptIfmap
  );
}
