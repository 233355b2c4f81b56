import {
  type Experiment,
  type FixedWork,
  fixedWork,
  type PreparedPlant,
  type RunResult,
  runScenario,
  wakingOf,
} from '../../cosim/index.ts';
import { arrhenius, BLACK_EXPONENT, COPPER_EV, cyclingDamage, rainflow } from '../metrics/index.ts';
import type { CellFacts, RowJob, RowOutcome } from './jobs.ts';

/** Runs a policy on the work of its cell. `onShare` receives the share that is done. Errors: those of `runScenario`. */
export function rowOf(
  prepared: PreparedPlant,
  experiment: Experiment,
  job: RowJob,
  onShare?: (share: number) => void,
): RowOutcome {
  const work = workOf(prepared, withMost(experiment, job.mostInferences));
  const cell = factsOf(prepared, work);
  const windowS = job.windowS ?? work.windowS ?? 0;
  const given = job.startW === undefined ? undefined : job.startW && Float64Array.from(job.startW);
  // Back to back, the start is that of the work alone; the rest until the window ends follows.
  const isOnce = work.lastReleaseS !== null || given !== undefined;
  const result = runScenario(prepared, work.experiment, {
    startW: given,
    guess: job.guess,
    checkEpoch: job.checkEpoch,
    onProgress: onShare && ((_, share = 0) => onShare(share)),
    ...(isOnce ? { leastEndS: windowS } : { restUntilS: windowS }),
  });
  return outcomeOf(prepared, cell, result);
}

/** The work of an experiment on a plant, as a fixed number of inferences. */
export function workOf({ plant, programs }: PreparedPlant, experiment: Experiment): FixedWork {
  return fixedWork(experiment, programs.pipelines.inference(plant.domains.map(() => 0)).totalS);
}

function withMost(experiment: Experiment, most: number | undefined): Experiment {
  if (most === undefined) return experiment;
  const { spec } = experiment;
  const { inferences } = spec;
  const count = Math.min(inferences.count ?? most, most);
  return { ...experiment, spec: { ...spec, inferences: { ...inferences, count } } };
}

export function factsOf({ plant }: PreparedPlant, { experiment, count, windowS }: FixedWork): CellFacts {
  const { spec, design, workload } = experiment;
  return {
    experiment: spec.name,
    description: spec.description,
    workload: workload.name,
    design: design.spec.name,
    deadlineS: spec.deadlineS,
    startMode: design.die ? spec.start : 'none',
    epochS: spec.epochS,
    limitK: spec.limitK,
    seed: spec.seed,
    ...frameWords(experiment),
    waking: wakingWords(plant),
    inferences: count,
    windowS,
    layers: workload.layers.map(({ name }) => name),
  };
}

/** The row that a run is. */
export function outcomeOf(prepared: PreparedPlant, cell: CellFacts, result: RunResult): RowOutcome {
  const { thermal, deadline, inferences, layers } = result;
  const { releaseS, endS, completed } = inferences;
  const latencyS = releaseS.reduce((sum, from, i) => sum + endS[i] - from, 0) / completed;
  return {
    kind: 'row',
    cell,
    energyJ: result.energyJ.total,
    inferences: completed,
    simulatedS: result.simulatedS,
    latencyS,
    misses: deadline?.misses ?? null,
    worstSlackS: deadline?.worstSlackS ?? null,
    transitions: result.transitions,
    peakK: thermal?.peakK ?? null,
    timeOverLimitS: thermal?.timeOverLimitS ?? null,
    start: result.start && pick(result.start),
    startW: result.startW && Array.from(result.startW),
    load: result.load,
    temperatureK: meanTemperatures(prepared, result),
    damage: thermal && worstDamage(result),
    wear: thermal && wearOf(prepared, result),
    layerJ: layers.map(({ energyJ }) => energyJ),
    layerS: layers.map(({ timeS }) => timeS),
    epochChange: result.epochChange ?? null,
    epochRefusal: result.epochRefusal ?? null,
    conservation: result.conservation,
  };
}

