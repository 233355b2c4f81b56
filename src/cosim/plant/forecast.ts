import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import type { PowerForecast } from '../../policy/index.ts';
import { columnJ, idleJ, voltagesAt } from '../loop/energy-at.ts';
import type { Rests } from '../states/rests.ts';
import type { Plant } from './plant.ts';
import type { Programs } from './programs.ts';

/** Predictions are kept for this many layers and settings. */
const MOST_KNOWN = 4096;

/** Time and energy of a layer, or of waiting, at a setting, without leakage. */
interface Known {
  readonly voltageV: Float64Array;
  /** W by domain, then off the die. */
  readonly workW: Float64Array;
}

/** Predicts power at settings of the operating points: the mean of the layer under way, with leakage at given temperatures. */
export class Forecast {
  private readonly plant: Plant;
  private readonly programs: Programs;
  private readonly known = new Map<string, Known>();
  /** Leakage of each domain per volt of `leakageVoltage`, W, and the temperatures for which it was worked out. */
  private readonly wPerVolt: Float64Array;
  private leakingK: ArrayLike<number> | null = null;

  constructor(plant: Plant, programs: Programs) {
    this.plant = plant;
    this.programs = programs;
    this.wPerVolt = new Float64Array(plant.domains.length);
  }

  /**
   * Power in layer `layer` at one operating point per domain; without work if that is -1, in the states of the domains at `timeS`.
   * `temperatureK` holds the readings of the blocks; without any, the die has its constant temperature.
   */
  at(
    layer: number,
    point: ArrayLike<number>,
    temperatureK: ArrayLike<number>,
    rests: Rests,
    timeS: number,
  ): PowerForecast {
    const { domains, design, backgroundW } = this.plant;
    const { dram, dramDomain } = design.spec;
    const { voltageV, workW } = this.of(layer, point);
    const wPerVolt = this.leakage(temperatureK);
    const resting = layer < 0;
    let totalW = workW[domains.length] + (dramDomain < 0 ? backgroundW : 0);
    const byDomainW: Record<string, number> = Object.create(null);
    for (let d = 0; d < domains.length; d++) {
      const leakW = wPerVolt[d] * leakageVoltage(voltageV[d], design.leakage.slopePerV);
      let powerW = workW[d] * (resting ? rests.clock(d, timeS) : 1) + leakW * (resting ? rests.leakage(d, timeS) : 1);
      if (d === dramDomain) powerW += dram.points[point[d]].backgroundW * (resting ? rests.leakage(d, timeS) : 1);
      totalW += powerW;
      byDomainW[domains[d].name] = d === dramDomain ? powerW + workW[domains.length] : powerW;
    }
    return { totalW, byDomainW };
  }

  private of(layer: number, point: ArrayLike<number>): Known {
    const key = `${layer} ${Array.from(point).join()}`;
    let found = this.known.get(key);
    if (!found) {
      found = layer < 0 ? this.waiting(point) : this.working(layer, point);
      if (this.known.size >= MOST_KNOWN) this.known.clear();
      this.known.set(key, found);
    }
    return found;
  }

  private waiting(point: ArrayLike<number>): Known {
    const { domains, idleClocks } = this.plant;
    const voltageV = voltagesAt(domains, point);
    const workW = new Float64Array(domains.length + 1);
    for (const { domain: d, farad } of idleClocks) {
      workW[d] += idleJ(farad, domains[d].points[point[d]].frequencyHz, voltageV[d]);
    }
    return { voltageV, workW };
  }

  private working(layer: number, point: ArrayLike<number>): Known {
    const { domains, idleClocks, componentDomain } = this.plant;
    const { arrays, steps, pipelines } = this.programs;
    const voltageV = voltagesAt(domains, point);
    const workJ = new Float64Array(domains.length + 1);
    const { stepS, stepBusyS } = pipelines.inference(point);
    let timeS = 0;
    steps.forEach((step, s) => {
      if (step.layer !== layer) return;
      timeS += stepS[s];
      arrays.forEach(({ energy, energyAt, width, firstRun, columnsAt }) => {
        const [before, after] = [new Float64Array(width), new Float64Array(width)];
        columnsAt({ run: firstRun[s], done: 0 }, before);
        columnsAt({ run: firstRun[s + 1], done: 0 }, after);
        energy.columns.forEach((column, k) => {
          const value = after[energyAt + k] - before[energyAt + k];
          const d = componentDomain[column.component];
          workJ[d < 0 ? domains.length : d] += columnJ(column, value, componentDomain, voltageV);
        });
      });
      for (const { array, domain: d, farad } of idleClocks) {
        const waitingS = Math.max(0, stepS[s] - stepBusyS[(s * arrays.length + array) * domains.length + d]);
        workJ[d] += idleJ(farad, waitingS * domains[d].points[point[d]].frequencyHz, voltageV[d]);
      }
    });
    return { voltageV, workW: timeS > 0 ? workJ.map((energyJ) => energyJ / timeS) : workJ.fill(0) };
  }

  private leakage(temperatureK: ArrayLike<number>): Float64Array {
    const { wPerVolt, plant, leakingK } = this;
    if (leakingK === temperatureK) return wPerVolt;
    this.leakingK = temperatureK;
    wPerVolt.fill(0);
    for (const source of plant.leakage) {
      const atK = temperatureK.length > 0 ? temperatureK[source.block] : plant.design.spec.dieTemperatureK;
      wPerVolt[plant.componentDomain[source.component]] += leakageW(source, 1, atK);
    }
    return wPerVolt;
  }
}
