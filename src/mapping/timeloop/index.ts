export { Counter, type Counts } from './counts.ts';
export { evaluateTimeloop, type NetworkStats, type TensorStats, type TimeloopEvaluation } from './evaluate.ts';
export { type Machine, machineOf } from './machine.ts';
export { copyNest, emptyNest, mappingOfNest, type Nest, nestOf } from './nest.ts';
export { cyclesOf, energyPj, paidInstances, type Score } from './score.ts';
