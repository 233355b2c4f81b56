export { type AccelergyFile, type CompoundClass, classesByName, readAccelergy } from '../formats/accelergy/index.ts';
export { actionCounts, energyAt } from './account.ts';
export { type Component, flattenArchitecture } from './architecture.ts';
export { type Bindings, type BoundAction, bindActions } from './binding.ts';
export { type ActionEnergy, buildErt, type Ert, type ErtAction, type ErtComponent, energyAtVoltage } from './ert.ts';
export type { Estimator } from './estimators/estimator.ts';
export { technologyEstimators, technologyLeakageCurves } from './estimators/index.ts';
export type { LeakageCurve } from './estimators/leakage-curve.ts';
export { accelergyFiles, type Handover } from './handover.ts';
