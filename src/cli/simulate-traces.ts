import { join } from 'node:path';
import type { OutputFiles } from '../node/output.ts';
import { writeCsv } from '../report/csv.ts';
import {
  ACTIVITY_COLUMNS,
  isSameShape,
  type LayerActivity,
  type LayerRecording,
  recordScaleSimLayer,
  type ScaleSimInput,
  type ScaleSimLayerReport,
  type ScaleSimVersion,
  scaleSimActivity,
  writeScaleSimTraces,
} from '../scalesim/index.ts';
import { progressLine } from './progress.ts';

export interface TraceOptions {
  readonly saveTraces?: boolean;
  /** Cycles of a window. */
  readonly interval?: number;
}

/**
 * Simulates layer by layer and writes their traces and activity into a folder. `collect` gets the recording of every layer.
 * Errors: as of simulation, `output-unwritable`.
 */
export function simulateWithTraces(
  { config, layers }: ScaleSimInput,
  version: ScaleSimVersion,
  { saveTraces, interval }: TraceOptions,
  folder: string,
  output: OutputFiles,
  collect: (recording: LayerRecording) => void = () => {},
): ScaleSimLayerReport[] {
  const progress = progressLine();
  let recording: LayerRecording | undefined;
  let activity: LayerActivity | undefined;
  try {
    return layers.map((layer, i) => {
      const where = `layer ${i + 1} of ${layers.length}: ${layer.name}`;
      progress.update(where);
      // The channels of a depthwise layer are layers of one shape.
      if (recording === undefined || !isSameShape(layer, layers[i - 1])) {
        recording = recordScaleSimLayer(layer, config, version);
        activity = interval === undefined ? undefined : scaleSimActivity(recording, interval);
      }
      if (saveTraces) {
        const sink = fileSink(join(folder, `layer${i}`), output, (text) => progress.update(`${where}, ${text}`));
        writeScaleSimTraces(recording, sink.write);
        sink.end();
      }
      if (activity !== undefined && interval !== undefined) {
        const rows = activityRows(activity, i, layer.name, interval);
        const csv = writeCsv(['layer_index', 'layer', 'start_cycle', 'end_cycle', ...ACTIVITY_COLUMNS], rows);
        output.append(join(folder, 'activity.csv'), i === 0 ? csv : csv.slice(csv.indexOf('\n') + 1));
      }
      collect(recording);
      return recording.report;
    });
  } finally {
    progress.done();
  }
}

/** Appends to files that come one after the other, and tells how far it is. */
function fileSink(folder: string, output: OutputFiles, tell: (text: string) => void) {
  let path: string | undefined;
  let written = 0;
  const end = (): void => {
    if (path !== undefined) output.end(path);
  };
  return {
    write(file: string, bytes: Uint8Array): void {
      const next = join(folder, file);
      if (next !== path) {
        end();
        path = next;
        written = 0;
      }
      output.append(path, bytes);
      written += bytes.length;
      tell(`${file}, ${Math.round(written / 1e6)} MB`);
    },
    end,
  };
}

function* activityRows(
  { first, windows, counts }: LayerActivity,
  index: number,
  name: string,
  interval: number,
): Generator<(string | number)[]> {
  for (let i = 0; i < windows; i++) {
    const start = (first + i) * interval;
    yield [index, name, start, start + interval, ...ACTIVITY_COLUMNS.map((column) => counts[column][i])];
  }
}
