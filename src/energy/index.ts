export type { Attributes, CompoundClass } from '../formats/accelergy/index.ts';
export { actionCounts, type EnergyColumns, energyAt, intervalEnergies } from './account.ts';
export { type Bindings, type BoundAction, bindActions } from './binding.ts';
export { type Conditions, LEAKS, tableAt } from './conditions.ts';
export { type DesignDescription, describeDesign, designTable } from './design-table.ts';
export {
  type ActionEnergy,
  type AreaPart,
  type Ert,
  type ErtAction,
  type ErtComponent,
  type ErtPart,
  energyAtVoltage,
  type GivenFigures,
} from './ert.ts';
export { aladdinEstimator } from './estimators/aladdin.ts';
export { nodeOf } from './estimators/attributes.ts';
export { bundledFigures } from './estimators/bundled.ts';
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
export { generalEstimators, lazyCacti, lazyDram, nodeLeakageCurves, TABLELESS } from './estimators/general.ts';
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
export { accelergyFiles, type Handover } from './handover.ts';
export { checkExpressions } from './input/check.ts';
export type { Component } from './input/component.ts';
export { type DesignFile, designFileOf, readDesignFile } from './input/read.ts';
export {
  exponentialLeakage,
  LEAKAGE_SLOPE_PER_V,
  type LeakageLogarithm,
  LOGIC_GROWTH_PER_K,
  leakageVoltage,
  logarithmAt,
  tabulatedLeakage,
} from './leakage.ts';
