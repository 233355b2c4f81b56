import type { Schedule } from '../scalesim-engine/streams.ts';
import type { LineSource, TraceLines } from './lines.ts';
import type { LateLines, Lateness } from './recording.ts';

/** Sends the trace of a scratchpad: every line of the schedule, including idle ones, with the cycle in which it was served. */
export function sendScratchpadTrace(
  { rowFolds, columnFolds, lines }: Schedule,
  source: LineSource,
  late: LateLines,
  { due, delays }: Lateness,
  trace: TraceLines,
): void {
  const width = source.cells.length;
  let next = 0;
  let stall = 0;
  let line = 0;
  for (let column = 0; column < columnFolds; column++) {
    for (let row = 0; row < rowFolds; row++) {
      source.fold(row, column);
      for (let j = 0; j < lines; j++, line++) {
        source.line(j);
        const isLate = line === late.lines[next];
        const cycle = line + stall + due + (isLate ? delays[next] : 0);
        trace.line(cycle, source.cells, source.first, source.end, width);
        if (isLate) stall = late.stalls[next++];
      }
    }
  }
}
