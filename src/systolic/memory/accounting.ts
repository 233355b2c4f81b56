import { COUNTER_INDEX, type Counts } from '../../base/counters.ts';
import type { MemoryConfig } from '../config.ts';

/** Words of one fold that cross DRAM. */
export interface FoldTraffic {
  /** Arrive before the fold starts. */
  readonly prefetchIfmap: number;
  readonly prefetchFilter: number;
  /** Arrive while it computes. */
  readonly streamIfmap: number;
  readonly streamFilter: number;
  /** Results that leave after the fold, and during it. */
  readonly outAfter: number;
  readonly outDuring: number;
  /** Partial sums spilled to and fetched back from DRAM during the fold. */
  readonly psumOut: number;
  readonly psumIn: number;
  /** ifmap words that come from the ofmap scratchpad instead of DRAM: results that stayed from the layer before. */
  readonly keptIfmap: number;
}

/** The array's side of the filter scratchpad in bits, from its words. */
export function addFilterBits(counts: Counts, filterBits: number): void {
  counts[COUNTER_INDEX.filter_sram_read_bits] += counts[COUNTER_INDEX.filter_sram_reads] * filterBits;
}

/** The array's side of the ofmap scratchpad in bits, from its words. */
export function addOfmapBits(counts: Counts, ofmapWordBits: number): void {
  counts[COUNTER_INDEX.ofmap_sram_read_bits] += counts[COUNTER_INDEX.ofmap_sram_reads] * ofmapWordBits;
  counts[COUNTER_INDEX.ofmap_sram_write_bits] += counts[COUNTER_INDEX.ofmap_sram_writes] * ofmapWordBits;
}

/** Traffic of a fold that crosses DRAM during its own stage, per fold; words that arrive before or leave after aside. */
export function addTrafficDuring(
  counts: Counts,
  run: FoldTraffic,
  memory: MemoryConfig,
  ofmapWordBits: number,
  factor = 1,
): void {
  addArrivals(counts, run.streamIfmap, run.streamFilter, memory, factor);
  addKeptIfmap(counts, factor * run.keptIfmap, memory);
  addDepartures(counts, run.outDuring, memory.wordBits.ofmap, ofmapWordBits, factor);
  addDepartures(counts, run.psumOut, memory.wordBits.psum, ofmapWordBits, factor);
  const psumBits = factor * run.psumIn * memory.wordBits.psum;
  counts[COUNTER_INDEX.dram_ofmap_reads] += factor * run.psumIn;
  counts[COUNTER_INDEX.dram_read_bits] += psumBits;
  counts[COUNTER_INDEX.ofmap_sram_write_bits] += psumBits;
}

/** ifmap words that move from the ofmap scratchpad to that of the ifmap. */
function addKeptIfmap(counts: Counts, words: number, { wordBits }: MemoryConfig): void {
  counts[COUNTER_INDEX.ofmap_sram_reads] += words;
  counts[COUNTER_INDEX.ofmap_sram_read_bits] += words * wordBits.ifmap;
  counts[COUNTER_INDEX.ifmap_sram_write_bits] += words * wordBits.ifmap;
}

/** ifmap and filter words arriving from DRAM. */
export function addArrivals(
  counts: Counts,
  ifmap: number,
  filter: number,
  { wordBits }: MemoryConfig,
  factor = 1,
): void {
  counts[COUNTER_INDEX.dram_ifmap_reads] += factor * ifmap;
  counts[COUNTER_INDEX.dram_filter_reads] += factor * filter;
  counts[COUNTER_INDEX.ifmap_sram_write_bits] += factor * ifmap * wordBits.ifmap;
  counts[COUNTER_INDEX.filter_sram_write_bits] += factor * filter * wordBits.filter;
  counts[COUNTER_INDEX.dram_read_bits] += factor * (ifmap * wordBits.ifmap + filter * wordBits.filter);
}

/** Words held at `ofmapWordBits` in the ofmap scratchpad leaving to DRAM at `bits`. */
export function addDepartures(counts: Counts, words: number, bits: number, ofmapWordBits: number, factor = 1): void {
  counts[COUNTER_INDEX.dram_ofmap_writes] += factor * words;
  counts[COUNTER_INDEX.dram_write_bits] += factor * words * bits;
  counts[COUNTER_INDEX.ofmap_sram_read_bits] += factor * words * ofmapWordBits;
}
