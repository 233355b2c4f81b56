import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import type { PointByDomain, WorkModel } from '../../policy/index.ts';
import { columnJ, expectedWaitingJ, voltagesAt } from '../loop/energy-at.ts';
import { GATED_RESIDUE } from '../loop/rails.ts';
import type { Plant } from './plant.ts';
import { dramBytes, type Programs } from './programs.ts';

/** The facts about the work that policies may know before it runs. */
export function workModel(plant: Plant, programs: Programs): WorkModel {
  const { domains, backgroundW } = plant;
  const { steps, schedules, pipelines } = programs;
  const { spec } = plant.design;
  const tuple = (points: PointByDomain): number[] => domains.map(({ name }) => points[name]);
  const arrayDomains = [...new Set(spec.arrays.map(({ array }) => array))];
  const padDomains = new Set(spec.arrays.flatMap(({ ifmap, filter, ofmap }) => [ifmap, filter, ofmap]));
  return {
    inferenceS: (points) => pipelines.inference(tuple(points)).totalS,
    inferenceJ: (points, temperatureK) => inferenceJ(plant, programs, tuple(points), temperatureK),
    idleW: (points, temperatureK, idle) => {
      const point = tuple(points);
      const waitingHz = (_: number, d: number): number =>
        idle === 'clocked' ? domains[d].points[point[d]].frequencyHz : 0;
      const residue = idle === 'gated' ? GATED_RESIDUE : 1;
      const voltageV = voltagesAt(domains, point);
      const waitingW = expectedWaitingJ(plant, voltageV, waitingHz);
      return waitingW + residue * leakageAt(plant, voltageV, temperatureK) + backgroundW;
    },
    layers: schedules.map(({ layer, cycles, counts }, l) => {
      const own = steps.flatMap((step, i) => (step.layer === l ? [i] : []));
      return {
        name: layer.name,
        cycles,
        dramBytes: dramBytes(counts),
        timeS: (points) => {
          const { stepS } = pipelines.inference(tuple(points));
          return own.reduce((sum, step) => sum + stepS[step], 0);
        },
        energyJ: (points, temperatureK) => {
          const point = tuple(points);
          return own.reduce((sum, step) => sum + stepJ(plant, programs, point, temperatureK, step), 0);
        },
      };
    }),
    dramBytesPerS: spec.dram.bytesPerS,
    arrayDomains,
    memoryDomains: [...padDomains].filter((domain) => !arrayDomains.includes(domain)),
  };
}

/** J of one inference at held points and temperature. */
function inferenceJ(plant: Plant, programs: Programs, point: readonly number[], temperatureK: number): number {
  const { domains, componentDomain, backgroundW } = plant;
  const { arrays, pipelines } = programs;
  const { totalS, busyS } = pipelines.inference(point);
  const voltageV = voltagesAt(domains, point);
  let dynamic = 0;
  for (const { energy, energyAt, total } of arrays) {
    energy.columns.forEach((column, k) => {
      dynamic += columnJ(column, total[energyAt + k], componentDomain, voltageV);
    });
  }
  const waitingCycles = (a: number, d: number): number =>
    (totalS - busyS[a * domains.length + d]) * domains[d].points[point[d]].frequencyHz;
  const leakage = leakageAt(plant, voltageV, temperatureK);
  return dynamic + expectedWaitingJ(plant, voltageV, waitingCycles) + (leakage + backgroundW) * totalS;
}

/** J of one step of an inference at held points and temperature. */
function stepJ(plant: Plant, programs: Programs, point: readonly number[], temperatureK: number, step: number): number {
  const { domains, componentDomain, backgroundW } = plant;
  const { arrays, pipelines } = programs;
  const { stepS, stepBusyS } = pipelines.inference(point);
  const voltageV = voltagesAt(domains, point);
  let dynamic = 0;
  for (const { energy, energyAt, width, firstRun, columnsAt } of arrays) {
    const [before, after] = [new Float64Array(width), new Float64Array(width)];
    columnsAt({ run: firstRun[step], done: 0 }, before);
    columnsAt({ run: firstRun[step + 1], done: 0 }, after);
    energy.columns.forEach((column, k) => {
      dynamic += columnJ(column, after[energyAt + k] - before[energyAt + k], componentDomain, voltageV);
    });
  }
  const waitingCycles = (a: number, d: number): number =>
    (stepS[step] - stepBusyS[(step * arrays.length + a) * domains.length + d]) *
    domains[d].points[point[d]].frequencyHz;
  const leakage = leakageAt(plant, voltageV, temperatureK);
  return dynamic + expectedWaitingJ(plant, voltageV, waitingCycles) + (leakage + backgroundW) * stepS[step];
}

function leakageAt({ design, leakage, componentDomain }: Plant, voltageV: Float64Array, temperatureK: number): number {
  const { slopePerV } = design.leakage;
  return leakage.reduce((sum, source) => {
    const leakageV = leakageVoltage(voltageV[componentDomain[source.component]], slopePerV);
    return sum + leakageW(source, leakageV, temperatureK);
  }, 0);
}
