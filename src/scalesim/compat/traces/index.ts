export { ACTIVITY_COLUMNS, type LayerActivity, scaleSimActivity } from './activity.ts';
export { type LayerRecording, recordScaleSimLayer } from './recording.ts';

import { drainWords } from '../simulate.ts';
import { writeDrainedTrace } from './drained.ts';
import { estimatedFetches, widestFetch, writeEstimatedTrace } from './estimated.ts';
import { ResultLines, requestLines } from './lines.ts';
import { prefetchingOf, writePrefetchedTrace } from './prefetched.ts';
import { type LayerRecording, latenessOf } from './recording.ts';
import { writeScratchpadTrace } from './scratchpad.ts';
import { type ByteSink, TraceText } from './text.ts';

const OPERANDS = ['ifmap', 'filter', 'ofmap'] as const;
type Operand = (typeof OPERANDS)[number];

/** Takes the bytes of files by name, piece by piece, one file after the other. They hold only during the call. */
export type TraceSink = (file: string, bytes: Uint8Array) => void;

/**
 * SCALE-Sim's six trace files of a layer, byte for byte. `sink` gets them one after the other. Error: `out-of-range` for 2^31
 * results or more.
 */
export function writeScaleSimTraces(recording: LayerRecording, sink: TraceSink): void {
  for (const operand of OPERANDS) {
    writeSram(recording, operand, (bytes) => sink(`${operand.toUpperCase()}_SRAM_TRACE.csv`, bytes));
  }
  for (const operand of OPERANDS) {
    writeDram(recording, operand, (bytes) => sink(`${operand.toUpperCase()}_DRAM_TRACE.csv`, bytes));
  }
}

function writeSram({ config, schedule, late }: LayerRecording, operand: Operand, sink: ByteSink): void {
  const source = operand === 'ofmap' ? new ResultLines(schedule) : requestLines(schedule, schedule[operand]);
  const text = new TraceText(sink, { float: false, offset: config.offsets[operand] }, source.cells.length);
  writeScratchpadTrace(schedule, source, late, latenessOf(late, operand), text);
  text.flush();
}

function writeDram(recording: LayerRecording, operand: Operand, sink: ByteSink): void {
  const { config, schedule, drains } = recording;
  const { bandwidth } = config;
  const textOf = (width: number): TraceText =>
    new TraceText(sink, { float: true, offset: config.offsets[operand] }, width);
  let text: TraceText;
  if (operand === 'ofmap') {
    const width = drainWords(config);
    text = textOf(width);
    writeDrainedTrace(schedule, new ResultLines(schedule), drains, width, text);
  } else if (bandwidth === 'CALC') {
    const fetches = estimatedFetches(recording, operand);
    text = textOf(widestFetch(fetches));
    writeEstimatedTrace(recording, operand, fetches, text);
  } else {
    text = textOf(bandwidth[operand]);
    writePrefetchedTrace(prefetchingOf(recording, operand, bandwidth[operand]), text);
  }
  text.flush();
}
