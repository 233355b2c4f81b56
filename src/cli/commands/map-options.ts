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
  readonly levels?: readonly [number, number];
  readonly peLimit?: number;
  readonly areaBudget?: number;
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

/** One number of cluster levels, or a range such as 1..3. */
export function levelRange(text: string): readonly [number, number] {
  const match = /^([1-4])(?:\.\.([1-4]))?$/.exec(text);
  const [fewest, most] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match && fewest <= most) return [fewest, most];
  throw new InvalidArgumentError('It must be a number of cluster levels from 1 to 4, or a range such as 1..3.');
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
  const { dataflow, fitness, constraint, mul, peGrid, levels, peLimit, areaBudget } = options;
  if (isGiven(levels, peLimit, areaBudget) && (options.model !== 'maestro' || options.confuciux))
    return '--levels, --pe-limit and --area-budget belong to --model maestro';
  if (options.confuciux) return misuseOfConfuciux(files, options);
  if (isGiven(dataflow, fitness, constraint, mul, peGrid))
    return '--dataflow, --fitness, --constraint, --mul and --pe-grid belong to --confuciux';
  if (options.model === 'isotherm') return misuseOfIsotherm(files, options);
  return options.model === 'maestro' ? misuseOfMaestro(files, options) : misuseOfTimeloop(options);
}

function misuseOfConfuciux(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, deadline, gap } = options;
  if (isGiven(mapping, hw, objective, deadline, gap))
    return '--confuciux takes --dataflow, --fitness, --constraint, --mul, --pe-grid, --search, --evaluations, --seed, --time and -o only';
  if (search === 'decoupled') return '--confuciux takes --search exact, random or ga';
  if (isGiven(evaluations, seed) && search !== 'random' && search !== 'ga')
    return '--evaluations and --seed belong to --search random or ga';
  if (options.dataflow === undefined) return '--confuciux needs --dataflow FILE';
  return files.length === 1 ? undefined : '--confuciux takes one network';
}

function misuseOfTimeloop(options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, deadline, gap, time } = options;
  if (mapping !== undefined && isGiven(objective, search, evaluations, seed, deadline, gap, time))
    return '--mapping evaluates one mapping; --objective, --deadline, --search, --evaluations, --seed, --gap and --time belong to a search';
  if (deadline !== undefined && !(Number(deadline) > 0))
    return '--deadline takes a number of cycles with --model timeloop';
  if (hw !== undefined) return '--hw belongs to --model maestro';
  if (isGiven(evaluations, seed) && search !== 'random' && search !== 'ga')
    return '--evaluations and --seed belong to --search random or ga';
  if (gap !== undefined && (search === 'random' || search === 'ga'))
    return '--gap belongs to --search exact or decoupled';
  const isExact = search === undefined || search === 'exact';
  return objective === 'pareto' && !isExact ? '--objective pareto needs --search exact' : undefined;
}

function misuseOfMaestro(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, deadline, gap, time, levels, peLimit, areaBudget } =
    options;
  if (hw === undefined) return '--model maestro needs --hw FILE';
  if (mapping !== undefined) return "--mapping belongs to --model timeloop; a network's file holds its dataflows";
  if (files.length !== 1) return '--model maestro takes one network';
  if (deadline !== undefined) return '--deadline belongs to --model timeloop and isotherm';
  const isSampled = search === 'random' || search === 'ga';
  if (isGiven(evaluations, seed) && search !== undefined && !isSampled)
    return '--evaluations and --seed belong to --search random or ga';
  if (gap !== undefined && search !== undefined && isSampled) return '--gap belongs to --search exact or decoupled';
  if (objective === 'pareto') return '--model maestro has the objectives energy, delay, edp and ed2p';
  if (search === undefined && /\.csv$/i.test(files[0]))
    return 'a table of layers (.csv) has no dataflows to evaluate; to search for them, add --search exact, decoupled, random or ga';
  if (search === undefined && isGiven(objective, evaluations, seed, gap, time, levels, peLimit, areaBudget))
    return '--model maestro evaluates the dataflows of the network; to search for others, add --search exact, decoupled, random or ga';
  return undefined;
}

function misuseOfIsotherm(files: readonly string[], options: MapOptions): string | undefined {
  const { hw, mapping, objective, search, evaluations, seed, gap } = options;
  if (isGiven(hw, mapping, search, evaluations, seed, gap))
    return '--model isotherm takes --objective, --deadline, --time and -o only';
  if (objective === 'pareto') return '--model isotherm has the objectives energy, delay, edp and ed2p';
  return files.length === 1 ? undefined : '--model isotherm takes one experiment';
}
