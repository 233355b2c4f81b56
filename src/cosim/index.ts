export { type Design, loadDesign } from './design.ts';
export { type Experiment, type ExperimentOptions, loadExperiment } from './experiment.ts';
export { type DomainSetting, type LayerResult, type RunResult, runExperiment } from './run.ts';
