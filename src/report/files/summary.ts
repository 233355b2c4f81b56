import type { EnergyTotals, RunResult, ThermalResult } from '../../cosim/index.ts';
import { type Floorplan, largestGradient, type TemperatureField } from '../../thermal/index.ts';
import { denseMacs } from '../../workload/index.ts';
import { timeIntegral } from '../reductions.ts';
import type { Against } from './against.ts';
import { componentAreasMm2 } from './density.ts';

/** CPU time and memory of a run. Only the caller can measure them. */
export interface RunCost {
  readonly cpuS: number;
  readonly peakMemoryBytes: number;
}

/** Facts of a run that only its caller knows. */
export interface RunOrigin {
  /** SHA-256 over the inputs' bytes. */
  readonly inputsHash: string;
  /** The command that repeats the run. */
  readonly command?: string | undefined;
  readonly cost?: RunCost | undefined;
  /** The same work under other policies. */
  readonly against?: Against | undefined;
}

/** An epoch that moves the energy by more than this share is too long for the policy. */
const EPOCH_TOLERANCE = 0.01;

/** Whether a result depends on the length of the epoch. */
export function isEpochSensitive(epochChange: number | null | undefined): boolean {
  return Math.abs(epochChange ?? 0) > EPOCH_TOLERANCE;
}

/** The content of summary.json. */
export type RunSummary = ReturnType<typeof runSummary>;

/** The text of summary.json. */
export function summaryJson(result: RunResult, origin: RunOrigin): string {
  return `${JSON.stringify(runSummary(result, origin), null, 2)}\n`;
}

/**
 * The content of summary.json, as docs/formats/outputs.md lists it. Figures that were not computed have no key.
 */
export function runSummary(result: RunResult, { inputsHash, cost, against }: RunOrigin) {
  const { experiment, components, componentJ, energyJ, macs, thermal, deadline, start, conservation } = result;
  const { spec, design, workload } = experiment;
  const { pes } = design;
  const totals = layerTotals(result);
  return {
    version: 1,
    experiment: spec.name,
    accelerator: design.spec.name,
    workload: workload.name,
    policy: result.policy,
    seed: spec.seed,
    inputsHash,
    ...(start ? { start } : {}),
    epochS: result.epochS,
    ...(isEpochSensitive(result.epochChange) ? { epochChange: result.epochChange } : {}),
    ...(result.epochRefusal === undefined ? {} : { epochRefusal: result.epochRefusal }),
    simulatedS: result.simulatedS,
    epochs: result.trace.epochs,
    inferences: result.inferences.completed,
    deadline,
    operatingPoints: meanPoints(result),
    cycles: totals.cycles,
    stallS: totals.stallS,
    utilisation: totals.cycles === 0 ? 0 : macs / (totals.cycles * pes),
    macs,
    ...(result.schedules.some(({ layer }) => layer.sparsity) ? { denseMacs: totalDenseMacs(result) } : {}),
    energyJ: {
      ...energyJ,
      ...(result.inferences.completed > 0 ? { perInference: perInference(energyJ, result.inferences.completed) } : {}),
      byComponent: Object.fromEntries(components.map((name, i) => [name, componentJ[i]])),
    },
    wPerMm2: { byComponent: powerDensities(result) },
    ...(thermal
      ? { temperatureK: temperatures(thermal, result.targets), hotspots: hotspots(thermal, design.die!.floorplan) }
      : {}),
    ...(thermal && thermal.errorK !== null ? { thermal: { errorK: thermal.errorK } } : {}),
    transitions: result.transitions,
    ...(against ? { against } : {}),
    conservation: {
      energyRelative: conservation.energyRelative,
      ...(conservation.heatRelative === null ? {} : { heatRelative: conservation.heatRelative }),
      macsDifference: conservation.macsDifference,
    },
    omittedLayers: workload.omitted,
    assumptions: runAssumptions(result),
    ...(cost ? { cost } : {}),
  };
}

/** Mean power of each component over the area of all its instances, W/mm2; a component off the die has none. */
function powerDensities(result: RunResult): Record<string, number> {
  const { components, componentJ, simulatedS } = result;
  const areasMm2 = componentAreasMm2(result);
  const densities = components.flatMap((name, i): [string, number][] => {
    const areaMm2 = areasMm2[i];
    return areaMm2 > 0 && simulatedS > 0 ? [[name, componentJ[i] / simulatedS / areaMm2]] : [];
  });
  return Object.fromEntries(densities);
}

function totalDenseMacs({ layers, schedules }: RunResult): number {
  return layers.reduce((sum, { macs }, i) => sum + denseMacs(schedules[i].layer, macs), 0);
}

/** Sums over the layers. */
export function layerTotals({ layers }: RunResult): {
  cycles: number;
  timeS: number;
  stallS: number;
  dramBytes: number;
} {
  const totals = { cycles: 0, timeS: 0, stallS: 0, dramBytes: 0 };
  for (const layer of layers) {
    totals.cycles += layer.cycles;
    totals.timeS += layer.timeS;
    totals.stallS += layer.stallS;
    totals.dramBytes += layer.dramBytes;
  }
  return totals;
}

/** The run's whole energy divided by its completed inferences. */
function perInference(energyJ: EnergyTotals, completed: number): number {
  return energyJ.total / completed;
}

