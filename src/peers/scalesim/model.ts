import { COUNTER_INDEX, type Counter, type Counts } from '../../base/counters.ts';
import type { SimulateConfig } from '../../formats/scalesim/index.ts';
import {
  activeCycles,
  edgeFold,
  type FoldKind,
  findDataflow,
  type LayerSchedule,
  scheduleLayer,
} from '../../systolic/index.ts';
import { gemmShape, type Layer, layerMacs, metadataBits, windowWords } from '../../workload/index.ts';
import { foldConflicts } from './conflicts.ts';
import type { FilterStorage, PerOperand, ScaleSimLayerReport, Use } from './layer-report.ts';
import type { LayerLayouts } from './layouts.ts';
import { type ModelConfig, type SimulationInput, systolicConfigOf } from './model-input.ts';
import { DRAM_COUNTERS, highestRates, layerTimeline, type TimedStage, type Timeline, wordsIn } from './timeline.ts';

/** Our own model's result for a layer. */
export interface LayerOutcome {
  readonly layer: Layer;
  /** The figures that SCALE-Sim would report if it were correct. */
  readonly report: ScaleSimLayerReport;
  /** All counts of the layer. */
  readonly counts: Counts;
  /** The highest rate of each operand's DRAM interface, in words per cycle averaged over one stage of the pipeline. */
  readonly highestRates: PerOperand<number>;
  /** Stall cycles in which banks read one line after the other; absent without layouts. */
  readonly conflictCycles?: number | undefined;
  /** The layer runs from cycle `start`, including fill and drain, until cycle `stop`. */
  readonly start: number;
  readonly stop: number;
}

/** The outcome with all folds of the layer in time. There can be millions. */
export interface LayerSimulation extends LayerOutcome {
  readonly schedule: LayerSchedule;
  readonly timeline: Timeline;
}

/** The counter of array-side words for each scratchpad in SCALE-Sim's reports. */
const SRAM_COUNTERS = {
  ifmap: 'ifmap_sram_reads',
  filter: 'filter_sram_reads',
  ofmap: 'ofmap_sram_writes',
} as const satisfies PerOperand<Counter>;

/**
 * Simulates layers in sequence, each alone, and each shape once. `onLayer` receives the next layer. Errors: those of
 * `scheduleLayer`.
 */
export function simulateLayers(
  { config, layers, layouts }: SimulationInput,
  onLayer: (name: string, index: number) => void = () => {},
): LayerOutcome[] {
  const known = new Map<string, LayerOutcome>();
  const isSparse = layers.some(({ sparsity }) => sparsity);
  return layers.map((layer, index) => {
    onLayer(layer.name, index);
    const shape = JSON.stringify([{ ...layer, name: '' }, layouts?.[index]]);
    const result = known.get(shape) ?? withoutFolds(simulateLayer(layer, config, layouts?.[index]));
    known.set(shape, result);
    const { report } = result;
    return { ...result, layer, report: isSparse ? { ...report, filterStorage: storageOf(layer) } : report };
  });
}

/** Storage of kept weights, one byte each, and of their positions within the blocks. */
function storageOf(layer: Layer): FilterStorage {
  const { k, n } = gemmShape(layer);
  const metadata = (k * n * metadataBits(layer)) / 8;
  return { representation: 'ellpack_block', original: windowWords(layer) * n, stored: k * n + metadata, metadata };
}

function withoutFolds({ schedule: _, timeline: __, ...outcome }: LayerSimulation): LayerOutcome {
  return outcome;
}

/** Simulates one layer alone, with its layouts if it has any. Errors: those of `scheduleLayer`. */
export function simulateLayer(layer: Layer, config: ModelConfig, layouts?: LayerLayouts): LayerSimulation {
  const schedule = scheduleLayer(layer, systolicConfigOf(config));
  const conflicts = layouts && foldConflicts(schedule, layouts);
  const conflictCycles = conflicts?.reduce((sum, cycles) => sum + cycles, 0);
  const timeline = layerTimeline(schedule, config.bandwidth, conflicts);
  const report = layerReport(schedule, timeline, config.bandwidth, conflictCycles);
  const { start, stop } = timeline;
  const { counts } = schedule;
  const rates = highestRates(timeline, schedule.config.memory.wordBits.filter);
  return { layer, report, counts, highestRates: rates, conflictCycles, start, stop, schedule, timeline };
}

