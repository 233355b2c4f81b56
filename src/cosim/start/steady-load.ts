import { InputError } from '../../base/errors.ts';
import { leakagePower } from '../../design/power/index.ts';
import { steadyResistance, steadyWithLeakage } from '../../thermal/index.ts';
import type { LoopResult } from '../loop/loop-result.ts';
import type { Plant } from '../plant/plant.ts';
import type { SteadyLoad } from '../result.ts';

/**
 * The load of a pass. The pass may have leaked more than at its start temperature, because policies move voltage and temperature
 * together; this excess stays as constant power. Short runs stay near their start. Null without a thermal model.
 */
export function loadOf(plant: Plant, { meanW, meanLeakingV, thermal }: LoopResult, slope = 0): SteadyLoad | null {
  if (!thermal) return null;
  const atStartW = new Float64Array(meanW.length);
  leakageOf(plant, meanLeakingV).intoBlocks(thermal.startK, atStartW);
  return { constantW: meanW.map((powerW, u) => powerW - atStartW[u]), leakingV: meanLeakingV.slice(), slope };
}

/** Block powers of the steady state under a load, with leakage at the resulting temperature, W. Error: `thermal-runaway`. */
export function steadyPower(
  plant: Plant,
  { constantW, leakingV }: Pick<SteadyLoad, 'constantW' | 'leakingV'>,
  resistance: Float64Array = steadyResistance(plant.model!),
): Float64Array {
  const powerW = Float64Array.from(constantW);
  const { leakageW } = steadyWithLeakage(
    resistance,
    plant.model!.ambientK,
    powerW,
    leakageOf(plant, leakingV).intoBlocks,
    {
      names: plant.blocks,
    },
  );
  return powerW.map((constant, u) => constant + leakageW[u]);
}

/** Block powers of a guess, W; null if its load would run away, which the policies of the run may prevent. */
export function guessedPower(plant: Plant, guess: SteadyLoad, resistance?: Float64Array): Float64Array | null {
  try {
    return steadyPower(plant, guess, resistance);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function leakageOf(plant: Plant, leakingV: ArrayLike<number>) {
  const leakage = leakagePower(plant.leakage);
  plant.leakageGroups.ofSource.forEach((group, s) => {
    leakage.leakageV[s] = leakingV[group];
  });
  return leakage;
}
