export { csvEnergyNj, evaluateMaestro, type MaestroResult, type TensorAccesses, wholeEnergyNj } from './evaluate.ts';
