import type { TimeloopMapping } from '../../formats/timeloop/index.ts';
import type { Counts } from './counts.ts';
import type { Machine } from './machine.ts';
import type { Nest } from './nest.ts';

/** Most children whose neighbours are looked at one by one. */
const MOST_CHILDREN = 2 ** 16;

/** The words that one child fetches in a step: how many, of which shape, and where it lies beside the tile before. */
interface Step {
  readonly words: number;
  readonly width: readonly number[];
  /** From the place of the tile to that of the words. */
  readonly from: readonly number[];
  /** By how much the tile has moved since the step before. */
  readonly moved: readonly number[];
}

/**
 * Takes out of the counts what children get from their neighbours: Timeloop lets a child take over words that a neighbour on the mesh
 * fetched in the step before, and counts that wherever fewer words then leave the memory above. For perfect factors; changes `counts`.
 */
export function creditLinks(machine: Machine, nest: Nest, { levels }: TimeloopMapping, counts: Counts): void {
  const { levels: L, tensors: T } = machine;
  for (let q = 0; q < T; q++) {
    let child = L;
    for (let level = L - 1; level >= 0; level--) {
      const at = level * T + q;
      if (nest.keep[at] === 0) continue;
      const saved = savedWords(
        machine,
        nest,
        meshOf(machine, levels[child - 1].spatial, child),
        level,
        child,
        q,
        counts,
      );
      if (saved > 0) {
        counts.ingress[at] -= saved;
        counts.reads[at] -= saved;
        if (q === machine.written) counts.updates[at] -= saved;
      }
      child = level;
    }
  }
}

type SpatialLoops = TimeloopMapping['levels'][number]['spatial'];

/** The loops over the mesh of a level; of two fan-outs only the inner one has neighbours. */
function meshOf({ outerAxis }: Machine, spatial: SpatialLoops, child: number): SpatialLoops {
  const outer = outerAxis[child - 1];
  return outer ? spatial.filter(({ axis }) => axis !== outer) : spatial;
}

/** The tensor that children share, and the level whose tiles they hold. */
interface Place {
  readonly machine: Machine;
  readonly nest: Nest;
  readonly child: number;
  readonly q: number;
}

/** Words that one instance of `level` need not send, over all steps. */
function savedWords(
  machine: Machine,
  nest: Nest,
  spatial: SpatialLoops,
  level: number,
  child: number,
  q: number,
  counts: Counts,
): number {
  const place: Place = { machine, nest, child, q };
  const children = childrenOf(place, spatial);
  const list = loopsOutside(place);
  if (children.offsets.length < 2 || children.offsets.length > MOST_CHILDREN || list.length === 0) return 0;
  const steps = stepsOf(place, list);
  const saved = followed(steps, list, linkedOf(children));
  // Memories between that do not keep the tensor spread each word over their own children.
  const words = counts.ingress[level * machine.tensors + q];
  const all = new Set(children.offsets.map((offset) => offset.join())).size * arrivalsOf(steps, list);
  return all === 0 ? 0 : Math.round((saved * words) / all);
}

/** The extent of a dimension in a tile of a level. */
function extentAt({ machine, nest }: Place, level: number, d: number): number {
  const D = machine.dimensions;
  let product = 1;
  for (let l = level; l < machine.levels; l++) product *= nest.temporal[l * D + d] * nest.spatial[l * D + d];
  return product;
}

/** By how many words of its rank a step over a dimension moves the tile, and which rank that is; -1 if none. */
function rankStep({ machine, q }: Place, d: number, elements: number): readonly [rank: number, step: number] {
  const at = q * machine.dimensions + d;
  const rank = machine.rankOf[at];
  return rank < 0 ? [-1, 0] : [rank - machine.rankStart[q], elements * machine.coefficientOf[at]];
}

interface Children {
  /** Where the tile of each child lies, in the order of the mesh: X is the faster axis. */
  readonly offsets: readonly (readonly number[])[];
  readonly columns: number;
  readonly rows: number;
}

/** The children in Timeloop's order: loops along Y outside, loops along X inside. */
function childrenOf(place: Place, spatial: SpatialLoops): Children {
  const { machine, child, q } = place;
  const { rankStart, fanoutX, fanoutY, outerAxis } = machine;
  const outer = outerAxis[child - 1];
  let across = 1;
  let offsets: number[][] = [new Array<number>(rankStart[q + 1] - rankStart[q]).fill(0)];
  const inside = new Map<number, number>();
  const loops = [...spatial.filter(({ axis }) => axis === 'Y'), ...spatial.filter(({ axis }) => axis === 'X')];
  for (const { dimension, axis, bound } of loops.reverse()) {
    if (axis === 'X') across *= bound;
    const within = inside.get(dimension) ?? 1;
    const [rank, step] = rankStep(place, dimension, extentAt(place, child, dimension) * within);
    inside.set(dimension, within * bound);
    const block = offsets;
    offsets = Array.from({ length: bound }, (_, i) =>
      block.map((offset) => offset.map((value, r) => (r === rank ? value + i * step : value))),
    ).flat();
  }
  return {
    offsets,
    columns: Math.max(outer === 'X' ? 1 : fanoutX[child - 1], across),
    rows: Math.max(outer === 'Y' ? 1 : fanoutY[child - 1], offsets.length / across),
  };
}

