import { describeValue } from '../../base/errors.ts';
import {
  indexOfName,
  missing,
  problemAt,
  recordOf,
  refuseUnknown,
  type Section,
  sectionsOf,
  textOf,
} from './reading.ts';

/** The names that loops and levels may have. */
export interface Names {
  readonly dimensions: readonly string[];
  readonly sizes: readonly number[];
  readonly tensors: readonly string[];
  /** Storages, the outermost first. */
  readonly levels: readonly string[];
  /** Fan-outs that have names of their own, from the outermost to the innermost. */
  readonly fanOuts?: ReadonlyMap<string, FanOut>;
}

/** A fan-out to the children of a storage, such as that of a container below it. */
export interface FanOut {
  readonly storage: string;
  /** The axis along which it lies, if the storage has another fan-out along the other one. */
  readonly axis?: 'X' | 'Y' | undefined;
}

/** A bound with its comparison, as in `K=16,8` or `M<=4`. */
export interface Factor {
  readonly dimension: number;
  readonly comparison: '=' | '<=' | '>=';
  /** 0 stands for the whole dimension. */
  readonly bound: number;
  /** Bound of the last iteration; equal to `bound` for a perfect factor. */
  readonly last: number;
}

export type DirectiveKind = 'temporal' | 'spatial' | 'bypass' | 'parallelism' | 'other';

/** An entry of a mapping or of constraints. */
export interface Directive {
  readonly section: Section;
  readonly keys: ReadonlyMap<string, Section>;
  readonly level: number;
  readonly kind: DirectiveKind;
  /** The fan-out that it names instead of its storage. */
  readonly fanOut?: FanOut | undefined;
}

const KINDS: Readonly<Record<string, DirectiveKind>> = {
  temporal: 'temporal',
  spatial: 'spatial',
  bypass: 'bypass',
  bypassing: 'bypass',
  datatype: 'bypass',
  dataspace: 'bypass',
};

const KEYS: Readonly<Record<DirectiveKind, readonly string[]>> = {
  temporal: ['target', 'type', 'factors', 'permutation'],
  spatial: ['target', 'type', 'factors', 'permutation', 'split'],
  bypass: ['target', 'type', 'keep', 'bypass', 'stream'],
  parallelism: ['target', 'type', 'min'],
  other: [],
};

/** Reads the level and the kind of an entry. `more` names further kinds that are allowed. */
export function readDirective(
  section: Section,
  names: Names,
  more: readonly DirectiveKind[] = [],
): Directive | undefined {
  const keys = recordOf(section);
  const type = keys.get('type');
  const target = keys.get('target');
  if (!type) missing(section, 'type');
  if (!target) missing(section, 'target');
  const kindName = textOf(type);
  const targetName = textOf(target);
  if (kindName === undefined || targetName === undefined) return undefined;
  const extra = Object.fromEntries(more.map((kind) => [kind, kind]));
  const known = { ...KINDS, ...extra };
  const kind = Object.hasOwn(known, kindName) ? known[kindName] : undefined;
  const written = levelName(targetName);
  const fanOut = names.fanOuts?.get(written);
  const level = fanOut
    ? names.levels.indexOf(fanOut.storage)
    : indexOfName(target!, written, names.levels, 'storage level');
  if (kind === undefined) {
    indexOfName(type!, kindName, Object.keys(known), 'type of directive');
    return undefined;
  }
  refuseUnknown(keys, KEYS[kind], section);
  if (level < 0) return undefined;
  const directive: Directive = { section, keys, level, kind, fanOut };
  if (fanOut && kind !== 'spatial') {
    checkFanOut(directive, written, names);
    return undefined;
  }
  return directive;
}

/** A fan-out holds nothing and has no loops in time: entries that say so, as Timeloop writes them, change nothing. */
function checkFanOut({ keys }: Directive, name: string, names: Names): void {
  const kept = keys.get('keep');
  const factors = keys.get('factors');
  if (kept && readTensors(kept, names).length > 0)
    problemAt(kept, 'out-of-range', `the fan-out ${name} keeps data spaces`, 'keep: []');
  if (factors && readFactors(factors, names).some(({ bound }) => bound !== 1))
    problemAt(factors, 'out-of-range', `the fan-out ${name} has loops in time`, 'factors of 1');
}

