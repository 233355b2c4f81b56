import { leakageVoltage, leakageW } from '../../design/power/index.ts';
import type { PointByDomain, WorkModel } from '../../policy/index.ts';
import { columnJ, expectedWaitingJ, voltagesAt } from '../loop/energy-at.ts';
import { backgroundAt, idleShares, wakingOf } from '../states/idle-costs.ts';
import type { Plant } from './plant.ts';
import { dramBytes, type Programs } from './programs.ts';

/** The facts about the work that policies may know before it runs. */
export function workModel(plant: Plant, programs: Programs): WorkModel {
  const { domains } = plant;
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
      const { clock, leakage } = idleShares(domains, idle);
      const waitingHz = (_: number, d: number): number => domains[d].points[point[d]].frequencyHz * clock[d];
      const voltageV = voltagesAt(domains, point);
      const waitingW = expectedWaitingJ(plant, voltageV, waitingHz);
      return waitingW + leakageAt(plant, voltageV, temperatureK, leakage) + backgroundAt(plant, point, leakage);
    },
    wake: (idle) => wakingOf(plant, idle),
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
    dramBytesPerS: spec.dram.points[spec.dram.points.length - 1].bytesPerS,
    arrayDomains,
    memoryDomains: [...padDomains].filter((domain) => !arrayDomains.includes(domain)),
  };
}

/** J of one inference at held points and temperature. */
function inferenceJ(plant: Plant, programs: Programs, point: readonly number[], temperatureK: number): number {
  const { domains, componentDomain } = plant;
  const { arrays, pipelines } = programs;
  const backgroundW = backgroundAt(plant, point);
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
  const { domains, componentDomain } = plant;
  const { arrays, pipelines } = programs;
  const backgroundW = backgroundAt(plant, point);
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

/** Leakage in W, of which each domain keeps a share; all of it without shares. */
function leakageAt(
  { design, leakage, componentDomain }: Plant,
  voltageV: Float64Array,
  temperatureK: number,
  shares?: Float64Array,
): number {
  const { slopePerV } = design.leakage;
  // A share of all is taken of the sum: the choices of policies must not depend on how it is rounded.
  const common = shares?.every((share, d) => share === shares[0] || d === design.spec.dramDomain) ? shares[0] : null;
  const sumW = leakage.reduce((sum, source) => {
    const d = componentDomain[source.component];
    const powerW = leakageW(source, leakageVoltage(voltageV[d], slopePerV), temperatureK);
    return sum + (shares && common === null ? shares[d] * powerW : powerW);
  }, 0);
  return common === null ? sumW : common * sumW;
}
