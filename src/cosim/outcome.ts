import { COUNTER_INDEX, COUNTERS, zeroCounts } from '../base/counters.ts';
import { layerProgress, orderName, type PartitionedLayer } from '../systolic/index.ts';
import { fieldTemperatures, packageTemperatures } from '../thermal/index.ts';
import { workloadMacs } from '../workload/index.ts';
import type { LoopResult } from './loop/loop-result.ts';
import type { Releases } from './loop/releases.ts';
import type { Plant } from './plant/plant.ts';
import type { Run } from './plant/prepared-run.ts';
import type { Position } from './plant/program.ts';
import { dramBytes, type Programs } from './plant/programs.ts';
import type { DeadlineResult, EnergyTotals, LayerResult, RunResult, ThermalResult, Trace } from './result.ts';
import type { StartedRun } from './start/start.ts';
import { layerWaits } from './waits.ts';

/** The result of a run from its last pass through the loop, with the conservation checks. */
export function runResult(run: Run, { loop, start, startW, load }: StartedRun): RunResult {
  const { experiment, plant, programs, stack } = run;
  const { domains, components } = plant;
  const { ledger } = loop;
  const trace = loop.recorder.trace();
  const energyJ = energyTotals(plant, loop);
  const counts = ledger.counts();
  const macs = counts[COUNTER_INDEX.macs];
  return {
    experiment,
    schedules: programs.schedules,
    domains: domains.map(({ name }) => name),
    components,
    start,
    startW,
    load,
    epochS: experiment.spec.epochS,
    simulatedS: loop.simulatedS,
    trace,
    events: loop.events,
    inferences: {
      completed: loop.completed,
      releaseS: Float64Array.from(loop.releaseS),
      startS: Float64Array.from(loop.startS),
      endS: Float64Array.from(loop.endS),
      layers: [...new Set(programs.steps.map(({ layer }) => layer))],
      layerEndS: Float64Array.from(loop.layerEndS),
    },
    layers: layerResults(run, loop, trace),
    counts,
    macs,
    energyJ,
    componentJ: Float64Array.from(components, (_, c) => {
      return ledger.dynamicJ[c] + ledger.idleJ[c] + ledger.leakageJ[c] + ledger.backgroundJ[c];
    }),
    actionJ: ledger.dynamicJ,
    suppliesV: ledger.suppliesUsed(loop.combinations),
    transitions: loop.transitions,
    thermal: thermalResult(run, loop),
    deadline: deadlineResult(run, loop),
    marksK: stack.marksK,
    targets: targetResults(run, loop),
    policy: stack.name,
    conservation: {
      energyRelative: relative(traceEnergy(trace), recountedEnergy(plant, loop, trace)),
      heatRelative: heatResidual(loop),
      macsDifference: macs - loop.completed * workloadMacs(experiment.workload) - unfinishedMacs(programs, loop),
    },
  };
}

/** Policies whose blocks do not have the peak keep what they promise, as far as the peak tells. */
function targetResults({ stack, plant }: Run, { thermal }: LoopResult): RunResult['targets'] {
  if (!thermal) return [];
  const { peakK } = thermal;
  const peakBlock = plant.blocks[thermal.peakBlock];
  return stack.targets.flatMap(({ policy, temperatureK, blocks }) =>
    blocks.includes(peakBlock) ? [{ policy, temperatureK, peakAboveK: peakK - temperatureK }] : [],
  );
}

/** The energy of a pass through the loop by cause, J. */
export function energyTotals({ componentDomain }: Plant, { ledger }: LoopResult): EnergyTotals {
  const onDie = (column: Float64Array): number =>
    column.reduce((sum, value, c) => (componentDomain[c] >= 0 ? sum + value : sum), 0);
  const offDie = (column: Float64Array): number => sumOf(column) - onDie(column);
  const dynamic = onDie(ledger.dynamicJ);
  const idle = sumOf(ledger.idleJ);
  const leakage = sumOf(ledger.leakageJ);
  const dram = offDie(ledger.dynamicJ) + sumOf(ledger.backgroundJ);
  const transition = ledger.transitionJ;
  return { total: dynamic + idle + leakage + dram + transition, dynamic, idle, leakage, dram, transition };
}

function layerResults({ plant, programs }: Run, { ledger }: LoopResult, trace: Trace): LayerResult[] {
  const { components, design } = plant;
  const { schedules } = programs;
  const { pes } = design;
  const waits = layerWaits(plant, programs, trace);
  return schedules.map(({ layer, parts }, l) => {
    const counts = ledger.layerCounts.subarray(l * COUNTERS.length, (l + 1) * COUNTERS.length);
    const ofLayer = (all: Float64Array) => all.slice(l * components.length, (l + 1) * components.length);
    const componentJ = ofLayer(ledger.layerJ);
    const macs = counts[COUNTER_INDEX.macs];
    const cycles = Math.max(...ledger.layerCycles.map((ofLayers) => ofLayers[l]));
    return {
      name: layer.name,
      macs,
      cycles,
      timeS: ledger.layerS[l],
      stallS: ledger.layerStallS[l],
      waitsFor: waits[l],
      foldOrder: orderOf(parts),
      utilisation: cycles === 0 ? 0 : macs / (cycles * pes),
      dramBytes: dramBytes(counts),
      componentJ,
      idleJ: ofLayer(ledger.layerIdleJ),
      leakageJ: ofLayer(ledger.layerLeakageJ),
      energyJ: sumOf(componentJ),
    };
  });
}

