export { type Experiment, type ExperimentOptions, loadExperiment } from './experiment.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './experiment-file.ts';
export { type LoadOptions, load } from './load.ts';
export type {
  DeadlineResult,
  DomainTrace,
  EnergyTotals,
  InferenceLog,
  LayerResult,
  RunEvent,
  RunResult,
  StartReport,
  ThermalFrames,
  ThermalResult,
  Trace,
} from './result.ts';
export { type PreparedPlant, preparePlant, type RunOptions, runExperiment, runScenario } from './run.ts';
