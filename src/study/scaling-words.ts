import { COUNTER_INDEX as at } from '../base/counters.ts';
import { OPERANDS, type Operand, type SystolicConfig, schedulePartitioned } from '../systolic/index.ts';
import type { Layer } from '../workload/index.ts';
import { arraysOf, type ScalingDesign } from './scaling.ts';

/** Scratchpad bytes of a design, all arrays together. Each array gets an equal share. */
export const SCALING_SCRATCHPAD_BYTES: Readonly<Record<Operand, number>> = {
  ifmap: 512 * 1024,
  filter: 512 * 1024,
  ofmap: 256 * 1024,
};

/**
 * The configuration of one array of a design. Words have 8 bits and partial sums 32 bits. Partial sums that do not fit
 * pass through DRAM, so that T is never cut and the stall-free cycles are those of the closed form.
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

/** DRAM words that a layer moves on a design, all arrays together, split `spatial`. Errors: those of `scheduleLayer`. */
export function designDramWords(layer: Layer, dataflow: string, design: ScalingDesign): number {
  const partitions = { rows: design.partitionRows, columns: design.partitionColumns, split: 'spatial' } as const;
  const { counts } = schedulePartitioned(layer, designConfig(dataflow, design), partitions);
  const reads = counts[at.dram_ifmap_reads] + counts[at.dram_filter_reads] + counts[at.dram_ofmap_reads];
  return reads + counts[at.dram_ofmap_writes];
}
