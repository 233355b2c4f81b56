export { sharedCandidates } from './candidates.ts';
export {
  callerOf,
  definePolicy,
  frameOf,
  type Guard,
  type LawResult,
  type Misuse,
  type ModuleContext,
  moduleKind,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterType,
  type ParameterValues,
  type PolicyDefinition,
  type PolicyView,
  placeAt,
  placeOf,
  tryPolicy,
} from './module/index.ts';

export type {
  BlockPlace,
  ComponentUse,
  Decision,
  DomainShares,
  EndedInference,
  LayerWork,
  Observation,
  PointByDomain,
  PointRange,
  PolicyContext,
  PolicyDomain,
  PolicyKind,
  PolicyRole,
  PolicySetting,
  PowerForecast,
  RunnablePolicy,
  RunningInference,
  Saturation,
  SpanOfParameter,
  StateNow,
  TemperaturePrediction,
  Trigger,
  WaitingInference,
  WorkModel,
} from './policy.ts';
export { PolicySchema, type PolicySpec, parsePolicy } from './policy-file.ts';
export { type BlockPowers, blockPowers } from './power.ts';
export { checkPolicy, POLICY_KINDS } from './registry.ts';
export { createSensors, idealSensors, readingOf, type SensorSpec, type Sensors } from './sensors.ts';
export type { StackConflict } from './stack/combined.ts';
export {
  checkStack,
  createStack,
  type PolicyStack,
  type StackContext,
  type StackDecision,
  type StackEntry,
} from './stack/stack.ts';
export type { DomainRest } from './states/rest.ts';
export {
  costsOf,
  DOMAIN_STATES,
  type DomainState,
  type IdleState,
  idleStateOf,
  type RestStates,
  type StateCosts,
  statesOf,
} from './states/states.ts';
export { matchingBlocks } from './zone.ts';
