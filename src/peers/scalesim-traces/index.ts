import { OPERANDS } from '../../systolic/index.ts';
import type { LayerRecording } from './recording.ts';
import { TraceText } from './text.ts';
import { dramTrace, scratchpadTrace, type Trace } from './trace.ts';

export { type ScaleSimActivity, scaleSimActivity } from './activity.ts';
export { type LayerRecording, recordScaleSimLayer } from './recording.ts';

/** Receives the bytes of files by name, piece by piece, one file after the other. The bytes are valid only during the call. */
export type TraceSink = (file: string, bytes: Uint8Array) => void;

/**
 * Writes SCALE-Sim's six trace files of a layer, byte for byte. `sink` receives one file after the other. Error:
 * `out-of-range` for 2^31 results or more.
 */
export function writeScaleSimTraces(recording: LayerRecording, sink: TraceSink): void {
  for (const operand of OPERANDS) {
    const offset = recording.config.offsets[operand];
    const write = (memory: 'SRAM' | 'DRAM', { width, send }: Trace): void => {
      const file = `${operand.toUpperCase()}_${memory}_TRACE.csv`;
      // Python prints the cells of SRAM traces as whole numbers and those of DRAM traces as floats.
      const text = new TraceText((bytes) => sink(file, bytes), { float: memory === 'DRAM', offset }, width);
      send(text);
      text.flush();
    };
    write('SRAM', scratchpadTrace(recording, operand));
    write('DRAM', dramTrace(recording, operand));
  }
}
