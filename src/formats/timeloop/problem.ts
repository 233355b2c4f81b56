import { describeValue, nearestName } from '../../base/errors.ts';
import {
  flagOf,
  indexOfName,
  missing,
  numberOf,
  problemAt,
  recordOf,
  refuseUnknown,
  type Section,
  sectionsOf,
  textOf,
  whereOf,
  wholeOf,
} from './reading.ts';
import type { ProblemTensor, RankTerm, TimeloopProblem } from './types.ts';

/** Most dimensions of a problem; a nest has a loop for each of them at each level. */
const MOST_DIMENSIONS = 16;

/** Most multiplications of a problem: more could not be counted exactly. */
const MOST_MACS = Number.MAX_SAFE_INTEGER;

/** Reads a `problem`. Problems go to the reader; undefined if the rest makes no sense. */
export function readProblem(section: Section): TimeloopProblem | undefined {
  const keys = recordOf(section);
  refuseUnknown(keys, ['version', 'shape', 'instance'], section);
  const shape = keys.get('shape');
  const instance = keys.get('instance');
  if (!shape) missing(section, 'shape');
  if (!instance) missing(section, 'instance');
  if (!shape || !instance) return undefined;
  const parts = recordOf(shape);
  refuseUnknown(parts, ['name', 'dimensions', 'coefficients', 'data-spaces', 'data_spaces', 'version'], shape);
  const dimensions = readNames(parts.get('dimensions') ?? shape, 'dimensions');
  const values = recordOf(instance);
  const coefficients = readCoefficients(parts.get('coefficients'), values);
  const sizes = readSizes(instance, values, dimensions);
  const spaces = parts.get('data-spaces') ?? parts.get('data_spaces');
  if (!spaces) missing(shape, 'data-spaces');
  const tensors = sectionsOf(spaces).flatMap((space) => readTensor(space, dimensions, coefficients) ?? []);
  if (spaces) checkTensors(spaces, tensors);
  const unused = unusedIn(instance, values, [...dimensions, ...coefficients.keys()]);
  return { name: textOf(parts.get('name')) ?? '', dimensions, sizes, tensors, unused };
}

function readNames(section: Section, key: string): string[] {
  if (section.item.path.at(-1) !== key) {
    missing(section, key);
    return [];
  }
  const names: string[] = [];
  for (const entry of sectionsOf(section)) {
    const name = textOf(entry);
    if (name === undefined) continue;
    if (names.includes(name)) problemAt(entry, 'duplicate-name', `the dimension "${name}" is listed twice`);
    else if (!/^[A-Za-z_]\w*$/.test(name)) problemAt(entry, 'wrong-type', `a dimension of "${name}"`, 'a name');
    else names.push(name);
  }
  if (names.length === 0)
    problemAt(section, 'missing-key', 'the problem has no dimensions', 'a list such as [M, N, K]');
  if (names.length > MOST_DIMENSIONS) {
    problemAt(section, 'out-of-range', `${names.length} dimensions`, `${MOST_DIMENSIONS} or fewer`);
    return [];
  }
  return names;
}

/** The coefficients by name, with the instance's value or the default. */
function readCoefficients(
  section: Section | undefined,
  values: ReadonlyMap<string, Section>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const entry of sectionsOf(section)) {
    const keys = recordOf(entry);
    const name = textOf(keys.get('name'));
    if (name === undefined) {
      if (!keys.has('name')) missing(entry, 'name');
      continue;
    }
    found.set(name, wholeOf(values.get(name) ?? keys.get('default'), 1) ?? 1);
  }
  return found;
}

function readSizes(instance: Section, values: ReadonlyMap<string, Section>, dimensions: readonly string[]): number[] {
  const sizes = dimensions.map((name) => {
    const value = values.get(name);
    if (!value) problemAt(instance, 'missing-key', `the instance has no size of the dimension ${name}`);
    return wholeOf(value, 1) ?? 1;
  });
  if (sizes.reduce((product, size) => product * size, 1) > MOST_MACS)
    problemAt(instance, 'out-of-range', 'the problem has more than 2^53 multiplications', 'a smaller problem');
  return sizes;
}

