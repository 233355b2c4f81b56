import type { PerOperand } from '../scalesim/layer-report.ts';
import type { TraceLines } from '../scalesim-traces/lines.ts';
import type { LayerRecording } from '../scalesim-traces/recording.ts';
import { dramTrace, scratchpadTrace, type Trace } from '../scalesim-traces/trace.ts';

/**
 * Words of a block, and the number of trace lines for which its blocks stay open. Both are fixed, whatever the
 * configuration says.
 */
const BLOCK_WORDS = 5;
const OPEN_LINES = 2;

/** Accesses of a layer that its traces find in a recently used block. */
export interface Repeats {
  readonly sram: PerOperand<number>;
  readonly dram: PerOperand<number>;
}

/**
 * The repeats of a layer. The ofmap scratchpad gets the repeats of the ifmap's trace. The ofmap's DRAM repeats exclude
 * the first cell of each line, which the branch mistakes for the cycle.
 */
export function repeatsOf(recording: LayerRecording): Repeats {
  const { schedule, config } = recording;
  const { ifmap, filter, overColumns, overRows, inTime, drainsAtEnd } = schedule;
  const results = overColumns * (drainsAtEnd ? overRows : inTime);
  const spans = { ifmap: ifmap.matrix.span, filter: filter.matrix.span, ofmap: results };
  const count = (trace: Trace, operand: keyof typeof spans, skipped = 0): number => {
    const counter = new RepeatCounter(config.offsets[operand], spans[operand], skipped);
    trace.send(counter);
    return counter.repeats;
  };
  const ofIfmap = count(scratchpadTrace(recording, 'ifmap'), 'ifmap');
  const sram = { ifmap: ofIfmap, filter: count(scratchpadTrace(recording, 'filter'), 'filter'), ofmap: ofIfmap };
  const dram = {
    ifmap: count(dramTrace(recording, 'ifmap'), 'ifmap'),
    filter: count(dramTrace(recording, 'filter'), 'filter'),
    ofmap: count(dramTrace(recording, 'ofmap'), 'ofmap', 1),
  };
  return { sram, dram };
}

/**
 * Counts repeats. In each line all cells of a block but one are repeats; the remaining one is a repeat if one of the
 * two previous lines has the block. The first line has no repeats. Cells with address 1, including the padding of 1,
 * never count.
 */
class RepeatCounter implements TraceLines {
  repeats = 0;
  private readonly offset: number;
  private readonly firstBlock: number;
  /** The last line that contained each block. */
  private readonly lines: Int32Array;
  private at = 0;
  private readonly skipped: number;

  constructor(offset: number, span: number, skipped: number) {
    this.skipped = skipped;
    this.offset = offset;
    this.firstBlock = Math.floor(offset / BLOCK_WORDS);
    this.lines = new Int32Array(Math.floor((offset + span) / BLOCK_WORDS) - this.firstBlock + 1).fill(-OPEN_LINES - 1);
  }

  line(_cycle: number, cells: Int32Array, first: number, end: number): void {
    const { lines, offset, firstBlock, at } = this;
    let repeats = 0;
    for (let i = Math.max(first, this.skipped); i < end; i++) {
      const address = cells[i] + offset;
      if (cells[i] < 0 || address === 1) continue;
      const block = Math.floor(address / BLOCK_WORDS) - firstBlock;
      if (at - lines[block] <= OPEN_LINES) repeats++;
      lines[block] = at;
    }
    if (at > 0) this.repeats += repeats;
    this.at++;
  }
}
