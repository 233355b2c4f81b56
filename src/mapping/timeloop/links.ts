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
      const saved = savedWords(machine, nest, levels[child - 1].spatial, level, child, q, counts);
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
  const { dimensions: D, rankOf, coefficientOf, rankStart, fanoutX, fanoutY } = machine;
  const [first, ranks] = [rankStart[q], rankStart[q + 1] - rankStart[q]];
  const zero = (): number[] => new Array<number>(ranks).fill(0);
  const extent = (at: number, d: number): number => {
    let product = 1;
    for (let l = at; l < machine.levels; l++) product *= nest.temporal[l * D + d] * nest.spatial[l * D + d];
    return product;
  };
  // Children in Timeloop's order: loops along Y outside, loops along X inside.
  const mesh = child - 1;
  let across = 1;
  let offsets: number[][] = [zero()];
  const loops = [...spatial.filter(({ axis }) => axis === 'Y'), ...spatial.filter(({ axis }) => axis === 'X')];
  const inside = new Map<number, number>();
  for (const { dimension, axis, bound } of [...loops].reverse()) {
    if (axis === 'X') across *= bound;
    const rank = rankOf[q * D + dimension];
    const step =
      extent(child, dimension) * (inside.get(dimension) ?? 1) * (rank < 0 ? 0 : coefficientOf[q * D + dimension]);
    inside.set(dimension, (inside.get(dimension) ?? 1) * bound);
    offsets = Array.from({ length: bound }, (_, i) =>
      offsets.map((offset) => offset.map((value, r) => (r === rank - first ? value + i * step : value))),
    ).flat();
  }
  const children = offsets.length;
  if (children < 2 || children > MOST_CHILDREN) return 0;
  const columns = Math.max(fanoutX[mesh], across);
  const rows = Math.max(fanoutY[mesh], children / across);
  const keys = offsets.map((offset) => offset.join());
  const distinct = new Set(keys).size;
  const neighbours = (k: number): number[] => [
    ...(rows > 1 ? [k - columns, k + columns] : []),
    ...(columns > 1 && k % columns > 0 ? [k - 1] : []),
    ...(columns > 1 && k % columns < columns - 1 ? [k + 1] : []),
  ];
  /** Different words that must still come from above if a child finds those of a neighbour that lies `away` from it. */
  const known = new Map<string, number>();
  const leftOf = (away: readonly number[]): number => {
    const key = away.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const left = new Set<string>();
    offsets.forEach((offset, k) => {
      const isLinked = neighbours(k).some(
        (other) => other >= 0 && other < children && offsets[other].every((value, r) => value - offset[r] === away[r]),
      );
      if (!isLinked) left.add(keys[k]);
    });
    known.set(key, left.size);
    return left.size;
  };
  // Temporal loops outside the children, the outermost first.
  const list: { readonly d: number; readonly bound: number; readonly stride: number; readonly before: number }[] = [];
  let before = 1;
  for (let l = 0; l < child; l++) {
    for (let i = l * D; i < l * D + D; i++) {
      const d = nest.order[i];
      const bound = nest.temporal[l * D + d];
      if (bound <= 1) continue;
      list.push({ d, bound, stride: extent(l + 1, d) * nest.spatial[l * D + d], before });
      before *= bound;
    }
  }
  if (list.length === 0) return 0;
  const width = Array.from({ length: ranks }, (_, r) => {
    let size = 1;
    for (let d = 0; d < D; d++)
      if (rankOf[q * D + d] === first + r) size += coefficientOf[q * D + d] * (extent(child, d) - 1);
    return size;
  });
  const whole = width.reduce((product, size) => product * size, 1);
  const shift = zero();
  const moves = list
    .toReversed()
    .map(({ d, stride }) => {
      const rank = rankOf[q * D + d] - first;
      const step = rankOf[q * D + d] < 0 ? 0 : stride * coefficientOf[q * D + d];
      const moved = shift.map((value, r) => (r === rank ? value + step : value));
      if (rankOf[q * D + d] >= 0) shift[rank] -= step;
      return moved;
    })
    .toReversed();
  const usual = moves.at(-1)!;
  // Multipliers keep nothing, so that each step fetches.
  const keeps = child < machine.levels;
  const steps = moves.map((moved) => stepOf(moved, keeps && moved.every((by, r) => by === usual[r]), width, whole));
  const start: Step = { words: whole, width, from: zero(), moved: zero() };
  let saved = 0;
  const follow = (prior: Step, next: Step, times: number): void => {
    if (next.words === 0 || next.width.some((size, r) => size !== prior.width[r]) || prior.words === 0) return;
    const away = next.moved.map((by, r) => by + next.from[r] - prior.from[r]);
    saved += times * next.words * (distinct - leftOf(away));
  };
  const inner = list.length - 1;
  const last = steps[inner];
  follow(start, last, list[inner].bound - 1);
  for (let j = 0; j < inner; j++) {
    const times = list[j].before * (list[j].bound - 1);
    follow(last, steps[j], times);
    follow(steps[j], last, times * (list[inner].bound - 1));
  }
  // Memories between that do not keep the tensor spread each word over their own children.
  const words = counts.ingress[level * machine.tensors + q];
  const all = distinct * arrivalsOf(start, steps, list);
  return all === 0 ? 0 : Math.round((saved * words) / all);
}

function arrivalsOf(
  start: Step,
  steps: readonly Step[],
  list: readonly { readonly bound: number; readonly before: number }[],
): number {
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
