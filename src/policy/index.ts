export type { Observation, OperatingPoints, PolicyDomain, PolicyKind, RunnablePolicy } from './policy.ts';
export { createPolicy, POLICY_KINDS } from './registry.ts';
