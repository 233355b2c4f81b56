import type { Diagnostic } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { readAccelergyHardware } from '../../formats/scalesim/index.ts';
import type { ScaleSimInput } from '../scalesim/peer-input.ts';
import type { ScaleSimReports } from '../scalesim/reports.ts';
import type { LayerRecording } from '../scalesim-traces/index.ts';
import { type LayerAccesses, layerAccesses, scaleSimAccelergy } from './index.ts';

/** Collects the hand-over of SCALE-Sim's branch for Accelergy, layer by layer. */
export interface AccelergyCollector {
  collect(recording: LayerRecording): void;
  /** The files. A warning names counts below zero. */
  files(reports: ScaleSimReports): Readonly<Record<string, string>>;
}

/** Errors: as for `readAccelergyHardware`. */
export function accelergyCollector(
  { config }: ScaleSimInput,
  source: SourceText,
  warn: (warning: Diagnostic) => void,
): AccelergyCollector {
  const hardware = readAccelergyHardware(source);
  const layers: LayerAccesses[] = [];
  let last: LayerRecording | undefined;
  return {
    collect(recording) {
      layers.push(recording === last ? layers[layers.length - 1] : layerAccesses(recording));
      last = recording;
    },
    files(reports) {
      const { files, negative } = scaleSimAccelergy(layers, config, hardware, reports);
      if (negative.length > 0) {
        const message = `action_count.yaml has counts below zero, as SCALE-Sim's file has: ${negative.join(', ')}`;
        warn({ code: 'out-of-range', message });
      }
      return files;
    },
  };
}
