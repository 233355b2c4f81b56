export { shiftsUpTo } from './expansion.ts';
export { blockReader, fieldTemperatures } from './field.ts';
export { modalTransient } from './modal.ts';
export { cachedColumn, cachedModel, type ModelShape, type ResultCache } from './model-cache.ts';
export { type ReducedModel, type ReducedModelOptions, reduceNetwork } from './reduced-model.ts';
