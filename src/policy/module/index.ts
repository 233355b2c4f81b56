export type { Guard, Misuse } from './calls.ts';
export { callerOf, frameOf, placeAt } from './calls.ts';
export {
  definePolicy,
  type ModuleContext,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterType,
  type ParameterValues,
  type PolicyDefinition,
  type PolicyView,
} from './definition.ts';
export { moduleKind, placeOf } from './kind.ts';
export { type LawResult, tryPolicy } from './trial.ts';
