export { explainHotspot } from './explain.ts';
export { layerField } from './field.ts';
export { type HotspotInput, type HotspotRequest, readHotspotInput } from './files.ts';
export type { HotspotModel } from './model.ts';
export {
  type HotspotJob,
  type HotspotOutcome,
  type HotspotProgramMode,
  runHotspot,
  type TransientPeak,
} from './program.ts';
export type { HotspotTransient } from './transient.ts';
