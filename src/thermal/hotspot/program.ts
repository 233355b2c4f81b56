import type { Diagnostic } from '../../errors.ts';
import type { NamedTemperatures } from '../../formats/hotspot-output.ts';
import type { HotspotInput } from './files.ts';
import { type HotspotModel, hotspotModel } from './index.ts';
import { meanPower, steadyTemperatures } from './steady.ts';
import { type FieldStepper, transientStepper } from './transient.ts';

/**
 * `physical`: the physics of what the files describe. `hotspot`: HotSpot 7.0's network, its equations solved exactly.
 * `hotspot-be`: that network with one backward Euler step a sample, as HotSpot does when built with SuperLU.
 */
export type HotspotProgramMode = 'physical' | 'hotspot' | 'hotspot-be';

export interface HotspotJob {
  readonly input: HotspotInput;
  readonly mode: HotspotProgramMode;
  /** False: the steady state only. */
  readonly transient: boolean;
  /** Told of what is left out of the answer. */
  readonly warn: (warning: Diagnostic) => void;
  /** Called at the end of each sample, with what can be read then. */
  readonly onSample?: (sample: number, at: FieldStepper) => void;
}

export interface HotspotOutcome {
  readonly model: HotspotModel;
  /** All groups of a .steady file, and all cells of all layers (empty for the block model), K. */
  readonly steady: readonly NamedTemperatures[];
  readonly steadyCellsK: Float64Array;
}

/** What `hotspot` does with its files: the steady state under the trace's mean power, and the samples one by one. */
export function runHotspot({ input, mode, transient, warn, onSample }: HotspotJob): HotspotOutcome {
  const { problem, trace, start } = input;
  const network = mode === 'physical' ? 'physical' : 'hotspot';
  const model = hotspotModel(problem, network);
  if (transient) {
    const stepper = transientStepper(input, model, mode, warn);
    const powerW = new Float64Array(model.units.length);
    for (let k = 0; k < trace.samples; k++) {
      for (let u = 0; u < powerW.length; u++) powerW[u] = trace.powerW[u][k];
      stepper.step(powerW);
      onSample?.(k, stepper);
    }
  }
  const steady = steadyTemperatures(problem, model, meanPower(trace));
  return { model, ...steady };
}
