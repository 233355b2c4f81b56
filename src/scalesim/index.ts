export type { ScaleSimCompat } from '../formats/scalesim.ts';
export {
  type AccelergyHardware,
  readAccelergyHardware,
  type ScaleSimConfig,
  type ScaleSimVersion,
} from '../formats/scalesim-config.ts';
export {
  type AccelergyHandover,
  type LayerAccesses,
  layerAccesses,
  scaleSimAccelergy,
} from './compat/accelergy/index.ts';
export { isSameShape, simulateScaleSim, simulateScaleSimLayer } from './compat/simulate.ts';
export {
  ACTIVITY_COLUMNS,
  type LayerActivity,
  type LayerRecording,
  recordScaleSimLayer,
  scaleSimActivity,
  type TraceSink,
  writeScaleSimTraces,
} from './compat/traces/index.ts';
export { readScaleSimInput, type ScaleSimInput, type ScaleSimTexts } from './input.ts';
export { type ScaleSimReports, scaleSimReports } from './reports.ts';
export type { ScaleSimLayerReport } from './types.ts';
