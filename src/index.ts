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
} from './base/counters.ts';
export { type Path, parseYaml, type YamlDocument } from './base/document.ts';
export {
  type Diagnostic,
  ERROR_CODES,
  type ErrorCode,
  formatDiagnostic,
  InputError,
  type Span,
} from './base/errors.ts';
export { BUNDLED, bundledNames, type Files, type Kind, readReference, relativeTo } from './base/files.ts';
export { type Override, parseOverride, withOverrides } from './base/overrides.ts';
export type { SourceBytes, SourceText } from './base/source.ts';
export { type Dimension, parseQuantity } from './base/units.ts';
export * from './cosim/index.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './cosim/index.ts';
export { AcceleratorSchema, type AcceleratorSpec, parseAccelerator } from './design/index.ts';
export * from './design/power/index.ts';
export * from './energy/index.ts';
export * from './peers/hotspot/index.ts';
export * from './peers/scalesim/index.ts';
export * from './policy/index.ts';
export { PolicySchema, type PolicySpec, parsePolicy } from './policy/index.ts';
export * from './report/index.ts';
export * from './study/index.ts';
export * from './systolic/index.ts';
export * from './thermal/index.ts';
export * from './workload/index.ts';
