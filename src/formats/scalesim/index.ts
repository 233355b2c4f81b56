export {
  type AccelergyHardware,
  readAccelergyHardware,
  readScaleSimConfig,
  type ScaleSimConfig,
  type ScaleSimDataflow,
  type ScaleSimSparsity,
  type ScaleSimVersion,
  type SimulateConfig,
} from './config.ts';
export { type LineLayout, readScaleSimLayouts, type ScaleSimLayout } from './layout.ts';
export { keptWords, placeBits, readSparsity, type Sparsity } from './sparsity.ts';
export { type PlacedBanks, type PlacedConfig, readSimulateConfig, type ScratchpadBanks } from './strict-config.ts';
export {
  readScaleSimConv,
  readScaleSimGemm,
  type ScaleSimCompat,
  type ScaleSimConv,
  type ScaleSimShape,
  scaleSimForm,
} from './topology.ts';
