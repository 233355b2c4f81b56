import { drainWords } from '../scalesim-engine/simulate.ts';
import { sendDrainedTrace } from './drained.ts';
import { estimatedFetches, sendEstimatedTrace, widestFetch } from './estimated.ts';
import { ResultLines, requestLines, type TraceLines } from './lines.ts';
import { prefetchingOf, sendPrefetchedTrace } from './prefetched.ts';
import { type LayerRecording, latenessOf } from './recording.ts';
import { sendScratchpadTrace } from './scratchpad.ts';

/** A trace: the number of cells of its widest line, and a function that sends its lines. */
export interface Trace {
  readonly width: number;
  send(lines: TraceLines): void;
}

/** The trace of an operand in its scratchpad. Error: `out-of-range` for 2^31 results or more. */
export function scratchpadTrace({ schedule, late }: LayerRecording, operand: 'ifmap' | 'filter' | 'ofmap'): Trace {
  const source = operand === 'ofmap' ? new ResultLines(schedule) : requestLines(schedule, schedule[operand]);
  const lateness = latenessOf(late, operand);
  return {
    width: source.cells.length,
    send: (lines) => sendScratchpadTrace(schedule, source, late, lateness, lines),
  };
}

/** The trace of an operand in DRAM. Error: as for `scratchpadTrace`. */
export function dramTrace(recording: LayerRecording, operand: 'ifmap' | 'filter' | 'ofmap'): Trace {
  const { config, schedule, drains } = recording;
  const { bandwidth } = config;
  if (operand === 'ofmap') {
    const width = drainWords(config);
    const source = new ResultLines(schedule);
    return { width, send: (lines) => sendDrainedTrace(schedule, source, drains, width, lines) };
  }
  if (bandwidth === 'CALC') {
    const fetches = estimatedFetches(recording, operand);
    return { width: widestFetch(fetches), send: (lines) => sendEstimatedTrace(recording, operand, fetches, lines) };
  }
  const prefetching = prefetchingOf(recording, operand, bandwidth[operand]);
  return { width: bandwidth[operand], send: (lines) => sendPrefetchedTrace(prefetching, lines) };
}
