export { Axis, type AxisFigures, emptyFigures } from './axis.ts';
export {
  clusterLevelsOf,
  csvEnergyNj,
  evaluateMaestro,
  L1_ENERGY,
  L2_ENERGY,
  MAC_NJ,
  MaestroModel,
  type MaestroResult,
  type TensorAccesses,
  type TensorElements,
  wholeEnergyNj,
} from './evaluate.ts';
export { type ClusterLevel, couplingOf, loopSizes } from './levels.ts';
