export { type AcceleratorSpec, parseAccelerator } from './accelerator.ts';
export { AcceleratorSchema } from './accelerator-schema.ts';
export { bundledChipPoints } from './chip-points.ts';
export { type Design, loadDesign, systolicConfig } from './design.ts';
export type { Die } from './die.ts';
export { reducedModel } from './die.ts';
export type { DomainSpec } from './domain-spec.ts';
export { hotspotDifference, hotspotTrace, startGroups } from './handover.ts';
