import { fail, nearestName } from '../../base/errors.ts';
import { type Design, reducedModel } from '../../design/index.ts';
import type { EnergyColumns } from '../../design/power/index.ts';
import type { ResultCache } from '../../thermal/index.ts';
import type { PreparedPlant } from '../run.ts';
import type { Plant } from './plant.ts';
import { buildProgram } from './program.ts';

/** Factors on inputs of which nobody is sure. `leakage` and `energy` are known; any other name is a key of the package. */
export type Factors = Readonly<Record<string, number>>;

/** Keys of the package that temperatures depend on, and those that matter with a path through the board. Other numbers choose a method. */
const PHYSICAL = /^(?:[tkp]_(?:chip|sink|spreader|interface)|[rc]_convec|s_(?:sink|spreader)|ambient)$/;
const OF_BOARD = /^(?:[rc]_convec_sec|[nt]_metal|[tsn]_c4|[st]_(?:sub|solder|pcb))$/;

/** Checks that a design has these uncertain inputs. Error: `unknown-name`. */
export function checkUncertain({ die }: Design, names: readonly string[]): void {
  const entries = Object.entries(die?.package ?? {});
  const hasBoard = die?.package.model_secondary === 1;
  const counts = (key: string): boolean => PHYSICAL.test(key) || (hasBoard && OF_BOARD.test(key));
  const keys = entries.flatMap(([key, value]) => (typeof value === 'number' && value > 0 && counts(key) ? [key] : []));
  const known = ['leakage', 'energy', ...keys];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  fail('unknown-name', `there is no uncertain input "${unknown}"`, {
    expected: `one of ${known.join(', ')}`,
    suggestion: nearestName(unknown, known),
  });
}

/**
 * The plant with inputs multiplied by factors: all leakage; the energy of all actions and waiting clocks; a key of the
 * package, such as `r_convec`. Error: `unknown-name`.
 */
export function perturbed(prepared: PreparedPlant, factors: Factors, cache?: ResultCache): PreparedPlant {
  const { leakage = 1, energy = 1, ...ofPackage } = factors;
  checkUncertain(prepared.plant.design, Object.keys(factors));
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
