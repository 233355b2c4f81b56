import { fail, nearestName } from '../../base/errors.ts';
import { reducedModel } from '../../design/index.ts';
import type { EnergyColumns } from '../../design/power/index.ts';
import type { ResultCache } from '../../thermal/index.ts';
import type { PreparedPlant } from '../run.ts';
import type { Plant } from './plant.ts';
import { buildProgram } from './program.ts';

/** Factors on inputs of which nobody is sure. `leakage` and `energy` are known; any other name is a key of the package. */
export type Factors = Readonly<Record<string, number>>;

/** The inputs of a plant that factors may change. */
export function uncertainInputs({ plant }: PreparedPlant): string[] {
  const entries = Object.entries(plant.design.die?.package ?? {});
  return [
    'leakage',
    'energy',
    ...entries.flatMap(([key, value]) => (typeof value === 'number' && value > 0 ? [key] : [])),
  ];
}

/**
 * The plant with inputs multiplied by factors: all leakage; the energy of all actions and waiting clocks; a key of the
 * package, such as `r_convec`. Error: `unknown-name`.
 */
export function perturbed(prepared: PreparedPlant, factors: Factors, cache?: ResultCache): PreparedPlant {
  const known = uncertainInputs(prepared);
  const { leakage = 1, energy = 1, ...ofPackage } = factors;
  const unknown = Object.keys(ofPackage).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    fail('unknown-name', `there is no uncertain input "${unknown}"`, {
      expected: `one of ${known.join(', ')}`,
      suggestion: nearestName(unknown, known),
    });
  }
  const { plant, programs } = prepared;
  const arrays =
    energy === 1
      ? programs.arrays
      : programs.arrays.map(({ stages, energy: columns }) =>
          buildProgram(stages, programs.steps, scaled(columns, energy)),
        );
  return {
    plant: {
      ...plant,
      leakage: plant.leakage.map((source) => ({ ...source, wattsPerVolt: leakage * source.wattsPerVolt })),
      waitingF: plant.waitingF.map((farad) => energy * farad),
      idleClocks: plant.idleClocks.map((clock) => ({ ...clock, farad: energy * clock.farad })),
      model: modelWith(plant, ofPackage, cache),
    },
    programs: { ...programs, arrays },
  };
}

function scaled({ columns, write }: EnergyColumns, factor: number): EnergyColumns {
  return {
    columns,
    write(counts, shape, out, at) {
      write(counts, shape, out, at);
      for (let k = 0; k < columns.length; k++) out[at + k] *= factor;
    },
  };
}

function modelWith({ design, model }: Plant, factors: Factors, cache?: ResultCache): Plant['model'] {
  const { spec, die } = design;
  if (!die || Object.values(factors).every((factor) => factor === 1)) return model;
  const changes = Object.entries(factors).map(([key, factor]) => {
    return [key, factor * (die.package as unknown as Record<string, number>)[key]];
  });
  return reducedModel(spec, { ...die, package: { ...die.package, ...Object.fromEntries(changes) } }, cache);
}
