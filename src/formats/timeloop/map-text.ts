import { type Diagnostic, InputError, nearestName } from '../../base/errors.ts';
import { type SourceText, spanFinder } from '../../base/source.ts';
import type { Names } from './directives.ts';
import { checkProducts } from './mapping.ts';
import type { MappingLoop, SpatialLoop, TimeloopMapping } from './types.ts';

/** Whether a text is a `map.txt`: its first line is the header of a level. */
export function isMapText({ text }: SourceText): boolean {
  return HEADER.test(text.trimStart().split('\n')[0].trimEnd());
}

const HEADER = /^(\S+) \[ (.*)\]$/;
const LOOP = /^\|\s*for (\S+) in \[0:(\d+)(?:,(\d+))?\)(?: \(Spatial-([XY])\))?$/;

interface Draft {
  keep: boolean[];
  temporal: MappingLoop[];
  spatial: SpatialLoop[];
}

/** Reads Timeloop's `map.txt`, which shows the loops of each level from the outermost to the innermost. */
export function readMapText(source: SourceText, names: Names): TimeloopMapping {
  const at = spanFinder(source);
  const problems: Diagnostic[] = [];
  const drafts = names.levels.map((): Draft => ({ keep: names.tensors.map(() => false), temporal: [], spatial: [] }));
  let open: Draft | undefined;
  let offset = 0;
  for (const line of source.text.split('\n')) {
    const span = at(offset, offset + line.length);
    offset += line.length + 1;
    const text = line.trimEnd();
    const header = HEADER.exec(text);
    const loop = LOOP.exec(text);
    if (header) open = openLevel(header, drafts, names, problems, span);
    else if (loop) addLoop(loop, open, names, problems, span);
    else if (text !== '' && !/^-+$/.test(text) && !/^[|\s]*<<.*>>$/.test(text))
      problems.push({
        code: 'wrong-type',
        message: 'a line that is no level and no loop',
        span,
        expected: '"| for M in [0:2)"',
      });
  }
  if (problems.length > 0) throw new InputError(problems);
  const levels = drafts.map(({ keep, temporal, spatial }, level) => {
    const missing = names.dimensions.map((_, d) => d).filter((d) => !temporal.some(({ dimension }) => dimension === d));
    const ones = missing.map((dimension) => ({ dimension, bound: 1, last: 1 }));
    // The outermost level keeps all, whether it says so or not.
    return { keep: level === 0 ? keep.map(() => true) : keep, temporal: [...ones, ...temporal], spatial };
  });
  checkProducts(
    levels,
    names,
    (message, expected) => void problems.push({ code: 'out-of-range', message, expected, span: at(0, 1) }),
  );
  if (problems.length > 0) throw new InputError(problems);
  return { levels };
}

function openLevel(
  [, name, tiles]: RegExpExecArray,
  drafts: readonly Draft[],
  names: Names,
  problems: Diagnostic[],
  span: Diagnostic['span'],
): Draft | undefined {
  const level = names.levels.indexOf(names.fanOuts?.get(name)?.storage ?? name);
  if (level < 0) {
    const expected = `one of ${names.levels.join(', ')}`;
    problems.push({
      code: 'unknown-name',
      message: `there is no storage level "${name}"`,
      span,
      expected,
      suggestion: nearestName(name, names.levels),
    });
    return undefined;
  }
  for (const [, tensor] of tiles.matchAll(/(\S+?):\d+ \(\d+\)/g)) {
    const q = names.tensors.indexOf(tensor);
    if (q >= 0) drafts[level].keep[q] = true;
    else
      problems.push({
        code: 'unknown-name',
        message: `there is no data space "${tensor}"`,
        span,
        expected: `one of ${names.tensors.join(', ')}`,
      });
  }
  return drafts[level];
}

function addLoop(
  [, name, boundText, lastText, axis]: RegExpExecArray,
  open: Draft | undefined,
  names: Names,
  problems: Diagnostic[],
  span: Diagnostic['span'],
): void {
  const dimension = names.dimensions.indexOf(name);
  const bound = Number(boundText);
  const last = lastText === undefined ? bound : Number(lastText);
  if (dimension < 0) {
    const expected = `one of ${names.dimensions.join(', ')}`;
    problems.push({ code: 'unknown-name', message: `there is no dimension "${name}"`, span, expected });
    return;
  }
  if (bound < 1 || last < 1 || last > bound || bound > names.sizes[dimension]) {
    problems.push({
      code: 'out-of-range',
      message: `a loop of ${boundText} over ${name}`,
      span,
      expected: `1 to ${names.sizes[dimension]}`,
    });
    return;
  }
  // A level that is not known has been reported.
  if (!open || bound === 1) return;
  if (open.temporal.some((loop) => axis === undefined && loop.dimension === dimension)) {
    problems.push({ code: 'duplicate-name', message: `two loops over ${name} at one level`, span });
    return;
  }
  if (axis === undefined) open.temporal.push({ dimension, bound, last });
  else open.spatial.push({ dimension, bound, last, axis: axis as 'X' | 'Y' });
}
