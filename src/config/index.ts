export { type AcceleratorSpec, parseAccelerator } from './accelerator.ts';
export { AcceleratorSchema } from './accelerator-schema.ts';
export { type Path, parseYaml, type YamlDocument } from './document.ts';
export { ExperimentSchema, type ExperimentSpec, parseExperiment } from './experiment.ts';
export { BUNDLED, bundledNames, type Files, type Kind, readReference, relativeTo } from './files.ts';
export { type Override, parseOverride, withOverrides } from './overrides.ts';
export { PolicySchema, type PolicySpec, parsePolicy } from './policy.ts';
export type { SourceBytes, SourceText } from './source.ts';