/** Returns how many different tiles need not come from above if children find those of a neighbour that lies `away` from them. */
function linkedOf({ offsets, columns, rows }: Children): (away: readonly number[]) => number {
  const keys = offsets.map((offset) => offset.join());
  const distinct = new Set(keys).size;
  const neighbours = (k: number): number[] => [
    ...(rows > 1 ? [k - columns, k + columns] : []),
    ...(columns > 1 && k % columns > 0 ? [k - 1] : []),
    ...(columns > 1 && k % columns < columns - 1 ? [k + 1] : []),
  ];
  const known = new Map<string, number>();
  return (away) => {
    const key = away.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const isLinked = (offset: readonly number[], k: number): boolean =>
      neighbours(k).some((other) => offsets[other]?.every((value, r) => value - offset[r] === away[r]));
    const left = new Set(keys.filter((_, k) => !isLinked(offsets[k], k)));
    known.set(key, distinct - left.size);
    return distinct - left.size;
  };
}

/** A temporal loop outside the children; `before` is the product of the bounds outside it. */
interface OuterLoop {
  readonly d: number;
  readonly bound: number;
  /** Elements from one iteration to the next. */
  readonly stride: number;
  readonly before: number;
}

/** Temporal loops with several iterations outside the children, the outermost first. */
function loopsOutside(place: Place): OuterLoop[] {
  const { machine, nest, child } = place;
  const D = machine.dimensions;
  const list: OuterLoop[] = [];
  let before = 1;
  for (let at = 0; at < child * D; at++) {
    const level = Math.floor(at / D);
    const d = nest.order[at];
    const bound = nest.temporal[level * D + d];
    if (bound <= 1) continue;
    list.push({ d, bound, stride: extentAt(place, level + 1, d) * nest.spatial[level * D + d], before });
    before *= bound;
  }
  return list;
}

/** The first step, and the step that each loop makes. Timeloop takes the tile before a wrap for that of the second iteration. */
function stepsOf(place: Place, list: readonly OuterLoop[]): { readonly start: Step; readonly steps: readonly Step[] } {
  const { machine, child, q } = place;
  const { dimensions: D, rankStart, rankOf, coefficientOf } = machine;
  const width = Array.from({ length: rankStart[q + 1] - rankStart[q] }, () => 1);
  for (let d = 0; d < D; d++)
    if (rankOf[q * D + d] >= 0)
      width[rankOf[q * D + d] - rankStart[q]] += coefficientOf[q * D + d] * (extentAt(place, child, d) - 1);
  const whole = width.reduce((product, size) => product * size, 1);
  const zero = width.map(() => 0);
  const shift = [...zero];
  const moves = list
    .toReversed()
    .map(({ d, stride }) => {
      const [rank, step] = rankStep(place, d, stride);
      const moved = shift.map((value, r) => (r === rank ? value + step : value));
      if (rank >= 0) shift[rank] -= step;
      return moved;
    })
    .toReversed();
  const usual = moves.at(-1)!;
  // Multipliers keep nothing, so that each step fetches.
  const keeps = child < machine.levels;
  const steps = moves.map((moved) => stepOf(moved, keeps && moved.every((by, r) => by === usual[r]), width, whole));
  return { start: { words: whole, width, from: zero, moved: zero }, steps };
}

/** Words that neighbours pass on, over all pairs of a step and the one before. */
function followed(
  { start, steps }: ReturnType<typeof stepsOf>,
  list: readonly OuterLoop[],
  linkedAt: (away: readonly number[]) => number,
): number {
  let saved = 0;
  const follow = (prior: Step, next: Step, times: number): void => {
    if (next.words === 0 || next.width.some((size, r) => size !== prior.width[r]) || prior.words === 0) return;
    saved += times * next.words * linkedAt(next.moved.map((by, r) => by + next.from[r] - prior.from[r]));
  };
  const inner = list.length - 1;
  const last = steps[inner];
  follow(start, last, list[inner].bound - 1);
  for (let j = 0; j < inner; j++) {
    const times = list[j].before * (list[j].bound - 1);
    follow(last, steps[j], times);
    follow(steps[j], last, times * (list[inner].bound - 1));
  }
  return saved;
}

function arrivalsOf({ start, steps }: ReturnType<typeof stepsOf>, list: readonly OuterLoop[]): number {
  return steps.reduce((sum, { words }, j) => sum + words * list[j].before * (list[j].bound - 1), start.words);
}

/** The words that a tile needs anew after a move; all of them if no overlap is credited. */
function stepOf(moved: readonly number[], isCredited: boolean, width: readonly number[], whole: number): Step {
  const from = moved.map(() => 0);
  const along = moved.findIndex((by) => by !== 0);
  const distance = along < 0 ? 0 : Math.abs(moved[along]);
  const isPart = isCredited && moved.filter((by) => by !== 0).length <= 1 && (along < 0 || distance < width[along]);
  if (!isPart) return { words: whole, width, from, moved };
  if (along < 0) return { words: 0, width, from, moved };
  if (moved[along] > 0) from[along] = width[along] - distance;
  const part = width.map((size, r) => (r === along ? distance : size));
  return { words: (whole / width[along]) * distance, width: part, from, moved };
}
