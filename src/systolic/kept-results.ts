import { COUNTER_INDEX } from '../base/counters.ts';
import { gemmShape, type Layer } from '../workload/index.ts';
import type { SystolicConfig } from './config.ts';
import { besideKept, fitProblems } from './fits.ts';
import { modelOf } from './memory-model.ts';
import { type PartitionedLayer, type Partitions, schedulePartitioned } from './partition.ts';
import { oncePerShape } from './repeats.ts';
import { type LayerSchedule, scheduleLayer } from './schedule.ts';

/**
 * Schedules the layers of a network, each shape once, and tells `onLayer` about each. With `keep_results` a layer of a single
 * array finds its ifmap in the ofmap scratchpad where the results before it fit (docs/methods/memory-next-use.md, "Results that
 * stay"). Errors: those of `scheduleLayer`.
 * @param configs one configuration for all layers, or one for each, where a mapping changes them
 */
export function scheduleNetwork(
  layers: readonly Layer[],
  configs: SystolicConfig | readonly SystolicConfig[],
  partitions: Partitions,
  onLayer: (layer: PartitionedLayer, index: number) => void,
): PartitionedLayer[] {
  const isAlone = partitions.rows * partitions.columns === 1;
  const known = new Map<SystolicConfig, (layer: Layer) => PartitionedLayer>();
  const fromDram = (layer: Layer, config: SystolicConfig): PartitionedLayer => {
    const schedule = known.get(config) ?? oncePerShape((one) => schedulePartitioned(one, config, partitions));
    known.set(config, schedule);
    return schedule(layer);
  };
  let before: LayerSchedule | null = null;
  return layers.map((layer, index) => {
    const config = isList(configs) ? configs[index] : configs;
    let scheduled = fromDram(layer, config);
    if (isAlone && modelOf(config.memory).keepResults) {
      const [alone] = scheduled.parts as readonly LayerSchedule[];
      const kept = before && withKeptIfmap(alone, before, config);
      if (kept) scheduled = { ...scheduled, parts: [kept], cycles: kept.cycles, counts: kept.counts };
      before = kept ?? alone;
    }
    onLayer(scheduled, index);
    return scheduled;
  });
}

function isList(configs: SystolicConfig | readonly SystolicConfig[]): configs is readonly SystolicConfig[] {
  return Array.isArray(configs);
}

/** The layer with its ifmap in the ofmap scratchpad, if that is possible and moves fewer bits through DRAM in no more cycles. */
function withKeptIfmap(alone: LayerSchedule, before: LayerSchedule, config: SystolicConfig): LayerSchedule | null {
  const { layer } = alone;
  const { wordBits } = config.memory;
  if (!isIfmapOf(before.layer, layer) || wordBits.ifmap !== wordBits.ofmap || !resultsFit(before)) return null;
  const keptBytes = resultBytes(before);
  if (fitProblems(layer, besideKept(config, keptBytes)).length > 0) return null;
  const kept = scheduleLayer(layer, config, keptBytes);
  const isBetter = dramBits(kept) < dramBits(alone) && kept.cycles <= alone.cycles;
  return isBetter ? kept : null;
}

/** Whether a layer's results have the shape of the next one's ifmap. The files do not say which layer reads which results. */
function isIfmapOf(before: Layer, layer: Layer): boolean {
  return (
    before.batch === layer.batch &&
    before.ofmapHeight === layer.ifmapHeight &&
    before.ofmapWidth === layer.ifmapWidth &&
    before.filters * before.groups === layer.channels * layer.groups
  );
}

function resultBytes({ layer, config }: LayerSchedule): number {
  const { m, n } = gemmShape(layer);
  return Math.ceil((m * n * layer.groups * config.memory.wordBits.ofmap) / 8);
}

/** Whether all results of a layer fit beside its own kept ifmap and the largest tile of partial sums. */
function resultsFit(schedule: LayerSchedule): boolean {
  const { config, ofmapWordBits, edgeTiles, keptIfmapBytes } = schedule;
  const { scratchpadBytes, wordBits } = config.memory;
  const adds = ofmapWordBits > wordBits.ofmap;
  const tileBytes = adds ? Math.ceil((edgeTiles.ofmap.first * ofmapWordBits) / 8) : 0;
  return resultBytes(schedule) + tileBytes + keptIfmapBytes <= scratchpadBytes.ofmap;
}

function dramBits({ counts }: LayerSchedule): number {
  return counts[COUNTER_INDEX.dram_read_bits] + counts[COUNTER_INDEX.dram_write_bits];
}
