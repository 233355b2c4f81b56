export { type AccelergyFile, type CompoundClass, classesByName, readAccelergy } from '../formats/accelergy/index.ts';
export { actionCounts, type EnergyColumns, energyAt, intervalEnergies } from './account.ts';
export { type Component, flattenArchitecture, PROPAGATED } from './architecture.ts';
export { type Bindings, type BoundAction, bindActions } from './binding.ts';
export {
  type ActionEnergy,
  buildErt,
  type Ert,
  type ErtAction,
  type ErtComponent,
  energyAtVoltage,
  type GivenFigures,
} from './ert.ts';
export { aladdinEstimator } from './estimators/aladdin.ts';
export { nodeOf } from './estimators/attributes.ts';
export { bundledFigures } from './estimators/bundled.ts';
export { dramEstimator } from './estimators/dram.ts';
export { dummyEstimators } from './estimators/dummy.ts';
export {
  type ActionQuery,
  type Estimate,
  type Estimator,
  isRefusal,
  type Provenance,
  type Query,
  type Refusal,
  type Spread,
} from './estimators/estimator.ts';
export { generalEstimators, lazyCacti, nodeLeakageCurves, TABLELESS } from './estimators/general.ts';
export { technologyClasses, technologyEstimators, technologyLeakageCurves } from './estimators/index.ts';
export type { LeakageCurve } from './estimators/leakage-curve.ts';
export { libraryEstimator, readLibrary } from './estimators/library.ts';
export { stillmakerScaling, type TransistorRow } from './estimators/node-scaling.ts';
export { type TableSet, tableSetEstimator } from './estimators/table-sets.ts';
export { evaluateExpression, evaluateOperand } from './expression/cached.ts';
export type { Names as ExpressionNames } from './expression/evaluate.ts';
export {
  type Operand as ExpressionOperand,
  roundDecimals,
  textOf,
  type Value as ExpressionValue,
} from './expression/functions.ts';
export { checkExpressions } from './expression/written.ts';
export { accelergyFiles, type Handover } from './handover.ts';