function layerReport(
  schedule: LayerSchedule,
  timeline: Timeline,
  bandwidth: SimulateConfig['bandwidth'],
  conflictCycles = 0,
): ScaleSimLayerReport {
  const { layer, config } = schedule;
  const { rows, columns } = config.array;
  const drain = drainCycles(schedule);
  const cycles = schedule.cycles + drain;
  const totalCycles = bandwidth === 'CALC' ? cycles + conflictCycles : timeline.stop + drain;
  const sram = (operand: keyof PerOperand<unknown>): Use => sramUse(schedule, timeline, SRAM_COUNTERS[operand]);
  const dram = (operand: keyof PerOperand<unknown>): Use => ({
    ...span(timeline.stages.filter(({ stage }) => wordsIn(stage, operand) > 0)),
    words: schedule.counts[COUNTER_INDEX[DRAM_COUNTERS[operand]]],
  });
  return {
    totalCycles,
    stallCycles: totalCycles - cycles,
    overallUtilization: (layerMacs(layer) * 100) / (totalCycles * rows * columns),
    mappingEfficiency: mappingEfficiency(schedule),
    computeUtilization: (layerMacs(layer) * 100) / (cycles * rows * columns),
    sram: { ifmap: sram('ifmap'), filter: sram('filter'), ofmap: sram('ofmap') },
    dram: { ifmap: dram('ifmap'), filter: dram('filter'), ofmap: dram('ofmap') },
  };
}

/**
 * Cycles after the last fold until its last results have left the array. Under os they move down all rows. Consecutive
 * retention leaves these cycles out, as SCALE-Sim does.
 */
function drainCycles({ queue, config }: LayerSchedule): number {
  return queue && findDataflow(config.dataflow).axes.streamed === 'k' ? config.array.rows - 1 : 0;
}

/** Percentage of processing elements with work in a fold, averaged over the folds. */
function mappingEfficiency({ runs, folds, config }: LayerSchedule): number {
  const { rows, columns } = config.array;
  const used = runs.reduce((sum, { count, kind }) => sum + count * usedElements(kind), 0);
  return (used * 100) / (folds * rows * columns);
}

/** Elements with work, summed over the folds of a kind. */
function usedElements({ shape, parts }: FoldKind): number {
  if (!parts) return shape.usedRows * shape.usedColumns;
  return parts.reduce((sum, { kind, count }) => sum + count * usedElements(kind), 0);
}

/** First and last cycle in which the array uses a scratchpad. Every fold uses it, so they lie in the first and the last fold. */
function sramUse(schedule: LayerSchedule, { stages }: Timeline, counter: Counter): Use {
  const computing = stages.filter(({ stage }) => stage.kind === 'compute');
  const first = computing[0];
  const last = computing[computing.length - 1];
  const { runs, counts } = schedule;
  const firstKind = runs[0].kind;
  const lastKind = runs[runs.length - 1].kind;
  const lastFold = edgeFold(lastKind, 'last');
  const start = activeCycles(edgeFold(firstKind, 'first').events, counter).first;
  const stop = lastKind.cycles - lastFold.cycles + activeCycles(lastFold.events, counter).last;
  const lastStart = last.start + (last.stage.count - 1) * last.cycles;
  return {
    start: first.start + Math.floor((start * first.cycles) / firstKind.cycles),
    stop: lastStart + Math.ceil(((stop + 1) * last.cycles) / lastKind.cycles) - 1,
    words: counts[COUNTER_INDEX[counter]],
  };
}

/** First and last cycle of consecutive stages. */
function span(stages: readonly TimedStage[]): { start: number; stop: number } {
  const { start, cycles, stage } = stages[stages.length - 1];
  return { start: stages[0].start, stop: start + stage.count * cycles - 1 };
}