/** Clock and supply of each domain, as time means over the run. */
export function meanPoints({ domains, trace, simulatedS }: RunResult) {
  const mean = (column: Float64Array): number => {
    // A constant quantity keeps its value to the last digit.
    if (column.every((value) => value === column[0])) return column[0];
    return timeIntegral(column, trace.durationS) / simulatedS;
  };
  return Object.fromEntries(
    domains.map((name, d) => {
      const { frequencyHz, voltageV } = trace.domains[d];
      return [name, { frequencyHz: mean(frequencyHz), voltageV: mean(voltageV) }];
    }),
  );
}

function temperatures(
  { peakK, peakBlock, peakTimeS, peakCellK, limitK, timeOverLimitS }: ThermalResult,
  promised: RunResult['targets'],
) {
  const limit = limitK === null ? {} : { limit: limitK, timeOverLimitS };
  const targets = promised.map(({ policy, temperatureK, peakAboveK }) => ({
    policy,
    target: temperatureK,
    peakAboveK,
  }));
  return { peak: peakK, peakBlock, peakTimeS, peakCell: peakCellK, ...limit, ...(targets.length > 0 && { targets }) };
}

/** Number of blocks named as hot spots. */
const HOTTEST = 5;

/** The hottest blocks and the steepest gradient between neighbouring cells, at the time of the peak temperature. */
function hotspots({ blocks, peakField }: ThermalResult, floorplan: Floorplan) {
  const means = floorplan.blocks.map((block, u) => ({
    block: blocks[u],
    temperatureK: blockMean(peakField, floorplan, block),
  }));
  means.sort((a, b) => b.temperatureK - a.temperatureK);
  return { hottest: means.slice(0, HOTTEST), gradientKPerMm: largestGradient(peakField, floorplan).kelvinPerM / 1e3 };
}

/** Mean of the cells whose centre lies in the block; the nearest cell if there are none. */
function blockMean(
  { rows, columns, temperatureK }: TemperatureField,
  die: Floorplan,
  block: Floorplan['blocks'][number],
): number {
  const cells = (from: number, length: number, extent: number, count: number): [number, number] => {
    const first = Math.ceil((from / extent) * count - 0.5 - 1e-9);
    const last = Math.ceil(((from + length) / extent) * count - 0.5 - 1e-9);
    const nearest = Math.min(count - 1, Math.floor(((from + length / 2) / extent) * count));
    return last > first ? [first, last] : [nearest, nearest + 1];
  };
  const [column0, column1] = cells(block.leftM, block.widthM, die.widthM, columns);
  const [south0, south1] = cells(block.bottomM, block.heightM, die.heightM, rows);
  let sum = 0;
  for (let s = south0; s < south1; s++) {
    for (let c = column0; c < column1; c++) sum += temperatureK[(rows - 1 - s) * columns + c];
  }
  return sum / ((column1 - column0) * (south1 - south0));
}

/**
 * Everything that is assumed without a source: the accelerator's own list, sizes that the workload's file leaves open,
 * assumptions on leakage and waiting clocks, then the estimators' assumptions on their figures.
 */
export function runAssumptions({ experiment: { design, workload }, schedules }: RunResult): string[] {
  const { spec, leakage, written } = design;
  const ofFigures = new Map<string, string[]>();
  for (const { component, actions } of written.ert.components) {
    for (const part of actions.flatMap((a) => a.parts)) {
      if (!part.assumption) continue;
      const where = ofFigures.get(part.assumption) ?? [];
      const name = `${component.name} ${part.class}`;
      ofFigures.set(part.assumption, where.includes(name) ? where : [...where, name]);
    }
  }
  const shared = sharedComponents(design);
  return [
    ...spec.assumptions,
    ...(workload.assumptions ?? []),
    ...keptResults(schedules),
    ...(shared.length > 0
      ? [
          `all arrays share these components, with the leakage and area of the instances in architecture.yaml: ${shared.join(', ')}`,
        ]
      : []),
    `an array cycle spent waiting takes ${spec.idleClock} of the energy of a cycle in which all PEs work`,
    ...leakage.assumptions,
    ...floorplanAssumptions(design),
    ...(design.die ? [] : [`the whole die is at ${spec.dieTemperatureK} K, because there is no floorplan`]),
    ...[...ofFigures].map(([text, where]) => `${text} (${where.join(', ')})`),
  ];
}

/** Layers that read the results of the layer before from the ofmap scratchpad: the files do not say whose results a layer reads. */
function keptResults(schedules: RunResult['schedules']): string[] {
  return schedules.flatMap(({ layer, parts }, i) =>
    parts.some((part) => (part?.keptIfmapBytes ?? 0) > 0)
      ? [`${layer.name} reads the results of ${schedules[i - 1].layer.name} from the ofmap scratchpad, where they stay`]
      : [],
  );
}

/** Assumptions of an automatic floorplan. */
function floorplanAssumptions({ spec, written }: RunResult['experiment']['design']): string[] {
  if (spec.thermal?.floorplan !== 'auto') return [];
  const made = 'the floorplan follows from the areas of the components; it is not a placed design';
  const left = (written.spec.thermal?.filler ?? []).filter((name) => !spec.thermal?.filler.includes(name));
  return left.length === 0 ? [made] : [made, `the die is smaller by ${left.join(', ')}, whose area is not given`];
}

/** Components on the die that all arrays share, on purpose or by mistake. */
function sharedComponents({ spec, ert, arrayOf }: RunResult['experiment']['design']): string[] {
  if (spec.arrays.length === 1) return [];
  const names = ert.components.map(({ component }) => component.name);
  return names.filter((name, c) => arrayOf[c] === -1 && spec.bindings[name].domain !== null);
}
