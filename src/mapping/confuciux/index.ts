export { type Choice, type KnapsackSolution, solveKnapsack } from './knapsack.ts';
export {
  CHOICE_CONSTANTS,
  type ConfuciuxLayer,
  FITNESSES,
  type Fitness,
  MOST_PES,
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
} from './solve.ts';
