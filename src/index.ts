/**
 * `isotherm`: the library, without files, clocks or processes, so that it runs in a browser. Each stage is usable alone;
 * docs/guide/library.md has an example of each.
 */
export {
  ACTIVITY_COLUMNS,
  addCounts,
  COUNTER_INDEX,
  COUNTERS,
  type Counter,
  type Counts,
  zeroCounts,
} from './activity/counters.ts';
export { type AcceleratorSpec, parseAccelerator } from './config/accelerator.ts';
export { AcceleratorSchema } from './config/accelerator-schema.ts';
export { type Path, parseYaml, type YamlDocument } from './config/document.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './config/experiment.ts';
export { BUNDLED, bundledNames, type Files, type Kind, readReference, relativeTo } from './config/files.ts';
export { type Override, parseOverride, withOverrides } from './config/overrides.ts';
export { PolicySchema, type PolicySpec, parsePolicy } from './config/policy.ts';
export type { SourceBytes, SourceText } from './config/source.ts';
export * from './cosim/index.ts';
export * from './energy/index.ts';
export { type Diagnostic, ERROR_CODES, type ErrorCode, formatDiagnostic, InputError, type Span } from './errors.ts';
export * from './policy/index.ts';
export * from './power/index.ts';
export * from './report/index.ts';
export * from './scalesim/index.ts';
export * from './systolic/index.ts';
export * from './thermal/index.ts';
export { type Dimension, parseQuantity } from './units.ts';
export * from './workload/index.ts';
