import { formatWarning } from '../base/errors.ts';
import type { SourceText } from '../base/source.ts';
import {
  type LayerAccesses,
  type LayerRecording,
  layerAccesses,
  readAccelergyHardware,
  type ScaleSimInput,
  type ScaleSimReports,
  scaleSimAccelergy,
} from '../peers/scalesim/index.ts';
import { complain } from './terminal.ts';

/** The hand-over of SCALE-Sim's branch for Accelergy, collected layer by layer. Errors: as of `readAccelergyHardware`. */
export function accelergyHandover({ config }: ScaleSimInput, source: SourceText) {
  const hardware = readAccelergyHardware(source);
  const layers: LayerAccesses[] = [];
  let last: LayerRecording | undefined;
  return {
    collect(recording: LayerRecording): void {
      layers.push(recording === last ? layers[layers.length - 1] : layerAccesses(recording));
      last = recording;
    },
    /** The files; a warning tells which counts are below zero. */
    files(reports: ScaleSimReports): Readonly<Record<string, string>> {
      const { files, negative } = scaleSimAccelergy(layers, config, hardware, reports);
      if (negative.length > 0) {
        const message = `action_count.yaml has counts below zero, as SCALE-Sim's: ${negative.join(', ')}`;
        complain(`${formatWarning({ code: 'out-of-range', message })}\n`);
      }
      return files;
    },
  };
}
