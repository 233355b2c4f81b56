import {
  type Experiment,
  type FixedWork,
  type LayerCosts,
  layerCosts,
  type PreparedPlant,
  settingsOf,
} from '../../cosim/index.ts';
import { sharedCandidates } from '../../policy/index.ts';
import {
  bestSchedule,
  type Change,
  type Rest,
  repeatedSchedule,
  type Schedule,
  type ScheduleProblem,
  TIME_ROUNDING,
} from '../oracle/index.ts';
import { boundOf, type ThermalBounds, thermalBoundsOf } from './bounds.ts';
import type { OracleJob, OracleOutcome, OracleSchedule } from './jobs.ts';
import { type Resting, restingStates } from './resting.ts';
import { workOf } from './row-job.ts';
import { scheduleFile } from './schedule-file.ts';

/** Most settings of the domains. With several arrays each takes long to time. */
const MOST_SETTINGS = 64;
const MOST_SETTINGS_OF_ARRAYS = 16;
/** Most settings among which all changes are costed. */
const MOST_CHANGED = 32;

const WAITING =
  'the deadline is longer than the time between releases: the oracle ignores that inferences wait for each other, and is the bound where that is higher';

/** Oracle and bounds of a cell (docs/methods/oracle.md). Without a deadline there is no oracle. */
export function oracleOf(prepared: PreparedPlant, experiment: Experiment, job: OracleJob): OracleOutcome {
  const work = workOf(prepared, experiment);
  const { deadlineS } = experiment.spec;
  const remarks: string[] = [];
  const thermal = job.freeOnly ? null : thermalOf(prepared, experiment, work, job, remarks);
  const none = { kind: 'oracle', free: null, charged: null, boundJ: null, thermal, leastDeadlineS: null } as const;
  if (deadlineS === null || work.windowS === null) {
    return { ...none, remarks: ['no deadline: no oracle and no bound', ...remarks] };
  }
  const boundJ = job.freeOnly ? null : boundOf(prepared, work, deadlineS, work.windowS);
  const settings = allSettings(prepared, remarks);
  const costs = layerCosts(prepared, settings, Float64Array.from(job.temperatureK), 'asleep');
  if (hasUnneeded(prepared)) {
    remarks.push('the oracles switch off PEs that a layer does not use and arrays that wait, and wake them for free');
  }
  if (prepared.programs.arrays.length > 1) {
    remarks.push('an array that wakes late at a barrier leaves the DRAM to the others: the oracles do not weigh that');
  }
  const resting = restingStates(prepared.plant.domains);
  const problem = problemOf(costs, resting, work, deadlineS, work.windowS);
  const mayWait = work.gapsS !== null && deadlineS > work.gapsS[0] * (1 + 1e-9);
  if (mayWait) remarks.push(WAITING);
  const leastDeadlineS = leastDeadline(costs);
  const free = deadlineS < leastDeadlineS * (1 - TIME_ROUNDING) ? null : bestSchedule(problem);
  if (free?.kind !== 'schedule') {
    const text = `no schedule meets the deadline; the least is ${leastDeadlineS.toPrecision(4)} s`;
    return { ...none, leastDeadlineS, remarks: [...remarks, text] };
  }
  const withChanges = job.freeOnly ? null : chargedProblem(costs, resting, problem, work, remarks);
  const charged = withChanges && repeatedSchedule(withChanges, work.count);
  const outcomeOf = (schedule: Schedule, energyJ: number, isFree: boolean): OracleSchedule => ({
    energyJ: mayWait ? Math.max(energyJ, boundJ ?? 0) : energyJ,
    lowerBoundJ: Math.min(energyJ, schedule.lowerBoundJ * work.count),
    transitions: schedule.transitions,
    ...layersOf(costs, schedule, isFree),
    clocks: Array.from(schedule.pointOf, (k) => clocksOf(prepared, settings[k])),
    restJ: schedule.rest.energyJ + schedule.rest.powerW * (work.windowS! / work.count - schedule.timeS),
    policyFile: scheduleFile(
      prepared,
      settings,
      schedule,
      isFree ? 'oracle' : 'oracle-with-transitions',
      'the oracle',
      unneededLines(prepared),
    ),
  });
  const withFree = outcomeOf(free, free.energyJ * work.count, true);
  const withCharged = charged && outcomeOf(charged.schedule, charged.energyJ, false);
  return {
    kind: 'oracle',
    free: withCharged ? cheaperOf(withFree, withCharged) : withFree,
    charged: withCharged,
    boundJ,
    thermal,
    leastDeadlineS: null,
    remarks,
  };
}

/**
 * While the voltage rises, work goes on at the old point: a change splits a layer, which no schedule of free changes does. Such a schedule
 * counts among those of the oracle.
 */
