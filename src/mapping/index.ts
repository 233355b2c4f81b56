export * from './confuciux/index.ts';
export * from './cost-model.ts';
export * from './gamma/index.ts';
export * from './maestro/index.ts';
export * from './search/index.ts';
export * from './timeloop/index.ts';
