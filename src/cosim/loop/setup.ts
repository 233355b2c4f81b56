import { COUNTER_INDEX, type Counts } from '../../base/counters.ts';
import type { DomainSpec } from '../../design/index.ts';
import { energyColumns, type LeakageSource, leakageW, type Place, waitingCycle } from '../../design/power/index.ts';
import {
  idealSensors,
  type OperatingPoints,
  type PolicyContext,
  type PolicyStack,
  type Sensors,
  type WorkModel,
} from '../../policy/index.ts';
import { arrayStages, type PartitionedLayer, type Step, stepsOf } from '../../systolic/index.ts';
import type { ReducedModel } from '../../thermal/index.ts';
import type { Experiment } from '../experiment.ts';
import { createPipelines, type Pipelines } from '../pipelines/index.ts';
import { buildProgram, type Program } from './program.ts';
import { transitionSeconds } from './rails.ts';
import { createReleases, type Releases } from './releases.ts';

/** All that runs of one experiment share, worked out once. Nothing in it changes, but for remembered timings. */
export interface Setup {
  readonly experiment: Experiment;
  readonly schedules: readonly PartitionedLayer[];
  readonly steps: readonly Step[];
  /** The program of each array. */
  readonly arrays: readonly Program[];
  readonly pipelines: Pipelines;
  readonly domains: readonly DomainSpec[];
  readonly components: readonly string[];
  /** Index of each component's domain; -1 off the die. */
  readonly componentDomain: Int32Array;
  /** Domain of each array's PEs. */
  readonly arrayDomain: Int32Array;
  readonly places: readonly Place[];
  /** Names; one, `die`, without a floorplan. */
  readonly blocks: readonly string[];
  /** F of a cycle in which a component waits for an array. */
  readonly waitingF: Float64Array;
  readonly waiters: readonly Waiter[];
  readonly leakage: readonly LeakageSource[];
  readonly dramComponent: number;
  readonly backgroundW: number;
  readonly model: ReducedModel | null;
  readonly releases: Releases;
  readonly stack: PolicyStack;
  readonly sensors: Sensors;
  readonly epochS: number;
}

/** Components of one domain whose clock runs on while an array waits. */
export interface Waiter {
  readonly array: number;
  readonly domain: number;
  readonly components: readonly number[];
  /** Of all of them. */
  readonly farad: number;
}

/** Part of the leakage that is left of a domain that is powered off while idle (ours: sleep transistors leak too). */
export const GATED_RESIDUE = 0.05;

export function createSetup(
  experiment: Experiment,
  schedules: readonly PartitionedLayer[],
  model: ReducedModel | null,
  arrivals: readonly number[] | null,
): Setup {
  const { design, spec: run } = experiment;
  const { spec, bound, ert, places, die, leakage, arrayOf, systolic } = design;
  const { domains } = spec;
  const components = ert.components.map(({ component }) => component.name);
  const steps = stepsOf(schedules);
  const arrays = arrayStages(schedules, systolic.memory).map((stages, a) => {
    const ofArray = components.map((_, c) => arrayOf[c] === a || arrayOf[c] === -1);
    return buildProgram(stages, steps, energyColumns(components, bound, places, ofArray));
  });
  const domainIndex = (name: string | null): number => domains.findIndex((domain) => domain.name === name);
  const componentDomain = Int32Array.from(components, (name) => domainIndex(spec.bindings[name].domain));
  const waitingF = waitingCycle(components, bound, spec.array.rows * spec.array.columns, spec.idleClock);
  const base = {
    experiment,
    schedules,
    steps,
    arrays,
    pipelines: createPipelines(arrays, spec),
    domains,
    components,
    componentDomain,
    arrayDomain: Int32Array.from(spec.arrays, ({ array }) => domainIndex(array)),
    places,
    blocks: die ? die.floorplan.blocks.map(({ name }) => name) : ['die'],
    waitingF,
    waiters: waitersOf(waitingF, componentDomain, arrayOf, arrays.length),
    leakage: leakage.sources,
    dramComponent: components.indexOf(spec.dram.component),
    backgroundW: spec.dram.backgroundW,
    model,
    releases: createReleases(run.inferences, run.deadlineS, arrivals),
    sensors: idealSensors(),
    epochS: run.epochS,
  };
  return { ...base, stack: experiment.createPolicy(policyContext(base)) };
}