function pick({ iterations, residualK, converged }: NonNullable<RunResult['start']>) {
  return { iterations, residualK, converged };
}

/** Time mean of each block's temperature, K. */
function meanTemperatures({ plant }: PreparedPlant, { trace, simulatedS }: RunResult): number[] {
  if (!plant.model) return plant.blocks.map(() => plant.design.spec.dieTemperatureK);
  return trace.temperatureK.map(
    (column) => column.reduce((sum, kelvin, n) => sum + kelvin * trace.durationS[n], 0) / simulatedS,
  );
}

/** The largest damage of a block by temperature cycles. */
function worstDamage({ trace }: RunResult): number {
  return Math.max(...trace.temperatureK.map((column) => cyclingDamage(rainflow(column))));
}

/** A temperature at which wires age once as fast, K. It cancels out of every ratio. */
const WEAR_REFERENCE_K = 333.15;

/**
 * Rate at which the wires of all blocks fail (Black): the blocks compete, so their rates add. The current density of a
 * block is its power over its voltage and its area.
 */
function wearOf({ plant }: PreparedPlant, { trace, simulatedS }: RunResult): number {
  const { design, places, componentDomain } = plant;
  let sum = 0;
  design.die!.floorplan.blocks.forEach(({ widthM, heightM }, u) => {
    const component = places.findIndex(({ blocks }, c) => blocks.includes(u) && componentDomain[c] >= 0);
    if (component < 0) return;
    const { voltageV } = trace.domains[componentDomain[component]];
    const temperatureK = trace.temperatureK[u];
    const powerW = trace.powerW[u];
    for (let n = 0; n < trace.epochs; n++) {
      const density = powerW[n] / voltageV[n] / (widthM * heightM);
      sum += density ** BLACK_EXPONENT * arrhenius(COPPER_EV, WEAR_REFERENCE_K, temperatureK[n]) * trace.durationS[n];
    }
  });
  return sum / simulatedS;
}

/** The rules of a comparison that readers must know, in words: how sensors err, and the costs of changes and waking. */
function frameWords({ spec, sensors, design }: Experiment): {
  readonly sensors: string;
  readonly changes: string;
} {
  const kinds = spec.sensors.length === 0 ? [] : [...new Set(sensors.map(sensorWords))];
  const { domains } = design.spec;
  const transitions = domains.map(({ transition }) => transitionWords(transition));
  const same = transitions.every((words) => words === transitions[0]);
  return {
    sensors: kinds.length === 0 ? 'ideal' : kinds.join('; '),
    changes: same ? transitions[0] : domains.map(({ name }, d) => `${name}: ${transitions[d]}`).join('; '),
  };
}

function sensorWords({ offsetK, noiseK, quantumK, delayEpochs }: Experiment['sensors'][number]): string {
  const parts = [
    ...(offsetK === 0 ? [] : [`offset ${offsetK} K`]),
    ...(noiseK === 0 ? [] : [`noise ${noiseK} K`]),
    ...(quantumK === 0 ? [] : [`steps of ${quantumK} K`]),
    ...(delayEpochs === 0 ? [] : [`${delayEpochs} epoch${delayEpochs === 1 ? '' : 's'} late`]),
  ];
  return parts.length === 0 ? 'ideal' : parts.join(', ');
}

function transitionWords({
  relockS,
  slewVPerS,
}: Experiment['design']['spec']['domains'][number]['transition']): string {
  return `the clock stands ${Number((relockS * 1e6).toPrecision(6))} µs, the voltage ramps ${Number((slewVPerS * 1e-3).toPrecision(6))} mV/µs`;
}

function wakingWords(plant: PreparedPlant['plant']): string {
  const { wakeS, wakeJ } = wakingOf(plant, 'gated');
  if (wakeS === 0 && wakeJ === 0) return 'takes none';
  const short = (value: number): number => Number(value.toPrecision(6));
  return `from off takes ${short(wakeS * 1e6)} µs and ${short(wakeJ * 1e6)} µJ`;
}
