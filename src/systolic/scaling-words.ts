import { COUNTER_INDEX as at } from '../activity/counters.ts';
import { gemmShape, type Layer } from '../workload/layer.ts';
import { findDataflow } from './dataflows/index.ts';
import { partLayers } from './partition.ts';
import { arraysOf, type ScalingDesign } from './scaling.ts';
import { scheduleLayer } from './schedule.ts';
import { ifmapTiles, plainTiles } from './tiles.ts';
import { OPERANDS, type Operand, type SystolicConfig } from './types.ts';

/** Scratchpads of a design in bytes, those of all its arrays together; each array has an equal share. */
export const SCALING_SCRATCHPAD_BYTES: Readonly<Record<Operand, number>> = {
  ifmap: 512 * 1024,
  filter: 512 * 1024,
  ofmap: 256 * 1024,
};

/**
 * One array of a design as the schedule wants it: words of 8 bit, partial sums of 32 bit, which pass through DRAM where they do not
 * fit, so that T is never cut and the stall-free cycles are those of the closed form.
 */
export function designConfig(dataflow: string, design: ScalingDesign): SystolicConfig {
  const share = (operand: Operand): number => Math.floor(SCALING_SCRATCHPAD_BYTES[operand] / arraysOf(design));
  const scratchpadBytes = Object.fromEntries(OPERANDS.map((operand) => [operand, share(operand)]));
  return {
    array: { rows: design.rows, columns: design.columns },
    dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 32 },
      scratchpadBytes: scratchpadBytes as Record<Operand, number>,
      psum: 'spill',
      prefetchAcrossLayers: false,
    },
  };
}

/**
 * DRAM words a layer moves on a design, all arrays together: those of `schedulePartitioned`, split `spatial`. Parts that do the
 * same are scheduled once, as there are thousands of arrays. Errors: those of `scheduleLayer`.
 */
export function designDramWords(layer: Layer, dataflow: string, design: ScalingDesign): number {
  const config = designConfig(dataflow, design);
  const partitions = { rows: design.partitionRows, columns: design.partitionColumns, split: 'spatial' } as const;
  // Where windows neither overlap nor reach into padding, parts of a size fetch as many words wherever they lie.
  const placeMatters = ifmapTiles(layer) !== plainTiles;
  const equal = new Map<string, { readonly part: Layer; count: number }>();
  for (const part of partLayers(layer, config, partitions)) {
    if (!part) continue;
    const { m, n, k, firstM, firstK } = part.part ?? { ...gemmShape(part), firstM: 0, firstK: 0 };
    const place = placeMatters ? `${firstM},${firstK}` : '';
    const key = `${part.groups},${m},${n},${k},${place}`;
    const known = equal.get(key);
    if (known) known.count++;
    else equal.set(key, { part, count: 1 });
  }
  let words = reductionWords(layer, dataflow, design);
  for (const { part, count } of equal.values()) words += count * scheduledWords(part, config);
  return words;
}

function scheduledWords(part: Layer, config: SystolicConfig): number {
  const { counts } = scheduleLayer(part, config);
  const reads = counts[at.dram_ifmap_reads] + counts[at.dram_filter_reads] + counts[at.dram_ofmap_reads];
  return reads + counts[at.dram_ofmap_writes];
}

/** Where the rows of arrays cut the window, the partial sums of all of them come back, and each result leaves once more. */
function reductionWords(layer: Layer, dataflow: string, design: ScalingDesign): number {
  if (findDataflow(dataflow).axes.rows !== 'k' || layer.groups >= arraysOf(design)) return 0;
  const { m, n, k } = gemmShape(layer);
  const summands = Math.min(design.partitionRows, k);
  return summands === 1 ? 0 : m * n * layer.groups * (summands + 1);
}
