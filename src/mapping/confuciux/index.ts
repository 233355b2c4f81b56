export {
  type ConfuciuxLimits,
  type ConfuciuxSearch,
  type ConfuciuxStep,
  searchConfuciuxAtRandom,
  searchConfuciuxAtRandomInSteps,
  searchConfuciuxGenetically,
  searchConfuciuxGeneticallyInSteps,
} from './genetic.ts';
export { type Choice, type KnapsackSolution, solveKnapsack, solveKnapsackInSteps } from './knapsack.ts';
export {
  ALL_PES,
  CHOICE_CONSTANTS,
  type ConfuciuxLayer,
  FITNESSES,
  type Fitness,
  PE_GRID,
  type Point,
  PointTable,
} from './problem.ts';
export {
  type ConfuciuxQuestion,
  type ConfuciuxSolution,
  type Constraint,
  type Design,
  solveConfuciux,
  solveConfuciuxInSteps,
} from './solve.ts';
