import { fail } from '../base/errors.ts';
import type { Design } from '../design/index.ts';
import { type Workload, workloadMacs } from '../workload/index.ts';
import type { ExperimentSpec } from './experiment-file.ts';
import { MOST_INFERENCES, mostEpochs } from './limits.ts';
import { cycleOf } from './loop/releases.ts';

/**
 * Rejects a run that is too long before any of it is computed. Its length is the requested duration, or at least its
 * periods, its arrivals and its MACs at one per PE and cycle at the fastest clock. Error: `trace-too-long`, at the key
 * that asks for the length.
 */
export function checkExtent(
  { inferences, epochS, document }: ExperimentSpec,
  { spec, die, pes }: Design,
  workload: Workload,
  arrivals: readonly number[] | null,
): void {
  const { periodS, durationS } = inferences;
  const count = Math.min(inferences.count ?? Number.POSITIVE_INFINITY, arrivals?.length ?? Number.POSITIVE_INFINITY);
  const at = (key: string) => document.span(['inferences', key]);
  if (durationS === null && count > MOST_INFERENCES) {
    const expected = `at most ${MOST_INFERENCES}: fewer, or a duration`;
    fail('trace-too-long', `there are ${count} inferences`, { span: at(arrivals ? 'arrivals' : 'count'), expected });
  }
  const blocks = die?.floorplan.blocks.length ?? 1;
  const most = mostEpochs(spec.domains.length, blocks, die !== null);
  const fastestHz = Math.max(...spec.domains.flatMap(({ points }) => points.map(({ frequencyHz }) => frequencyHz)));
  const inferenceS = workloadMacs(workload) / (pes * fastestHz);
  const lastS = arrivals?.[count - 1] ?? 0;
  const cycle = inferences.phases && cycleOf(inferences.phases);
  const meanPeriodS = cycle ? cycle.cycleS / cycle.releases : (periodS ?? 0);
  const leastS = durationS ?? Math.max(count * inferenceS, lastS, count * meanPeriodS);
  if (leastS / epochS <= most) return;
  const key = ['duration', 'arrivals', 'phases', 'period', 'count'].find((name) => isSet(inferences, name));
  const length = Number((leastS / epochS).toPrecision(3));
  fail('trace-too-long', `the run has ${length} epochs of ${epochS} s or more`, {
    span:
      document.value !== null && Object.hasOwn(document.value as object, 'epoch')
        ? document.span(['epoch'])
        : at(key ?? ''),
    expected: `at most ${most}: a longer epoch, or a shorter run`,
  });
}

function isSet({ periodS, phases, arrivals, count, durationS }: ExperimentSpec['inferences'], name: string): boolean {
  const values: Readonly<Record<string, unknown>> = { duration: durationS, arrivals, phases, period: periodS, count };
  return values[name] !== null;
}
