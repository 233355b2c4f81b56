import { COUNTER_INDEX, type Counts } from '../activity/counters.ts';
import type { DomainSpec } from '../config/accelerator.ts';
import {
  idealSensors,
  type OperatingPoints,
  type PolicyContext,
  type PolicyStack,
  type Sensors,
  type WorkModel,
} from '../policy/index.ts';
import {
  type EnergyColumns,
  energyColumns,
  type LeakageSource,
  leakageW,
  type Place,
  waitingCycle,
} from '../power/index.ts';
import type { LayerSchedule } from '../systolic/index.ts';
import type { ReducedModel } from '../thermal/index.ts';
import type { Experiment } from './experiment.ts';
import { buildProgram, type Program, type Timing, timeProgram } from './program.ts';
import { transitionSeconds } from './rails.ts';
import { createReleases, type Releases } from './releases.ts';

/** All that runs of one experiment share, worked out once. Nothing in it changes, but for remembered timings. */
export interface Setup {
  readonly experiment: Experiment;
  readonly schedules: readonly LayerSchedule[];
  readonly program: Program;
  readonly energy: EnergyColumns;
  readonly domains: readonly DomainSpec[];
  readonly components: readonly string[];
  /** Index of each component's domain; -1 off the die. */
  readonly componentDomain: Int32Array;
  readonly places: readonly Place[];
  /** Names; one, `die`, without a floorplan. */
  readonly blocks: readonly string[];
  /** F of a cycle in which a component waits. */
  readonly waitingF: Float64Array;
  readonly leakage: readonly LeakageSource[];
  readonly dramComponent: number;
  readonly backgroundW: number;
  readonly model: ReducedModel | null;
  readonly releases: Releases;
  readonly stack: PolicyStack;
  readonly sensors: Sensors;
  readonly epochS: number;
  /** One number for a combination of points, and back. */
  combination(point: ArrayLike<number>): number;
  pointOf(combination: number, d: number): number;
  timing(point: ArrayLike<number>): Timing;
}

/** Part of the leakage that is left of a domain that is powered off while idle (ours: sleep transistors leak too). */
export const GATED_RESIDUE = 0.05;

export function createSetup(
  experiment: Experiment,
  schedules: readonly LayerSchedule[],
  model: ReducedModel | null,
  arrivals: readonly number[] | null,
): Setup {
  const { design, spec: run } = experiment;
  const { spec, bound, ert, places, die, leakage } = design;
  const { domains } = spec;
  const components = ert.components.map(({ component }) => component.name);
  const energy = energyColumns(components, bound, places);
  const program = buildProgram(schedules, energy);
  const strides = domains.map((_, d) => domains.slice(0, d).reduce((n, { points }) => n * points.length, 1));
  const combination = (point: ArrayLike<number>): number => {
    let sum = 0;
    for (let d = 0; d < strides.length; d++) sum += strides[d] * point[d];
    return sum;
  };
  const timings = new Map<number, Timing>();
  const timing = (point: ArrayLike<number>): Timing => {
    const key = combination(point);
    let found = timings.get(key);
    if (!found) {
      found = timeProgram(program, spec, point);
      timings.set(key, found);
    }
    return found;
  };
  const base = {
    experiment,
    schedules,
    program,
    energy,
    domains,
    components,
    componentDomain: Int32Array.from(components, (name) =>
      domains.findIndex(({ name: domain }) => domain === spec.bindings[name].domain),
    ),
    places,
    blocks: die ? die.floorplan.blocks.map(({ name }) => name) : ['die'],
    waitingF: waitingCycle(components, bound, spec.array.rows * spec.array.columns, spec.idleClock),
    leakage: leakage.sources,
    dramComponent: components.indexOf(spec.dram.component),
    backgroundW: spec.dram.backgroundW,
    model,
    releases: createReleases(run.inferences, run.deadlineS, arrivals),
    sensors: idealSensors(),
    epochS: run.epochS,
    combination,
    pointOf: (key: number, d: number) => Math.floor(key / strides[d]) % domains[d].points.length,
    timing,
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
  const { experiment, domains, program, schedules, timing } = setup;
  const { spec } = experiment.design;
  const tuple = (points: OperatingPoints): number[] => domains.map(({ name }) => points[name]);
  const { firstRun } = program;
  return {
    inferenceS: (points) => timing(tuple(points)).totalS,
    inferenceJ: (points, temperatureK) => inferenceJ(setup, tuple(points), temperatureK),
    idleW: (points, temperatureK, idle) => {
      const point = tuple(points);
      const waits = domains.map(({ points: table }, d) => (idle === 'clocked' ? table[point[d]].frequencyHz : 0));
      const residue = idle === 'gated' ? GATED_RESIDUE : 1;
      return waitingJ(setup, point, waits) + residue * leakageAt(setup, point, temperatureK) + setup.backgroundW;
    },
    layers: schedules.map(({ layer, cycles, counts }, l) => ({
      name: layer.name,
      cycles,
      dramBytes: dramBytes(counts),
      timeS: (points) => {
        const { beforeS } = timing(tuple(points));
        return beforeS[firstRun[l + 1]] - beforeS[firstRun[l]];
      },
    })),
    dramBytesPerS: spec.dram.bytesPerS,
    arrayDomain: spec.array.domain,
    memoryDomains: [...new Set(Object.values(spec.scratchpads).map(({ domain }) => domain))].filter(
      (domain) => domain !== spec.array.domain,
    ),
  };
}

/** J of one inference at held points and temperature. */
function inferenceJ(setup: Base, point: readonly number[], temperatureK: number): number {
  const { program, energy, domains, componentDomain, timing, backgroundW } = setup;
  const { totalS, busyBeforeS } = timing(point);
  let dynamic = 0;
  energy.columns.forEach(({ component, scalesWithVoltage }, k) => {
    const d = componentDomain[component];
    const v = scalesWithVoltage ? domains[d].points[point[d]].voltageV : 1;
    dynamic += program.total[program.energyAt + k] * v * v;
  });
  const waits = domains.map(({ points }, d) => {
    return (totalS - busyBeforeS[d][program.stages.length]) * points[point[d]].frequencyHz;
  });
  return dynamic + waitingJ(setup, point, waits) + (leakageAt(setup, point, temperatureK) + backgroundW) * totalS;
}

/** J of waiting cycles of each domain (or W, of cycles a second). */
function waitingJ(setup: Base, point: readonly number[], cycles: readonly number[]): number {
  const { waitingF, componentDomain, domains } = setup;
  return waitingF.reduce((sum, farad, c) => {
    const d = componentDomain[c];
    return d < 0 ? sum : sum + farad * cycles[d] * domains[d].points[point[d]].voltageV ** 2;
  }, 0);
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
