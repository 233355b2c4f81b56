/**
 * `isotherm`: load an experiment, run it, read the result. It needs no files, clock or processes, so it runs in a browser. Each
 * stage is usable alone through a subpath (`isotherm/systolic`, `isotherm/thermal`, ...); docs/guide/library.md has an
 * example of each.
 */
export type { Counts } from './base/counters.ts';
export { parseYaml } from './base/document.ts';
export {
  type Diagnostic,
  ERROR_CODES,
  type ErrorCode,
  formatDiagnostic,
  InputError,
  type Span,
} from './base/errors.ts';
export { bundledNames, type Files } from './base/files.ts';
export type { SourceText } from './base/source.ts';
export { type Dimension, parseQuantity } from './base/units.ts';
export {
  type DeadlineResult,
  type EnergyTotals,
  type Experiment,
  type LayerResult,
  type LoadOptions,
  load,
  type RunEvent,
  type RunOptions,
  type RunResult,
  runExperiment as run,
  type StartReport,
  type ThermalResult,
  type Trace,
} from './cosim/index.ts';
export type { AcceleratorSpec, Design } from './design/index.ts';
export type { Ert as EnergyTable, Estimator } from './energy/index.ts';
export { type HotspotOutcome, type HotspotRequest, solveThermal } from './peers/hotspot/index.ts';
export { type SimulateOptions, type Simulation, simulate } from './peers/scalesim/index.ts';
export {
  type Decision,
  definePolicy,
  moduleKind,
  type Observation,
  type PolicyDefinition,
  type PolicyKind,
  type PolicyView,
  type RunnablePolicy as Policy,
} from './policy/index.ts';
export { artefacts } from './report/index.ts';
export type { LayerProgress as Progress, LayerSchedule as Schedule } from './systolic/index.ts';
export type { ReducedModel as ThermalModel } from './thermal/index.ts';
export type { Layer, Workload } from './workload/index.ts';
