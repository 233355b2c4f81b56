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
  wholeEnergyNj,
} from './evaluate.ts';
export { type ClusterLevel, couplingOf, loopSizes, type TensorElements } from './levels.ts';
