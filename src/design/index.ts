export { type AcceleratorSpec, parseAccelerator } from './accelerator.ts';
export { AcceleratorSchema } from './accelerator-schema.ts';
export { type Design, loadDesign, systolicConfig } from './design.ts';
export type { Die } from './die.ts';
export { reducedModel } from './die.ts';
export type { DomainSpec } from './domains.ts';
export type { DramPointSpec } from './dram.ts';
export { hotspotDifference, hotspotTrace, startGroups } from './handover.ts';
export type { StateSpec } from './states.ts';
