export {
  HOTSPOT_DEFAULTS,
  HOTSPOT_KEYS,
  type HotspotConfig,
  type HotspotKey,
  type HotspotOptions,
  type OptionPair,
  readHotspotConfig,
  withCommandLine,
  writeHotspotConfig,
} from './config.ts';
export {
  type HotspotBlock,
  type HotspotTemperature,
  type HotspotTrace,
  readFloorplan,
  readInitialTemperatures,
  readPowerTrace,
  writeFloorplan,
  writePowerTrace,
} from './floorplan-and-trace.ts';
export { type HotspotLayerLines, readLayerFile } from './lcf.ts';
export { type HotspotMaterial, readMaterials } from './materials.ts';
export type { NamedTemperatures } from './output.ts';
export {
  gridSampleHeader,
  HOTSPOT_DECIMALS,
  temperatureTraceHeader,
  temperatureTraceRow,
  writeGridLayers,
  writeTemperatures,
} from './output.ts';
export { readHotspotPackage } from './package.ts';
export { type PowerCsv, readPowerCsv } from './power-csv.ts';
export { withoutUnendedLine } from './text.ts';
