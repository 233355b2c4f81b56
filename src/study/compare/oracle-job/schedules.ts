import type { LayerCosts, PreparedPlant } from '../../../cosim/index.ts';
import type { Schedule } from '../../oracle/index.ts';
import type { OracleSchedule } from '../jobs.ts';
import { scheduleFile } from './schedule-file.ts';

/** All inferences of a window. */
interface Work {
  readonly count: number;
  readonly windowS: number;
  /** No schedule takes less than this in the window, J. */
  readonly leastJ: number;
}

/** Schedules of one inference as outcomes of a window. */
export class ScheduleOutcomes {
  private readonly prepared: PreparedPlant;
  private readonly settings: readonly Int32Array[];
  private readonly costs: LayerCosts;
  private readonly work: Work;

  constructor(prepared: PreparedPlant, settings: readonly Int32Array[], costs: LayerCosts, work: Work) {
    this.prepared = prepared;
    this.settings = settings;
    this.costs = costs;
    this.work = work;
  }

  /** A schedule whose changes are free. */
  free(schedule: Schedule): OracleSchedule {
    return this.outcome(schedule, schedule.energyJ * this.work.count, true, 'oracle');
  }

  /** A schedule whose changes are charged. `energyJ`: of the window. */
  charged(schedule: Schedule, energyJ: number): OracleSchedule {
    return this.outcome(schedule, energyJ, false, 'oracle-with-transitions');
  }

  private outcome(schedule: Schedule, energyJ: number, isFree: boolean, name: string): OracleSchedule {
    const { prepared, settings, costs } = this;
    const { count, windowS, leastJ } = this.work;
    const { rest, timeS, transitions, lowerBoundJ } = schedule;
    return {
      energyJ: Math.max(energyJ, leastJ),
      lowerBoundJ: Math.min(energyJ, lowerBoundJ * count),
      transitions,
      ...layersOf(costs, schedule, isFree),
      clocks: Array.from(schedule.pointOf, (k) => clocksOf(prepared, settings[k])),
      restJ: rest.energyJ + rest.powerW * Math.max(0, windowS / count - timeS),
      policyFile: scheduleFile(prepared, settings, schedule, name, 'the oracle', unneededLines(prepared)),
    };
  }
}

/**
 * While the voltage rises, work goes on at the old point: a change splits a layer, which no schedule of free changes does. Such a schedule
 * counts among those of the oracle.
 */
export function cheaperOf(free: OracleSchedule, charged: OracleSchedule): OracleSchedule {
  const lowerBoundJ = Math.min(free.lowerBoundJ, charged.lowerBoundJ);
  return charged.energyJ < free.energyJ ? { ...charged, lowerBoundJ } : free;
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

/** An array that waits has no clock, which costs nothing to wake; unused PEs are off. */
function unneededLines({ plant: { design }, programs: { arrays } }: PreparedPlant): string[] {
  return [
    ...(arrays.length > 1 ? ['  barrier: clock-gated'] : []),
    ...(design.spec.unusedPes ? ['  unused_pes: off'] : []),
  ];
}
