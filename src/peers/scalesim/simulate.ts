import type { Diagnostic } from '../../base/errors.ts';
import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import { simulateScaleSim } from '../scalesim-engine/simulate.ts';
import type { ScaleSimLayerReport } from './layer-report.ts';
import { simulateLayers } from './model.ts';
import { readSimulationInput } from './model-input.ts';
import { readScaleSimInput, type ScaleSimTexts } from './peer-input.ts';

export interface SimulateOptions {
  /** Reproduces a version of SCALE-Sim to the last digit. Without it, our own model runs. */
  readonly compat?: ScaleSimVersion | undefined;
  /** Receives a warning for everything that SCALE-Sim ignores or silently loses. */
  readonly warn?: ((warning: Diagnostic) => void) | undefined;
}

/** Cycles, scratchpad words and DRAM words of each layer, in the order of the topology. */
export interface Simulation {
  readonly runName: string;
  readonly layers: readonly ScaleSimLayerReport[];
}

/**
 * Does SCALE-Sim's job with the texts of SCALE-Sim's files. `scaleSimReports` of `isotherm/scalesim` turns the result
 * into its reports. Errors: an `InputError` with the diagnostics of both files.
 */
export function simulate(texts: ScaleSimTexts, { compat, warn = () => {} }: SimulateOptions = {}): Simulation {
  if (compat) {
    const input = readScaleSimInput(texts, { version: compat, tolerate: warn });
    return { runName: input.config.runName, layers: simulateScaleSim(input, compat) };
  }
  const input = readSimulationInput(texts, warn);
  return { runName: input.config.runName, layers: simulateLayers(input).map(({ report }) => report) };
}
