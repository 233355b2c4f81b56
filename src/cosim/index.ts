export { type Design, loadDesign } from '../design/design.ts';
export { type Die, reducedModel } from '../design/die.ts';
export { type Experiment, type ExperimentOptions, loadExperiment } from './experiment.ts';
export type {
  DeadlineResult,
  DomainTrace,
  EnergyTotals,
  InferenceLog,
  LayerResult,
  RunEvent,
  RunResult,
  StartReport,
  ThermalResult,
  Trace,
} from './result.ts';
export { type RunOptions, runExperiment } from './run.ts';
