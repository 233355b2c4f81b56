export { type Experiment, type ExperimentOptions, loadExperiment, policyOverride } from './experiment.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './experiment-file.ts';
export { type LoadOptions, load } from './load.ts';
export { isPolicyModule, policyModules } from './policy-modules.ts';
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
export {
  contextOnPlant,
  type PreparedPlant,
  preparePlant,
  type RunOptions,
  runExperiment,
  runScenario,
} from './run.ts';
