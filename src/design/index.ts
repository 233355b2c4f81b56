export { type AcceleratorSpec, type DomainSpec, parseAccelerator } from './accelerator.ts';
export { AcceleratorSchema } from './accelerator-schema.ts';
export { type Design, loadDesign, systolicConfig } from './design.ts';
export type { Die } from './die.ts';
export { reducedModel } from './die.ts';
export { hotspotDifference, hotspotTrace, startGroups } from './handover.ts';
