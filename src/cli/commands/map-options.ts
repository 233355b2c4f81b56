import { InvalidArgumentError } from 'commander';
import type { Fitness, ObjectiveName } from '../../mapping/index.ts';
import type { SearchName } from '../../peers/mapping/index.ts';

export const MODELS = ['timeloop', 'maestro', 'isotherm'] as const;

export interface MapOptions {
  readonly mapping?: string;
  readonly hw?: string;
  readonly model: (typeof MODELS)[number];
  readonly objective?: ObjectiveName;
  readonly deadline?: string;
  readonly search?: SearchName;
  readonly evaluations?: number;
  readonly seed?: number;
  readonly gap?: number;
  readonly time?: number;
  readonly confuciux?: boolean;
  readonly dataflow?: string;
  readonly fitness?: Fitness;
  readonly constraint?: 'area' | 'power';
  readonly mul?: number;
  readonly peGrid?: '12' | '128';
  readonly output?: string;
}

export function positive(unit: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new InvalidArgumentError(`It must be a number of ${unit} above zero.`);
  };
}

export function part(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to below 1.');
}

export function whole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value < 2 ** 32) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 2^32 - 1.');
}

export function upToOne(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

function isGiven(...values: readonly unknown[]): boolean {
  return values.some((value) => value !== undefined);
}

/** Why the options do not go together. */
export function misuse(files: readonly string[], options: MapOptions): string | undefined {
  const { dataflow, fitness, constraint, mul, peGrid } = options;
  if (options.confuciux) return misuseOfConfuciux(files, options);
  if (isGiven(dataflow, fitness, constraint, mul, peGrid))
    return '--dataflow, --fitness, --constraint, --mul and --pe-grid belong to --confuciux';
  if (options.model === 'isotherm') return misuseOfIsotherm(files, options);
  return options.model === 'maestro' ? misuseOfMaestro(files, options) : misuseOfTimeloop(options);
}

function misuseOfConfuciux(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, deadline, gap, time } = options;
  if (isGiven(mapping, hw, objective, search, evaluations, seed, deadline, gap, time))
    return '--confuciux takes --dataflow, --fitness, --constraint, --mul, --pe-grid and -o only';
  if (options.dataflow === undefined) return '--confuciux needs --dataflow FILE';
  return files.length === 1 ? undefined : '--confuciux takes one network';
}

function misuseOfTimeloop({ hw, objective, search, evaluations, seed, deadline }: MapOptions): string | undefined {
  if (deadline !== undefined && !(Number(deadline) > 0))
    return '--deadline takes a number of cycles with --model timeloop';
  if (hw !== undefined) return '--hw belongs to --model maestro';
  if (isGiven(evaluations, seed) && search !== 'random' && search !== 'ga')
    return '--evaluations and --seed belong to --search random or ga';
  const isExact = search === undefined || search === 'exact';
  return objective === 'pareto' && !isExact ? '--objective pareto needs --search exact' : undefined;
}

function misuseOfMaestro(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, deadline, gap, time } = options;
  if (hw === undefined) return '--model maestro needs --hw FILE';
  if (mapping !== undefined) return "--mapping belongs to --model timeloop; a network's file holds its dataflows";
  if (isGiven(objective, search, evaluations, seed, deadline, gap, time))
    return '--model maestro only evaluates; options of a search belong to --model timeloop';
  return files.length === 1 ? undefined : '--model maestro takes one network';
}

function misuseOfIsotherm(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, gap, time } = options;
  if (isGiven(hw, mapping, search, evaluations, seed, gap, time))
    return '--model isotherm takes --objective, --deadline and -o only';
  if (objective === 'pareto') return '--model isotherm has the objectives energy, delay, edp and ed2p';
  return files.length === 1 ? undefined : '--model isotherm takes one experiment';
}
