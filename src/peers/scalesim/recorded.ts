import { ACTIVITY_COLUMNS } from '../../base/counters.ts';
import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import { writeCsv } from '../../report/files/index.ts';
import { isSameShape } from '../scalesim-engine/simulate.ts';
import {
  type LayerRecording,
  recordScaleSimLayer,
  type ScaleSimActivity,
  scaleSimActivity,
  type TraceSink,
  writeScaleSimTraces,
} from '../scalesim-traces/index.ts';
import type { ScaleSimLayerReport } from './layer-report.ts';
import type { ScaleSimInput } from './peer-input.ts';

/** The files of a run. They are written one after the other, since there may be more than can be open at once. */
export interface ScaleSimFiles {
  /** Appends to a file, which starts empty. */
  write(path: string, content: string | Uint8Array): void;
  /** Marks a file as complete. */
  end(path: string): void;
}

/** The outputs besides the reports. */
export interface RecordedOutputs {
  readonly saveTraces?: boolean | undefined;
  /** Length of a window of activity.csv in cycles. */
  readonly interval?: number | undefined;
  /** Receives the recording of every layer. */
  readonly collect?: ((recording: LayerRecording) => void) | undefined;
  /** Receives the current activity and the share of the layers that is done. */
  readonly onProgress?: ((activity: string, share: number) => void) | undefined;
}

/** Simulates layer by layer and writes traces and activity below `folder`. Errors: as for `recordScaleSimLayer`. */
export function simulateRecorded(
  { config, layers }: ScaleSimInput,
  version: ScaleSimVersion,
  { saveTraces, interval, collect, onProgress = () => {} }: RecordedOutputs,
  folder: string,
  files: ScaleSimFiles,
): ScaleSimLayerReport[] {
  let recording: LayerRecording | undefined;
  let activity: ScaleSimActivity | undefined;
  return layers.map((layer, i) => {
    const where = `layer ${i + 1} of ${layers.length}: ${layer.name}`;
    const share = i / layers.length;
    onProgress(where, share);
    // The channels of a depthwise layer are layers of one shape and share a recording.
    if (recording === undefined || !isSameShape(layer, layers[i - 1])) {
      recording = recordScaleSimLayer(layer, config, version);
      activity = interval === undefined ? undefined : scaleSimActivity(recording, interval);
    }
    if (saveTraces)
      writeTraces(recording, `${folder}/layer${i}`, files, (text) => onProgress(`${where}, ${text}`, share));
    if (activity !== undefined && interval !== undefined) {
      files.write(`${folder}/activity.csv`, activityText(activity, i, layer.name, interval));
    }
    collect?.(recording);
    return recording.report;
  });
}

function writeTraces(
  recording: LayerRecording,
  folder: string,
  files: ScaleSimFiles,
  onProgress: (text: string) => void,
): void {
  let path: string | undefined;
  let written = 0;
  const end = (): void => {
    if (path !== undefined) files.end(path);
  };
  const sink: TraceSink = (file, bytes) => {
    const next = `${folder}/${file}`;
    if (next !== path) {
      end();
      path = next;
      written = 0;
    }
    files.write(path, bytes);
    written += bytes.length;
    onProgress(`${file}, ${Math.round(written / 1e6)} MB`);
  };
  writeScaleSimTraces(recording, sink);
  end();
}

/** The rows of a layer; the first layer's rows follow the header. */
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
