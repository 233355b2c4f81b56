export type { ScaleSimCompat } from '../../formats/scalesim/index.ts';
export {
  type AccelergyHardware,
  readAccelergyHardware,
  type ScaleSimConfig,
  type ScaleSimVersion,
  type SimulateConfig,
} from '../../formats/scalesim/index.ts';
export {
  type AccelergyHandover,
  type LayerAccesses,
  layerAccesses,
  scaleSimAccelergy,
} from '../scalesim-accelergy/index.ts';
export { isSameShape, simulateScaleSim, simulateScaleSimLayer } from '../scalesim-engine/simulate.ts';
export {
  type LayerRecording,
  recordScaleSimLayer,
  type ScaleSimActivity,
  scaleSimActivity,
  type TraceSink,
  writeScaleSimTraces,
} from '../scalesim-traces/index.ts';
export type { ScaleSimLayerReport } from './layer-report.ts';
export type { BankedLayout, LayerLayouts } from './layouts.ts';
export { type LayerOutcome, type LayerSimulation, simulateLayer, simulateLayers } from './model.ts';
export { readSimulationInput, type SimulationInput } from './model-input.ts';
export { modelFiles, modelSummary } from './outputs.ts';
export { readScaleSimInput, type ScaleSimInput, type ScaleSimTexts } from './peer-input.ts';
export { timelineProgress } from './progress.ts';
export type { ScaleSimFiles } from './recorded.ts';
export { type ScaleSimReports, scaleSimReports } from './reports.ts';
export { runScaleSim, SCALE_SIM_PEERS, type ScaleSimJob, type ScaleSimRun } from './run.ts';
export { type SimulateOptions, type Simulation, simulate } from './simulate.ts';
export type { TimedStage, Timeline } from './timeline.ts';