function cheaperOf(free: OracleSchedule, charged: OracleSchedule): OracleSchedule {
  const lowerBoundJ = Math.min(free.lowerBoundJ, charged.lowerBoundJ);
  return charged.energyJ < free.energyJ ? { ...charged, lowerBoundJ } : free;
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

/** The bounds under the temperature limit, for rows with starts of their own. */
function thermalOf(
  prepared: PreparedPlant,
  { spec: { limitK, deadlineS, start } }: Experiment,
  work: FixedWork,
  { hasOwnStarts, windowS }: OracleJob,
  remarks: string[],
): ThermalBounds | null {
  if (limitK === null) return null;
  if (!hasOwnStarts || start !== 'self-consistent') {
    remarks.push('no bound under the temperature limit: it holds for rows that start from their own steady state');
    return null;
  }
  const found = thermalBoundsOf(prepared, work, limitK, deadlineS, work.windowS ?? windowS);
  if (typeof found === 'string') {
    remarks.push(found);
    return null;
  }
  if (found.energyJ === null) {
    remarks.push(`no policy keeps the temperature limit${deadlineS === null ? '' : ' and the deadline'} for long`);
  }
  return found;
}

function allSettings({ plant, programs }: PreparedPlant, remarks: string[]): Int32Array[] {
  const { domains } = plant;
  const most = programs.arrays.length > 1 ? MOST_SETTINGS_OF_ARRAYS : MOST_SETTINGS;
  const all = settingsOf(domains, most);
  if (all) return all;
  remarks.push('too many settings of the domains: the oracle moves all domains together, and a policy may beat it');
  return sharedCandidates(domains).map((points) => Int32Array.from(domains, ({ name }) => points[name]));
}

/** Whether something can be switched off while an inference runs. */
function hasUnneeded({ plant: { design }, programs: { arrays } }: PreparedPlant): boolean {
  return design.spec.unusedPes !== null || arrays.length > 1;
}

/** An array that waits has no clock, which costs nothing to wake; unused PEs are off. */
function unneededLines({ plant: { design }, programs: { arrays } }: PreparedPlant): string[] {
  return [
    ...(arrays.length > 1 ? ['  barrier: clock-gated'] : []),
    ...(design.spec.unusedPes ? ['  unused_pes: off'] : []),
  ];
}

/** The problem without the cost of changes. After the last layer the rails are off. */
function problemOf(
  costs: LayerCosts,
  resting: readonly Resting[],
  { count }: FixedWork,
  deadlineS: number,
  windowS: number,
): ScheduleProblem {
  const points = costs.settings.length;
  const offW = costs.settings.map((_, k) => Math.min(...resting.map(({ states }) => costs.idleW(k, states))));
  return {
    layers: costs.layers,
    points,
    timeS: costs.timeS,
    energyJ: costs.energyJ,
    changes: null,
    starts: Array.from({ length: points }, (_, k) => k),
    rests: [{ point: 0, to: 0, delayS: 0, energyJ: 0, powerW: Math.min(...offW), name: 'gated' }],
    deadlineS,
    windowS: windowS / count,
  };
}

/** The problem if changes cost what the loop charges; null if there are too many. */
function chargedProblem(
  costs: LayerCosts,
  resting: readonly Resting[],
  free: ScheduleProblem,
  work: FixedWork,
  remarks: string[],
): ScheduleProblem | null {
  const { points, layers, rests } = free;
  if (points > MOST_CHANGED) {
    remarks.push(`the costs of changes are left out: ${points} settings are more than ${MOST_CHANGED}`);
    return null;
  }
  const pairs = free.starts.flatMap((from) => free.starts.filter((to) => to !== from).map((to) => ({ from, to })));
  const changes: Change[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (const pair of pairs) changes.push({ layer, ...pair, ...costs.change(layer, pair.from, pair.to) });
  }
  // Nothing wakes after the only rest, and one change before it hardly counts for many inferences.
  if (work.lastReleaseS === null) {
    const ways = free.starts.map((k) => ({ ...rests[0], point: k, to: k }));
    return { ...free, changes, rests: ways };
  }
  // A change before a rest has to be over when the next inference begins.
  const spareS = Math.max(0, (work.gapsS?.[1] ?? 0) - free.deadlineS);
  return { ...free, changes, rests: resting.flatMap((one) => restsIn(costs, one, pairs, spareS)) };
}

/** Waking is charged, at the point where it rests. `spareS` is the time from the deadline to the next inference. */
function restsIn(
  costs: LayerCosts,
  { states, name }: Resting,
  pairs: readonly { readonly from: number; readonly to: number }[],
  spareS: number,
): Rest[] {
  const stay = costs.settings.map((_, point): Rest => {
    const waking = costs.wake(point, states);
    const powerW = costs.idleW(point, states);
    return { ...waking, point, to: point, delayS: waking.wakeS, energyJ: waking.wakeJ, powerW, name };
  });
  const moved = pairs.map(({ from, to }): Rest => {
    const change = costs.restingChange(from, to, states);
    const { delayS, energyJ, powerW } = stay[to];
    const earlierS = Math.max(0, change.timeS - spareS - delayS);
    return {
      ...stay[to],
      point: from,
      delayS: delayS + earlierS,
      energyJ: energyJ + change.energyJ + powerW * earlierS,
    };
  });
  return [...stay, ...moved];
}

/** Energy and time of each layer of a schedule. A change counts in the layer where it begins. */
function layersOf(costs: LayerCosts, { pointOf, start }: Schedule, isFree: boolean) {
  const { layers, settings, timeS, energyJ } = costs;
  const layerJ: number[] = new Array(layers).fill(0);
  const layerS: number[] = new Array(layers).fill(0);
  let last = start;
  for (let layer = 0; layer < layers; ) {
    const point = pointOf[layer];
    const at = layer * settings.length + point;
    if (isFree || point === last) {
      layerJ[layer] = energyJ[at];
      layerS[layer] = timeS[at];
      layer++;
    } else {
      const cost = costs.change(layer, last, point);
      layerJ[layer] = cost.energyJ;
      layerS[layer] = cost.timeS;
      layer = cost.until;
    }
    last = point;
  }
  return { layerJ, layerS };
}

/** `600 MHz`, or `array 600 MHz, memory 350 MHz`. */
function clocksOf({ plant: { domains } }: PreparedPlant, setting: Int32Array): string {
  const megahertz = domains.map(({ points }, d) => `${points[setting[d]].frequencyHz / 1e6} MHz`);
  if (megahertz.every((text) => text === megahertz[0])) return megahertz[0];
  return domains.map(({ name }, d) => `${name} ${megahertz[d]}`).join(', ');
}