/**
 * The names of numbers that the shape does not use, such as the height of an input. A name that is nearly that of a coefficient, whose
 * default would stand unseen, is an error, as are other values: densities belong to sparse models.
 */
function unusedIn(instance: Section, values: ReadonlyMap<string, Section>, known: readonly string[]): string[] {
  const others = [...values].filter(([name]) => !known.includes(name));
  const isPlain = ([name, { item }]: [string, Section]): boolean =>
    typeof item.value === 'number' && nearestName(name, known) === undefined;
  refuseUnknown(new Map(others.filter((entry) => !isPlain(entry))), known, instance);
  return others.filter(isPlain).map(([name]) => name);
}

function readTensor(
  section: Section,
  dimensions: readonly string[],
  coefficients: ReadonlyMap<string, number>,
): ProblemTensor | undefined {
  const keys = recordOf(section);
  refuseUnknown(keys, ['name', 'projection', 'read-write', 'read_write'], section);
  const name = textOf(keys.get('name'));
  const projection = keys.get('projection');
  if (!keys.has('name')) missing(section, 'name');
  if (!projection) missing(section, 'projection');
  if (name === undefined || !projection) return undefined;
  const seen = new Set<number>();
  const ranks = sectionsOf(projection).map((rank) =>
    sectionsOf(asRank(rank)).flatMap((term) => readTerm(term, dimensions, coefficients, seen) ?? []),
  );
  return { name, readWrite: flagOf(keys.get('read-write') ?? keys.get('read_write')), ranks };
}

/** A rank may be written as the list of its terms, or `[M]` as `M`. */
function asRank(rank: Section): Section {
  const { value, path } = rank.item;
  return typeof value === 'string' ? { reader: rank.reader, item: { value: [value], path: path.slice(0, -1) } } : rank;
}

function readTerm(
  term: Section,
  dimensions: readonly string[],
  coefficients: ReadonlyMap<string, number>,
  seen: Set<number>,
): RankTerm | undefined {
  const names = typeof term.item.value === 'string' ? [term] : sectionsOf(term);
  const name = textOf(names[0]);
  if (name === undefined || names.length > 2) {
    const { value, path } = term.item;
    return problemAt(term, 'wrong-type', `${whereOf(path)} is ${describeValue(value)}`, 'a term such as [P, Wstride]');
  }
  const dimension = indexOfName(names[0], name, dimensions, 'dimension');
  if (dimension < 0) return undefined;
  if (seen.has(dimension))
    return problemAt(
      term,
      'not-supported',
      `the dimension ${name} stands twice in one projection`,
      'each dimension once',
    );
  seen.add(dimension);
  if (names.length === 1) return { dimension, coefficient: 1 };
  if (typeof names[1].item.value === 'number') return { dimension, coefficient: numberOf(names[1], 1) ?? 1 };
  const coefficient = textOf(names[1]) ?? '';
  if (indexOfName(names[1], coefficient, [...coefficients.keys()], 'coefficient') < 0) return undefined;
  return { dimension, coefficient: coefficients.get(coefficient)! };
}

function checkTensors(section: Section, tensors: readonly ProblemTensor[]): void {
  const names = tensors.map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) problemAt(section, 'duplicate-name', `two data spaces are called "${repeated}"`);
  const written = tensors.filter(({ readWrite }) => readWrite);
  if (sectionsOf(section).length === 0)
    problemAt(section, 'missing-key', 'the problem has no data spaces', 'data spaces, one of them read-write');
  if (tensors.length > 0 && written.length !== 1)
    problemAt(section, 'out-of-range', `${written.length} data spaces are read-write`, 'exactly one');
  if (tensors.length > 8) problemAt(section, 'out-of-range', `${tensors.length} data spaces`, '8 or fewer');
}