type Base = Omit<Setup, 'stack'>;

function policyContext(setup: Base): PolicyContext {
  const { domains, blocks, experiment, epochS, model } = setup;
  return {
    domains: domains.map(({ name, points, nominal }) => ({ name, points, nominal })),
    blocks: model ? blocks : [],
    epochS,
    deadlineS: experiment.spec.deadlineS,
    transitionS: (domain, from, to) => transitionSeconds(domains.find(({ name }) => name === domain)!, from, to),
    work: workModel(setup),
  };
}

function workModel(setup: Base): WorkModel {
  const { experiment, domains, steps, schedules, pipelines } = setup;
  const { spec } = experiment.design;
  const tuple = (points: OperatingPoints): number[] => domains.map(({ name }) => points[name]);
  const arrayDomains = [...new Set(spec.arrays.map(({ array }) => array))];
  const padDomains = new Set(spec.arrays.flatMap(({ ifmap, filter, ofmap }) => [ifmap, filter, ofmap]));
  return {
    inferenceS: (points) => pipelines.inference(tuple(points)).totalS,
    inferenceJ: (points, temperatureK) => inferenceJ(setup, tuple(points), temperatureK),
    idleW: (points, temperatureK, idle) => {
      const point = tuple(points);
      const waitingHz = (_: number, d: number): number =>
        idle === 'clocked' ? domains[d].points[point[d]].frequencyHz : 0;
      const residue = idle === 'gated' ? GATED_RESIDUE : 1;
      return waitingJ(setup, point, waitingHz) + residue * leakageAt(setup, point, temperatureK) + setup.backgroundW;
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
function inferenceJ(setup: Base, point: readonly number[], temperatureK: number): number {
  const { arrays, domains, componentDomain, pipelines, backgroundW } = setup;
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
  const leakage = leakageAt(setup, point, temperatureK);
  return dynamic + waitingJ(setup, point, waitingCycles) + (leakage + backgroundW) * totalS;
}

/** J of the cycles in which each array's domains wait (or W, of cycles a second). */
function waitingJ(setup: Base, point: readonly number[], cycles: (array: number, domain: number) => number): number {
  let sum = 0;
  for (const { array, domain, farad } of setup.waiters) {
    sum += farad * cycles(array, domain) * setup.domains[domain].points[point[domain]].voltageV ** 2;
  }
  return sum;
}

/** What waits for each array in each domain. */
function waitersOf(waitingF: Float64Array, componentDomain: Int32Array, arrayOf: Int32Array, arrays: number): Waiter[] {
  const waiters = new Map<string, { array: number; domain: number; components: number[]; farad: number }>();
  for (let array = 0; array < arrays; array++) {
    waitingF.forEach((farad, c) => {
      const domain = componentDomain[c];
      if (domain < 0 || farad === 0 || (arrayOf[c] !== array && arrayOf[c] !== -1)) return;
      const key = `${array} ${domain}`;
      const waiter = waiters.get(key) ?? { array, domain, components: [], farad: 0 };
      waiters.set(key, waiter);
      waiter.components.push(c);
      waiter.farad += farad;
    });
  }
  return [...waiters.values()];
}

function leakageAt(
  { leakage, componentDomain, domains }: Base,
  point: readonly number[],
  temperatureK: number,
): number {
  return leakage.reduce((sum, source) => {
    const d = componentDomain[source.component];
    return sum + leakageW(source, domains[d].points[point[d]].voltageV, temperatureK);
  }, 0);
}

/** Bytes read and written. */
export function dramBytes(counts: Counts): number {
  return (counts[COUNTER_INDEX.dram_read_bits] + counts[COUNTER_INDEX.dram_write_bits]) / 8;
}
