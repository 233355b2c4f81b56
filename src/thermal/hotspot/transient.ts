import type { Diagnostic } from '../../errors.ts';
import type { SparseRows } from '../grid-map.ts';
import { applyTransposed } from '../grid-map.ts';
import { leakyStepper } from '../leakage.ts';
import type { ThermalNetwork } from '../network.ts';
import { choleskySteady, modalTransient, type ReducedModel, reduceNetwork, riseField } from '../solvers/index.ts';
import type { HotspotInput } from './files.ts';
import { cellTemperatures, initialField, unitTemperatures } from './fields.ts';
import { areaLeakage } from './leakage.ts';
import type { HotspotModel } from './model.ts';
import type { HotspotProgramMode } from './program.ts';
import { startTemperatures } from './start.ts';

/** A network in time, read sample by sample. */
export interface FieldStepper {
  readonly model: HotspotModel;
  /** By unit, K, at the end of the last step; overwritten by the next. */
  readonly temperatureK: Float64Array;
  /** Advances by one sample under power by unit, W. */
  step(powerW: Float64Array): void;
  /** All cells of all layers, K. */
  cellsK(): Float64Array;
}
