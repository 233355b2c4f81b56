export { type Experiment, type ExperimentOptions, loadExperiment, policyOverride } from './experiment.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './experiment-file.ts';
export { type LoadOptions, load } from './load.ts';
export { MappingSchema, type NamedMapping, parseMapping, readMapping, writeMapping } from './mapping/mapping-file.ts';
export { type LoopSnapshot, OpenRun, type OpenRunOptions, openRun } from './open-run.ts';
export { type LayerCosts, layerCosts, settingsOf } from './plant/layer-costs.ts';
export type { LayerChange } from './plant/layer-meter.ts';
export { checkUncertain, type Factors, perturbed } from './plant/perturbed.ts';
export { type RelaxedRuns, relaxedRuns } from './plant/relaxed-runs.ts';
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
  SteadyLoad,
  ThermalFrames,
  ThermalResult,
  Trace,
} from './result.ts';

export {
  contextOnPlant,
  type PreparedPlant,
  preparePlant,
  type RunFrame,
  type RunOptions,
  runExperiment,
  runScenario,
} from './run.ts';
export { wakingOf } from './states/idle-costs.ts';
export { type FixedWork, fixedWork } from './window.ts';
