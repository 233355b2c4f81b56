export {
  type AccelergyHardware,
  readAccelergyHardware,
  type ScaleSimConfig,
  type ScaleSimVersion,
  type SimulateConfig,
} from '../formats/scalesim/config.ts';
export type { ScaleSimCompat } from '../formats/scalesim/topology.ts';
export {
  type AccelergyHandover,
  type LayerAccesses,
  layerAccesses,
  scaleSimAccelergy,
} from './compat/accelergy/index.ts';
export { isSameShape, simulateScaleSim, simulateScaleSimLayer } from './compat/simulate.ts';
export {
  type LayerRecording,
  recordScaleSimLayer,
  type ScaleSimActivity,
  scaleSimActivity,
  type TraceSink,
  writeScaleSimTraces,
} from './compat/traces/index.ts';
export { readScaleSimInput, type ScaleSimInput, type ScaleSimTexts } from './input.ts';
export { readSimulationInput, type SimulationInput } from './model/input.ts';
export type { BankedLayout, LayerLayouts } from './model/layouts.ts';
export { timelineProgress } from './model/progress.ts';
export { type LayerOutcome, type LayerSimulation, simulateLayer, simulateLayers } from './model/simulate.ts';
export type { TimedStage, Timeline } from './model/timeline.ts';
export { type ScaleSimReports, scaleSimReports } from './reports.ts';
export type { ScaleSimLayerReport } from './types.ts';
