export { buildNetwork, isGridNetwork, siteNetwork, type ThermalNetwork } from './network.ts';
export { rimAreaM2 } from './package.ts';
export type { ThermalLayer, ThermalStack } from './stack.ts';