/** A target may be written with its path and its range: `system.chip.GBuf[0..0]`. */
function levelName(target: string): string {
  return target.replace(/\[.*$/, '').replace(/^.*\./, '');
}

/** The factors of an entry: `M=4 N=3 K=16,8`, `C1 M8`, or a list of such. */
export function readFactors(section: Section | undefined, names: Names): Factor[] {
  if (section === undefined || section.item.value === null) return [];
  const { value } = section.item;
  const texts = Array.isArray(value) ? value : [value];
  if (!texts.every((text) => typeof text === 'string')) {
    problemAt(section, 'wrong-type', `factors are ${describeValue(value)}`, EXPECTED);
    return [];
  }
  const factors: Factor[] = [];
  // A comma before a name separates two factors; before a number it opens the bound of the last iteration.
  const words = texts
    .join(' ')
    .split(/\s+|,(?=\s*[A-Za-z_])/)
    .filter((word) => word !== '');
  for (const word of words) {
    const factor = readFactor(section, word, names);
    if (!factor) continue;
    const isRepeated = factors.some((f) => f.dimension === factor.dimension && f.comparison === factor.comparison);
    if (isRepeated) problemAt(section, 'duplicate-name', `two factors of ${names.dimensions[factor.dimension]}`);
    else factors.push(factor);
  }
  return factors;
}

const EXPECTED = 'factors such as "M=4 N=3 K=16,8"';

function readFactor(section: Section, word: string, names: Names): Factor | undefined {
  const match = /^([A-Za-z_]\w*?)(<=|>=|=)?(-?[\d.]+)(?:,(-?[\d.]+))?$/.exec(word);
  if (!match) return problemAt(section, 'wrong-type', `the factor "${word}" cannot be read`, EXPECTED);
  const dimension = indexOfName(section, match[1], names.dimensions, 'dimension');
  if (dimension < 0) return undefined;
  const comparison = (match[2] ?? '=') as Factor['comparison'];
  const bound = Number(match[3]);
  const last = match[4] === undefined ? bound : Number(match[4]);
  const size = names.sizes[dimension];
  if (
    !Number.isInteger(bound) ||
    !Number.isInteger(last) ||
    bound < 0 ||
    bound > size ||
    last > bound ||
    (last < 1 && bound > 0)
  )
    return problemAt(
      section,
      'out-of-range',
      `a factor of ${match[4] === undefined ? match[3] : `${match[3]},${match[4]}`} for ${names.dimensions[dimension]}`,
      `whole numbers up to ${size}, the last one no larger than the others`,
    );
  return { dimension, comparison, bound, last };
}

/** The dimensions of a permutation, the innermost first as the file has them. */
export function readPermutation(section: Section | undefined, names: Names): number[] {
  if (section === undefined || section.item.value === null) return [];
  const { value } = section.item;
  const parts = Array.isArray(value)
    ? sectionsOf(section).map((entry) => textOf(entry) ?? '')
    : splitNames(textOf(section) ?? '', names);
  const order: number[] = [];
  for (const name of parts) {
    const dimension = indexOfName(section, name, names.dimensions, 'dimension');
    if (dimension < 0) return order;
    if (order.includes(dimension)) {
      problemAt(section, 'duplicate-name', `the permutation names ${name} twice`);
      return order;
    }
    order.push(dimension);
  }
  return order;
}

function splitNames(text: string, { dimensions }: Names): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length !== 1 || dimensions.includes(words[0])) return words;
  return [...words[0]];
}

/** The indices of a list of tensors. */
export function readTensors(section: Section | undefined, names: Names): number[] {
  return sectionsOf(section).flatMap((entry) => {
    const name = textOf(entry);
    const index = name === undefined ? -1 : indexOfName(entry, name, names.tensors, 'data space');
    return index < 0 ? [] : [index];
  });
}
