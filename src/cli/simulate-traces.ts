import { join } from 'node:path';
import { ACTIVITY_COLUMNS } from '../base/counters.ts';
import type { OutputFiles } from '../node/index.ts';
import {
  isSameShape,
  type LayerRecording,
  recordScaleSimLayer,
  type ScaleSimActivity,
  type ScaleSimInput,
  type ScaleSimLayerReport,
  type ScaleSimVersion,
  scaleSimActivity,
  writeScaleSimTraces,
} from '../peers/scalesim/index.ts';
import { writeCsv } from '../report/files/index.ts';
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
  let activity: ScaleSimActivity | undefined;
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
        const tell = (text: string): void => progress.update(`${where}, ${text}`);
        const sink = fileSink(join(folder, `layer${i}`), output, tell);
        writeScaleSimTraces(recording, sink.write);
        sink.end();
      }
      if (activity !== undefined && interval !== undefined) {
        output.append(join(folder, 'activity.csv'), activityText(activity, i, layer.name, interval));
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

/** The rows of a layer; those of the first below the header. */
function activityText(activity: ScaleSimActivity, index: number, name: string, interval: number): string {
  const columns = ['layer_index', 'layer', 'start_cycle', 'end_cycle', ...ACTIVITY_COLUMNS];
  const csv = writeCsv(columns, activityRows(activity, index, name, interval));
  return index === 0 ? csv : csv.slice(csv.indexOf('\n') + 1);
}

function* activityRows(
  { first, windows, counts }: ScaleSimActivity,
  index: number,
  name: string,
  interval: number,
): Generator<(string | number)[]> {
  for (let i = 0; i < windows; i++) {
    const start = (first + i) * interval;
    yield [index, name, start, start + interval, ...ACTIVITY_COLUMNS.map((column) => counts[column][i])];
  }
}
