export { Axis, type AxisFigures, emptyFigures } from './axis.ts';
export {
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
export { couplingOf, loopSizes } from './levels.ts';
