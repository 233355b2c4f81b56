export type { ScaleSimCompat } from '../formats/scalesim.ts';
export type { ScaleSimConfig, ScaleSimVersion } from '../formats/scalesim-config.ts';
export { readScaleSimInput, type ScaleSimInput, type ScaleSimTexts } from './input.ts';
export { type Reports, scaleSimReports } from './reports.ts';
export { simulateLayer } from './simulate.ts';
export type { LayerReport, PerOperand, Use } from './types.ts';
