import { type FixedWork, type LayerCosts, type PreparedPlant, settingsOf } from '../../../cosim/index.ts';
import { sharedCandidates } from '../../../policy/index.ts';
import type { Change, Rest, ScheduleProblem } from '../../oracle/index.ts';
import type { Resting } from './resting.ts';

/** Most settings of the domains. With several arrays each takes long to time. */
const MOST_SETTINGS = 64;
const MOST_SETTINGS_OF_ARRAYS = 16;
/** Most settings among which all changes are costed. */
const MOST_CHANGED = 32;

/** All settings of the domains, or those that move all domains together. */
export function allSettings({ plant, programs }: PreparedPlant, remarks: string[]): Int32Array[] {
  const { domains } = plant;
  const most = programs.arrays.length > 1 ? MOST_SETTINGS_OF_ARRAYS : MOST_SETTINGS;
  const all = settingsOf(domains, most);
  if (all) return all;
  remarks.push('too many settings of the domains: the oracle moves all domains together, and a policy may beat it');
  return sharedCandidates(domains).map((points) => Int32Array.from(domains, ({ name }) => points[name]));
}

/** The problem without the cost of changes. After the last layer the rails are off. */
export function freeProblem(
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
export function chargedProblem(
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
