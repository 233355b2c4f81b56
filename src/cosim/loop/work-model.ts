import { leakageW } from '../../design/power/index.ts';
import type { OperatingPoints, WorkModel } from '../../policy/index.ts';
import type { Plant } from './plant.ts';
import { dramBytes, type Programs } from './programs.ts';
import { GATED_RESIDUE } from './rails.ts';

/** What policies may know of the work before it runs. */
export function workModel(plant: Plant, programs: Programs): WorkModel {
  const { domains, backgroundW } = plant;
  const { steps, schedules, pipelines } = programs;
  const { spec } = plant.design;
  const tuple = (points: OperatingPoints): number[] => domains.map(({ name }) => points[name]);
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
      return waitingJ(plant, point, waitingHz) + residue * leakageAt(plant, point, temperatureK) + backgroundW;
    },
    layers: schedules.map(({ layer, cycles, counts }, l) => ({
      name: layer.name,
      cycles,
      dramBytes: dramBytes(counts),
      timeS: (points) => {
        const { stepS } = pipelines.inference(tuple(points));
        return steps.reduce((sum, step, i) => (step.layer === l ? sum + stepS[i] : sum), 0);
      },
    })),
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
  let dynamic = 0;
  for (const { energy, energyAt, total } of arrays) {
    energy.columns.forEach(({ component, scalesWithVoltage }, k) => {
      const d = componentDomain[component];
      const v = scalesWithVoltage ? domains[d].points[point[d]].voltageV : 1;
      dynamic += total[energyAt + k] * v * v;
    });
  }
  const waitingCycles = (a: number, d: number): number =>
    (totalS - busyS[a * domains.length + d]) * domains[d].points[point[d]].frequencyHz;
  const leakage = leakageAt(plant, point, temperatureK);
  return dynamic + waitingJ(plant, point, waitingCycles) + (leakage + backgroundW) * totalS;
}

/** J of the cycles in which each array's domains wait (or W, of cycles a second). */
function waitingJ(plant: Plant, point: readonly number[], cycles: (array: number, domain: number) => number): number {
  let sum = 0;
  for (const { array, domain, farad } of plant.waiters) {
    sum += farad * cycles(array, domain) * plant.domains[domain].points[point[domain]].voltageV ** 2;
  }
  return sum;
}

function leakageAt(
  { leakage, componentDomain, domains }: Plant,
  point: readonly number[],
  temperatureK: number,
): number {
  return leakage.reduce((sum, source) => {
    const d = componentDomain[source.component];
    return sum + leakageW(source, domains[d].points[point[d]].voltageV, temperatureK);
  }, 0);
}