/** The order of the folds under next-use retention, of the first array that has some of them. */
function orderOf(parts: PartitionedLayer['parts']): string | null {
  const order = parts.find((part) => part !== null)?.queue?.order;
  return order ? orderName(order) : null;
}

function thermalResult({ plant, experiment }: Run, { thermal, simulatedS }: LoopResult): ThermalResult | null {
  const { model, blocks, design } = plant;
  if (!thermal || !model) return null;
  const { grid } = design.spec.thermal!;
  const field = (state: Float64Array): Float64Array => {
    const temperatureK = new Float64Array(grid.rows * grid.columns);
    fieldTemperatures(model, state, temperatureK);
    return temperatureK;
  };
  const { limitK } = experiment.spec;
  const peakField = field(thermal.peakState);
  return {
    blocks,
    ambientK: model.ambientK,
    startK: thermal.startK,
    startPackageK: packageTemperatures(model, thermal.startW),
    peakK: thermal.peakK,
    peakBlock: blocks[thermal.peakBlock],
    peakTimeS: Math.min(thermal.peakTimeS, simulatedS),
    peakCellK: peakField.reduce((most, value) => Math.max(most, value), 0),
    peakField: { ...grid, temperatureK: peakField },
    limitK,
    timeOverLimitS: limitK === null ? null : thermal.timeOverLimitS,
    field: { ...grid, temperatureK: field(thermal.endState) },
    errorK: model.errorPart === undefined ? null : model.errorPart * (thermal.peakK - model.ambientK),
    frames: { ...grid, timeS: thermal.frames.timeS, amplitudes: thermal.frames.states, shapes: model.fields },
    heat: { inJ: thermal.heatInJ, outJ: thermal.heatOutJ, storedJ: thermal.heatStoredJ },
  };
}

function deadlineResult({ experiment, releases }: Run, loop: LoopResult): DeadlineResult | null {
  const limitS = experiment.spec.deadlineS;
  if (limitS === null) return null;
  let misses = 0;
  let worst = Number.POSITIVE_INFINITY;
  loop.endS.forEach((endS, i) => {
    const slack = loop.releaseS[i] + limitS - (Number.isNaN(endS) ? loop.simulatedS : endS);
    // A miss by rounding alone does not count.
    if (slack < -1e-12 * limitS - 1e-15 * loop.releaseS[i]) misses++;
    if (!Number.isNaN(endS)) worst = Math.min(worst, slack);
  });
  const neverBegan = dueBefore(releases, loop.releaseS.length, loop.simulatedS - limitS * (1 + 1e-12));
  const worstSlackS = Number.isFinite(worst) ? worst : null;
  return { limitS, misses: misses + neverBegan, worstSlackS, ...(neverBegan > 0 ? { neverBegan } : {}) };
}

/** How many inferences from index `first` on are released before a time. Releases are in order, so it looks at few of them. */
function dueBefore({ releaseS }: Releases, first: number, timeS: number): number {
  const isDue = (count: number): boolean => releaseS(first + count - 1, Number.POSITIVE_INFINITY) < timeS;
  let high = 1;
  while (isDue(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isDue(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function traceEnergy({ epochs, totalW, durationS }: Trace): number {
  let sum = 0;
  for (let n = 0; n < epochs; n++) sum += totalW[n] * durationS[n];
  return sum;
}

/**
 * The run's energy, recomputed from counts x E(V), the blocks' leakage, the background power over the whole time and
 * the transitions. Wakings are counted anew: their number times the energy of one.
 */
function recountedEnergy(plant: Plant, loop: LoopResult, trace: Trace): number {
  const leakageJ = sumOf(loop.meanLeakageW) * loop.simulatedS;
  const backgroundJ = loop.ledger.recountedBackground() ?? plant.backgroundW * sumOf(trace.durationS);
  const { ledger } = loop;
  const wakingJ = loop.wakingJ + ledger.recountedPes();
  return ledger.recounted(loop.combinations) + leakageJ + backgroundJ + ledger.changeJ + wakingJ;
}

function heatResidual({ thermal }: LoopResult): number | null {
  if (!thermal) return null;
  const { heatInJ, heatOutJ, heatStoredJ } = thermal;
  const scale = heatInJ + Math.abs(heatStoredJ);
  return scale === 0 ? Math.abs(heatOutJ) : Math.abs(heatInJ - heatOutJ - heatStoredJ) / scale;
}

/** The MACs of the unfinished inference, recomputed from the progress of each layer instead of stage by stage. */
function unfinishedMacs(programs: Programs, { positions }: LoopResult): number {
  return positions?.reduce((sum, position, a) => sum + macsBefore(programs, a, position), 0) ?? 0;
}

function macsBefore({ arrays, schedules }: Programs, a: number, { run, done }: Position): number {
  const { stages } = arrays[a];
  if (stages.length === 0) return 0;
  const { layer } = stages[Math.min(run, stages.length - 1)];
  let cycles = 0;
  for (let r = 0; r < run; r++) if (stages[r].layer === layer) cycles += stages[r].count * stages[r].cycles;
  if (run < stages.length) cycles += done * stages[run].cycles;
  const counts = zeroCounts();
  layerProgress(schedules[layer].parts[a]!).countsBefore(cycles, counts);
  const before = schedules.slice(0, layer).reduce((sum, { parts }) => {
    return sum + (parts[a]?.counts[COUNTER_INDEX.macs] ?? 0);
  }, 0);
  return before + Math.floor(counts[COUNTER_INDEX.macs] + 1e-6);
}

function relative(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : Math.abs(a - b) / Math.abs(b);
}

function sumOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
