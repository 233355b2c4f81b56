export {
  csvEnergyNj,
  evaluateMaestro,
  MaestroModel,
  type MaestroResult,
  type TensorAccesses,
  wholeEnergyNj,
} from './evaluate.ts';
export { loopSizes } from './levels.ts';
