export {
  gridSampleHeader,
  HOTSPOT_DECIMALS,
  HOTSPOT_DEFAULTS,
  HOTSPOT_KEYS,
  type HotspotBlock,
  type HotspotConfig,
  type HotspotKey,
  type HotspotOptions,
  type HotspotTrace,
  type NamedTemperatures,
  readFloorplan,
  readHotspotConfig,
  readPowerTrace,
  temperatureTraceHeader,
  temperatureTraceRow,
  writeFloorplan,
  writeGridLayers,
  writeHotspotConfig,
  writePowerTrace,
  writeTemperatures,
} from '../../formats/hotspot/index.ts';
export { explainHotspot } from './explain.ts';
export { layerField } from './field.ts';
export { type HotspotInput, type HotspotRequest, readHotspotInput } from './input/files.ts';
export type { HotspotModel } from './model.ts';
export type { HotspotPictures } from './output/drawn-layer.ts';
export { type HotspotOutputs, writeHotspot } from './output/write.ts';
export {
  type HotspotJob,
  type HotspotOutcome,
  type HotspotProgramMode,
  runHotspot,
  solveThermal,
  type TransientPeak,
} from './program.ts';
export type { HotspotTransient } from './transient.ts';
