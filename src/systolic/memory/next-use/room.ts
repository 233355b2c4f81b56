import { isLessRatio, mulDivFloor } from './exact.ts';
import type { Sweep } from './order.ts';

/** Words by the slot of the fold that touched them: two kinds of intervals, the slots of one after those of the other. */
type ByKindAndSlot = Float64Array;

/** When words return, by the length of the interval until their next touch. */
export interface Intervals {
  readonly units: readonly UnitIntervals[];
  readonly common: ReadonlyMap<number, CommonIntervals>;
}

/** Units that are alike. */
export interface UnitIntervals {
  readonly count: number;
  /** The intervals of a unit: those within one repeat, then those from one repeat to the next. */
  readonly own: ReadonlyMap<number, ByKindAndSlot>;
}

/** Intervals from unit to unit, then those from sweep to sweep. */
export interface CommonIntervals {
  /** In a sweep. */
  readonly words: ByKindAndSlot;
  /** Words as which they count in the room of a sweep. */
  readonly weights: ByKindAndSlot;
}

/** Words fetched again in a sweep, and what the kept ones occupy. */
export interface Missed {
  /** Over inner intervals: in every sweep. */
  readonly inner: number;
  /** Over outer intervals: in every sweep but the first. */
  readonly outer: number;
  /** Words kept on average over the folds. */
  readonly occupied: number;
}

/** Units of a sweep. */
export function unitCount({ blocks, unitBlocks }: Sweep): number {
  return Math.ceil(blocks / unitBlocks);
}

/**
 * Shares out the room among words that come back, the shortest intervals first (docs/methods/memory-next-use.md, "Which words stay").
 * @param room words that can stay, in each fold
 * @param free folds of an interval in which a word needs no room: 1 if pinned tiles hold it, 0 if not
 */
export function shareRoom({ units, common }: Intervals, sweep: Sweep, room: number, free: number): Missed {
  const { slots, unitBlocks, repeats } = sweep;
  const visits = unitCount(sweep) * repeats;
  const left = units.map(() => new Float64Array(slots).fill(room * unitBlocks));
  const least = new Float64Array(slots).fill(room * unitBlocks);
  const taken = new Float64Array(slots);
  const share = new Sharing(slots, free);
  const missed = { visit: 0, repeat: 0, between: 0, outer: 0 };
  const lengths = new Set([...units.flatMap(({ own }) => [...own.keys()]), ...common.keys()]);
  for (const length of [...lengths].sort((a, b) => a - b)) {
    if (length <= free) continue;
    units.forEach(({ count, own }, u) => {
      const words = own.get(length);
      if (!words) return;
      const mine = left[u];
      for (let r = 0; r < slots; r++) share.room[r] = mine[r] - Math.ceil(taken[r] / visits);
      share.among(length, words, words);
      missed.visit += count * share.missed[0];
      missed.repeat += count * share.missed[1];
      for (let r = 0; r < slots; r++) {
        mine[r] -= share.used[r];
        least[r] = Math.min(least[r], mine[r]);
      }
    });
    const others = common.get(length);
    if (!others) continue;
    for (let r = 0; r < slots; r++) share.room[r] = visits * least[r] - taken[r];
    share.among(length, others.words, others.weights);
    missed.between += share.missed[0];
    missed.outer += share.missed[1];
    for (let r = 0; r < slots; r++) taken[r] += share.used[r];
  }
  let unused = 0;
  units.forEach(({ count }, u) => {
    for (const words of left[u]) unused += count * repeats * words;
  });
  for (const words of taken) unused -= words;
  return {
    inner: repeats * missed.visit + (repeats - 1) * missed.repeat + missed.between,
    outer: missed.outer,
    occupied: room - unused / (visits * unitBlocks * slots),
  };
}

/** Shares room among intervals of one length. */
class Sharing {
  /** By slot: the room that is left, and the room that the last call used. */
  readonly room: Float64Array;
  readonly used: Float64Array;
  /** Words of either kind that found none. */
  readonly missed: [number, number] = [0, 0];
  private readonly slots: number;
  private readonly free: number;
  private readonly cover: Int32Array;

  constructor(slots: number, free: number) {
    this.slots = slots;
    this.free = free;
    this.room = new Float64Array(slots);
    this.used = new Float64Array(slots);
    this.cover = new Int32Array(slots);
  }

  /** Sets `used` and `missed`. */
  among(length: number, words: ByKindAndSlot, weights: ByKindAndSlot): void {
    const { room, used: demand, slots, free, cover, missed } = this;
    const turns = Math.floor((length - free) / slots);
    const part = (length - free) % slots;
    addWindows(demand.fill(0), weights, slots, turns, part, free);
    missed.fill(0);
    if (room.every((words, r) => words >= demand[r])) return;
    tightest(cover, room, demand, turns, part);
    const kept = weights.map((weight, i) => {
      const r = cover[((i % slots) + free) % slots];
      const keep = (of: number): number => Math.min(of, mulDivFloor(of, room[r], demand[r]));
      if (weight === 0) return 0;
      missed[i < slots ? 0 : 1] += words[i] - keep(words[i]);
      return keep(weight);
    });
    addWindows(demand.fill(0), kept, slots, turns, part, free);
  }
}

/** Adds to each slot the words that need room in it, once for each fold. */
function addWindows(
  demand: Float64Array,
  words: Float64Array,
  slots: number,
  turns: number,
  part: number,
  free: number,
): void {
  let total = 0;
  let window = 0;
  // Words of windows that begin in slots -part + 1 .. 0 cover slot 0.
  const startingAt = (r: number): number => {
    const from = (((r - free) % slots) + slots) % slots;
    return words[from] + words[from + slots];
  };
  for (let r = 0; r < slots; r++) total += words[r] + words[r + slots];
  for (let i = 0; i < part; i++) window += startingAt(-i);
  for (let r = 0; r < slots; r++) {
    demand[r] += turns * total + (part > 0 ? window : 0);
    if (part > 0) window += startingAt(r + 1) - startingAt(r + 1 - part);
  }
}

/** For windows that begin in each slot, the slot they cover with the least room for its demand. */
function tightest(cover: Int32Array, left: Float64Array, demand: Float64Array, turns: number, part: number): void {
  const slots = left.length;
  const isTighter = (r: number, s: number): boolean =>
    demand[r] > 0 && (demand[s] === 0 || isLessRatio(left[r], demand[r], left[s], demand[s]));
  if (turns > 0 || part === slots) {
    let least = 0;
    for (let r = 1; r < slots; r++) if (isTighter(r, least)) least = r;
    cover.fill(least);
    return;
  }
  // A queue of candidates, each tighter than those before it: the least of a sliding window.
  const queue = new Int32Array(2 * slots);
  let head = 0;
  let tail = 0;
  for (let i = 0; i < slots + part - 1; i++) {
    const r = i % slots;
    while (tail > head && !isTighter(queue[tail - 1] % slots, r)) tail--;
    queue[tail++] = i;
    const begin = i - part + 1;
    if (begin < 0) continue;
    while (queue[head] < begin) head++;
    cover[begin] = queue[head] % slots;
  }
}
