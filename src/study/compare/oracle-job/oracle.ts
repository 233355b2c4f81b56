import { type Experiment, type LayerCosts, layerCosts, type PreparedPlant } from '../../../cosim/index.ts';
import { bestSchedule, repeatedSchedule, TIME_ROUNDING } from '../../oracle/index.ts';
import type { OracleJob, OracleOutcome } from '../jobs.ts';
import { workOf } from '../row-job.ts';
import { boundOf, limitBounds } from './bounds.ts';
import { allSettings, chargedProblem, freeProblem } from './problem.ts';
import { restingStates } from './resting.ts';
import { cheaperOf, ScheduleOutcomes } from './schedules.ts';

const WAITING =
  'the deadline is longer than the time between releases: the oracle ignores that inferences wait for each other, and is the bound where that is higher';

/** Oracle and bounds of a cell (docs/methods/oracle.md). Without a deadline there is no oracle. */
export function oracleOf(prepared: PreparedPlant, experiment: Experiment, job: OracleJob): OracleOutcome {
  const work = workOf(prepared, experiment);
  const { deadlineS } = experiment.spec;
  const remarks: string[] = [];
  const thermal = job.freeOnly ? null : limitBounds(prepared, experiment, work, job, remarks);
  const none = { kind: 'oracle', free: null, charged: null, boundJ: null, thermal, leastDeadlineS: null } as const;
  if (deadlineS === null || work.windowS === null) {
    return { ...none, remarks: ['no deadline: no oracle and no bound', ...remarks] };
  }
  const boundJ = job.freeOnly ? null : boundOf(prepared, work, deadlineS, work.windowS);
  const settings = allSettings(prepared, remarks);
  const costs = layerCosts(prepared, settings, Float64Array.from(job.temperatureK), 'asleep');
  remarks.push(...unweighed(prepared));
  const resting = restingStates(prepared.plant.domains);
  const problem = freeProblem(costs, resting, work, deadlineS, work.windowS);
  const mayWait = work.gapsS !== null && deadlineS > work.gapsS[0] * (1 + 1e-9);
  if (mayWait) remarks.push(WAITING);
  const leastDeadlineS = leastDeadline(costs);
  const free = deadlineS < leastDeadlineS * (1 - TIME_ROUNDING) ? null : bestSchedule(problem);
  if (free?.kind !== 'schedule') {
    const text = `no schedule meets the deadline; the least is ${Number((1e3 * leastDeadlineS).toPrecision(4))} ms`;
    return { ...none, leastDeadlineS, remarks: [...remarks, text] };
  }
  const withChanges = job.freeOnly ? null : chargedProblem(costs, resting, problem, work, remarks);
  const charged = withChanges && repeatedSchedule(withChanges, work.count);
  const outcomes = new ScheduleOutcomes(prepared, settings, costs, {
    count: work.count,
    windowS: work.windowS,
    leastJ: mayWait ? (boundJ ?? 0) : 0,
  });
  const withFree = outcomes.free(free);
  const withCharged = charged && outcomes.charged(charged.schedule, charged.energyJ);
  return {
    ...none,
    free: withCharged ? cheaperOf(withFree, withCharged) : withFree,
    charged: withCharged,
    boundJ,
    remarks,
  };
}

/** The time of an inference at the fastest setting, s. A change of clocks never makes an inference faster (docs/methods/memory-next-use.md). */
function leastDeadline({ layers, settings, timeS }: LayerCosts): number {
  const n = settings.length;
  const times = settings.map((_, k) => {
    let sumS = 0;
    for (let layer = 0; layer < layers; layer++) sumS += timeS[layer * n + k];
    return sumS;
  });
  return Math.min(...times);
}

/** Remarks on the acts of a policy that cost the oracles nothing, or that they do not weigh. */
function unweighed({ plant: { design }, programs: { arrays } }: PreparedPlant): string[] {
  const hasSeveral = arrays.length > 1;
  const hasUnneeded = design.spec.unusedPes !== null || hasSeveral;
  return [
    ...(hasUnneeded
      ? ['the oracles switch off PEs that a layer does not use and arrays that wait, and wake them for free']
      : []),
    ...(hasSeveral
      ? ['an array that wakes late at a barrier leaves the DRAM to the others: the oracles do not weigh that']
      : []),
  ];
}
