import type { Diagnostic } from '../../errors.ts';
import type { HotspotOptions } from '../../formats/hotspot-config.ts';
import type { NamedTemperatures } from '../../formats/hotspot-output.ts';
import { choleskySteady } from '../solvers/sparse-cholesky.ts';
import { hotspotModel } from './build.ts';
import { readGroup } from './field.ts';
import type { HotspotInput } from './files.ts';
import { belowThreshold, initialField, initialTemperatures } from './initial.ts';
import type { HotspotModel } from './model.ts';
import { hotspotSteady } from './steady.ts';
import { cellTemperatures, type HotspotTransient, hotspotTransient } from './transient.ts';

/**
 * `physical`: the physics of what the files describe. `hotspot`: HotSpot 7.0's network, its equations solved exactly.
 * `hotspot-be`: that network with one backward Euler step a sample, as HotSpot's grid model does when built with SuperLU.
 */
export type HotspotProgramMode = 'physical' | 'hotspot' | 'hotspot-be';

export interface HotspotJob {
  readonly input: HotspotInput;
  readonly mode: HotspotProgramMode;
  /** False: the steady state only. */
  readonly transient: boolean;
  /** Told of what the answer leaves out. */
  readonly warn?: (warning: Diagnostic) => void;
  /** Called at the end of each sample. */
  readonly onSample?: (sample: number, at: HotspotTransient) => void;
}

export interface HotspotOutcome {
  readonly model: HotspotModel;
  /** The options with the convection resistance the steady state has. */
  readonly options: HotspotOptions;
  /** All groups of a .steady file, and all cells of all layers (empty for the block model), K. */
  readonly steady: readonly NamedTemperatures[];
  readonly steadyCellsK: Float64Array;
}

/** What `hotspot` does with its files: the samples one by one, then the steady state under the trace's mean power. */
export function runHotspot({ input, mode, transient, warn, onSample }: HotspotJob): HotspotOutcome {
  const { problem, trace } = input;
  const given = hotspotModel(problem, mode === 'physical' ? mode : 'hotspot');
  if (transient) {
    if (mode !== 'physical' && problem.options.leakage_used === 1) warn?.(NO_LEAKAGE);
    // HotSpot's block model is integrated by Runge-Kutta in either build.
    const integration = mode === 'hotspot-be' && given.grid ? 'backward-euler' : 'exact';
    const stepper = hotspotTransient(problem, given, startField(input, given), integration);
    const powerW = new Float64Array(given.units.length);
    for (let k = 0; k < trace.samples; k++) {
      for (let u = 0; u < powerW.length; u++) powerW[u] = trace.powerW[u][k];
      stepper.step(powerW);
      onSample?.(k, stepper);
    }
  }
  const mean = trace.powerW.map((column) => column.reduce((sum, value) => sum + value, 0) / trace.samples);
  const { model, rise, convectionKPerW } = hotspotSteady(problem, given, mean, choleskySteady);
  const steady = model.groups.map(({ prefix, names }, group) => {
    return { prefix, names, temperatureK: readGroup(model, group, rise) };
  });
  const options = { ...problem.options, r_convec: convectionKPerW };
  return { model, options, steady, steadyCellsK: cellTemperatures(model, rise) };
}

const NO_LEAKAGE: Diagnostic = {
  code: 'option-unused',
  message: 'the transient is without leakage, as in HotSpot; the steady state has it',
};

function startField({ problem, start }: HotspotInput, model: HotspotModel): Float64Array {
  const { options } = problem;
  if (!start) return initialField(model, options.init_temp);
  const temperatures = initialTemperatures(model, start);
  return initialField(model, options.dtm_used === 1 ? belowThreshold(temperatures, options) : temperatures);
}
