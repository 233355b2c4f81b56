import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { HotspotInput } from '../../peers/hotspot/index.ts';

/** Options and their paths; null or undefined for an option without one. */
export type Paths = Readonly<Record<string, string | null | undefined>>;

/** Every file that a computation was read from, by the option that names it. */
export function inputPaths({ problem }: HotspotInput, given: Paths): Paths {
  const { grid_layer_file, materials_file, package_config_file } = problem.options;
  const floorplans = problem.layers.map(({ blocks }, i) => [`layer ${i}`, blocks[0].span?.file]);
  return {
    ...Object.fromEntries(floorplans),
    ...given,
    '-grid_layer_file': grid_layer_file,
    '-materials_file': materials_file,
    '-package_config_file': package_config_file,
  };
}

/**
 * Returns a sentence if the output paths clash, else undefined. Two outputs must not share a file, and an output must
 * not overwrite an input. The steady file may replace the init file, which is how runs are chained.
 */
export function pathClash(outputs: Paths, inputs: Paths): string | undefined {
  const read = placesOf(inputs);
  const written = new Map<string, string>();
  for (const [place, option, path] of entriesOf(outputs)) {
    if (path.startsWith('/dev/')) continue;
    const other = written.get(place);
    if (other !== undefined) return `${other} and ${option} both write ${path}`;
    const input = read.get(place);
    if (input !== undefined && !(input === '-init_file' && option === '-steady_file')) {
      return `${option} would write over ${path}, which ${input} reads`;
    }
    written.set(place, option);
  }
  return undefined;
}

function placesOf(paths: Paths): ReadonlyMap<string, string> {
  return new Map(entriesOf(paths).map(([place, option]) => [place, option]));
}

function entriesOf(paths: Paths): [place: string, option: string, path: string][] {
  return Object.entries(paths).flatMap(([option, path]) => (path ? [[placeOf(path), option, path]] : []));
}

/** One name for a file, however its path is written. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
