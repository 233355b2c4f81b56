/**
 * The fixed list of activity counters. A systolic schedule produces them; energy and reports consume them. Counts are
 * words or operations unless a name says bits. Docs: docs/methods/systolic.md and memory.md.
 */
export const COUNTERS = [
  'macs',
  // Scratchpad words moved between a scratchpad and the array.
  'ifmap_sram_reads',
  'filter_sram_reads',
  'ofmap_sram_reads', // partial sums read back (read-modify-write)
  'ofmap_sram_writes', // results and partial sums
  // DRAM words. Every word read also fills its scratchpad; every word written also drains the ofmap scratchpad.
  'dram_ifmap_reads',
  'dram_filter_reads',
  'dram_ofmap_reads', // partial sums spilled earlier
  'dram_ofmap_writes', // results and spilled partial sums
  // PE registers, by operand.
  'ifmap_reg_reads',
  'ifmap_reg_writes',
  'filter_reg_reads',
  'filter_reg_writes',
  'psum_reg_reads',
  'psum_reg_writes',
  // The same traffic in bits, where words of two widths mix: both sides of the ofmap scratchpad, all of DRAM, and both
  // sides of the filter scratchpad, where sparse weights travel with their position metadata.
  'ofmap_sram_read_bits',
  'ofmap_sram_write_bits',
  'dram_read_bits',
  'dram_write_bits',
  'filter_sram_read_bits',
  'filter_sram_write_bits',
  // What DRAM and the ofmap scratchpad (results that stay for the next layer) write into the ifmap scratchpad.
  'ifmap_sram_write_bits',
] as const;

/** The counters written to files of activity by window of cycles: MACs and words. */
export const ACTIVITY_COLUMNS = [
  'macs',
  'ifmap_sram_reads',
  'filter_sram_reads',
  'ofmap_sram_reads',
  'ofmap_sram_writes',
  'dram_ifmap_reads',
  'dram_filter_reads',
  'dram_ofmap_reads',
  'dram_ofmap_writes',
] as const satisfies readonly Counter[];

export type Counter = (typeof COUNTERS)[number];

/** A column of counts in the order of COUNTERS. */
export type Counts = Float64Array;

/** Index of each counter in a `Counts` column. */
export const COUNTER_INDEX = Object.fromEntries(COUNTERS.map((name, i) => [name, i])) as Readonly<
  Record<Counter, number>
>;

/** A column with an entry for each of COUNTERS, all 0. */
export function zeroCounts(): Counts {
  return new Float64Array(COUNTERS.length);
}

/** target += factor * source */
export function addCounts(target: Counts, source: Counts, factor = 1): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * source[i];
}
