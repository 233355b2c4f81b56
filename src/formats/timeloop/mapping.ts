import {
  type Directive,
  type Factor,
  type Names,
  readDirective,
  readFactors,
  readPermutation,
  readTensors,
} from './directives.ts';
import { problemAt, type Section, sectionsOf, wholeOf } from './reading.ts';
import type { LevelMapping, MappingLoop, SpatialLoop, TimeloopMapping } from './types.ts';

interface LevelDraft {
  keep: boolean[];
  temporal: MappingLoop[];
  spatial: SpatialLoop[];
}

/**
 * Reads a `mapping`: a list of temporal, spatial and bypass entries. Problems go to the reader, among them
 * factors that do not cover the size of their dimension.
 */
export function readMapping(section: Section, names: Names): TimeloopMapping | undefined {
  const { problems } = section.reader;
  const before = problems.length;
  const directives = sectionsOf(section).flatMap((entry) => readDirective(entry, names) ?? []);
  const seen = new Map<string, Directive>();
  for (const directive of directives) {
    const key = keyOf(directive.level, directive.kind, directive.fanOut?.axis);
    if (seen.has(key))
      problemAt(
        directive.section,
        'duplicate-name',
        `two ${directive.kind} entries of ${names.levels[directive.level]}`,
      );
    seen.set(key, directive);
  }
  const whole = names.dimensions.map(() => 0);
  const levels = names.levels.map((_, level): LevelDraft => {
    const temporal = seen.get(keyOf(level, 'temporal'));
    const spatial = AXES.flatMap((axis) => seen.get(keyOf(level, 'spatial', axis)) ?? []);
    return {
      keep: keepOf(seen.get(keyOf(level, 'bypass')), level, names),
      temporal: loopsOf(temporal, names, whole),
      spatial: spatial.flatMap((directive) => spatialOf(directive, names, whole)),
    };
  });
  if (problems.length > before) return undefined;
  const filled = levels.map((level) => fillWhole(level, levels, names));
  checkProducts(filled, names, (message, expected) => problemAt(section, 'out-of-range', message, expected));
  return problems.length > before ? undefined : { levels: filled };
}

/** Loops along Y are outside those along X. */
const AXES = [undefined, 'Y', 'X'] as const;

function keyOf(level: number, kind: Directive['kind'], axis?: 'X' | 'Y'): string {
  return `${level} ${kind} ${axis ?? ''}`;
}

function keepOf(directive: Directive | undefined, level: number, names: Names): boolean[] {
  const keep = names.tensors.map(() => true);
  if (!directive) return keep;
  const kept = readTensors(directive.keys.get('keep'), names);
  const bypassed = readTensors(directive.keys.get('bypass'), names);
  for (const tensor of bypassed) {
    if (kept.includes(tensor))
      problemAt(directive.section, 'duplicate-name', `${names.tensors[tensor]} is kept and bypassed`);
    if (level === 0)
      problemAt(
        directive.section,
        'out-of-range',
        `${names.levels[0]} bypasses ${names.tensors[tensor]}`,
        'the outermost level to keep every data space',
      );
    keep[tensor] = false;
  }
  return keep;
}

/** All dimensions from the outermost to the innermost; those that the entry does not order come outermost. */
function orderOf(directive: Directive | undefined, names: Names): number[] {
  const inner = readPermutation(directive?.keys.get('permutation'), names);
  const rest = names.dimensions.map((_, dimension) => dimension).filter((dimension) => !inner.includes(dimension));
  return [...rest, ...inner.reverse()];
}

function loopsOf(directive: Directive | undefined, names: Names, whole: number[]): MappingLoop[] {
  const factors = equalities(directive, names);
  return orderOf(directive, names).map((dimension) => {
    const factor = factors.find((f) => f.dimension === dimension);
    if (factor?.bound === 0) whole[dimension]++;
    return { dimension, bound: factor?.bound ?? 1, last: factor?.last ?? 1 };
  });
}

function spatialOf(directive: Directive, names: Names, whole: number[]): SpatialLoop[] {
  const loops = loopsOf(directive, names, whole);
  const split = wholeOf(directive.keys.get('split'), 0) ?? names.dimensions.length;
  // The first `split` dimensions of the permutation are the innermost ones.
  return loops
    .map(
      (loop, i): SpatialLoop => ({
        ...loop,
        axis: directive.fanOut?.axis ?? (loops.length - 1 - i < split ? 'X' : 'Y'),
      }),
    )
    .filter(({ bound }) => bound !== 1);
}

function equalities(directive: Directive | undefined, names: Names): Factor[] {
  const factors = readFactors(directive?.keys.get('factors'), names);
  const unequal = factors.find(({ comparison }) => comparison !== '=');
  if (unequal && directive)
    problemAt(
      directive.section,
      'wrong-type',
      `a bound of ${names.dimensions[unequal.dimension]} with "${unequal.comparison}"`,
      'a factor such as M=4',
    );
  return factors;
}

/** Replaces a factor of 0 by what the other factors leave of the dimension. */
function fillWhole(level: LevelDraft, levels: readonly LevelDraft[], names: Names): LevelMapping {
  const fill = <T extends MappingLoop>(loop: T): T => {
    if (loop.bound !== 0) return loop;
    const others = levels.flatMap(({ temporal, spatial }) => [...temporal, ...spatial]);
    const product = others
      .filter(({ dimension, bound }) => dimension === loop.dimension && bound > 0)
      .reduce((all, { bound }) => all * bound, 1);
    const rest = Math.max(1, Math.floor(names.sizes[loop.dimension] / product));
    return { ...loop, bound: rest, last: rest };
  };
  return {
    keep: level.keep,
    temporal: level.temporal.map(fill),
    spatial: level.spatial.map(fill).filter(({ bound }) => bound > 1),
  };
}

/** Calls `report` for each dimension whose factors do not cover it. */
export function checkProducts(
  levels: readonly LevelMapping[],
  { dimensions, sizes }: Names,
  report: (message: string, expected: string) => void,
): void {
  dimensions.forEach((name, dimension) => {
    const covered = coverage(levels, dimension);
    if (covered !== sizes[dimension])
      report(
        `the factors of ${name} cover ${covered} of its ${sizes[dimension]}`,
        `factors of ${name} that cover ${sizes[dimension]}`,
      );
  });
}

/** The indices that the loops over a dimension visit; the last iteration of all has its own bound. */
export function coverage(levels: readonly LevelMapping[], dimension: number): number {
  let full = 1;
  let last = 1;
  const loops = levels.flatMap(({ temporal, spatial }) =>
    [...temporal, ...spatial].filter((loop) => loop.dimension === dimension),
  );
  for (const loop of loops.reverse()) {
    last = (loop.last - 1) * full + last;
    full *= loop.bound;
  }
  return last;
}
