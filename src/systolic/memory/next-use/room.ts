import { isLessRatio, mulDivFloor } from './exact.ts';

/**
 * Words by the length of the interval until their next touch, and by the slot of the fold that touched them. Of each length a flat array: first the
 * slots of inner intervals, then those of outer ones.
 */
export type IntervalTable = ReadonlyMap<number, Float64Array>;

/** Words fetched again in a sweep, and what the kept ones occupy. */
export interface Missed {
  /** Over inner intervals: in every sweep. */
  readonly inner: number;
  /** Over outer intervals: in every sweep but the first. */
  readonly outer: number;
  /** Words kept on average over the folds. */
  readonly occupied: number;
}

/**
 * Shares out the room among words that come back, the shortest intervals first (docs/methods/memory-next-use.md, "Which words stay").
 * @param room words that can stay, in each fold
 * @param visits blocks of a sweep, repeats counted: folds of a sweep in each slot
 * @param free folds of an interval in which a word needs no room: 1 if pinned tiles hold it, 0 if not
 */
export function shareRoom(table: IntervalTable, slots: number, room: number, visits: number, free: number): Missed {
  const left = new Float64Array(slots).fill(room * visits);
  const demand = new Float64Array(slots);
  const cover = new Int32Array(slots);
  let inner = 0;
  let outer = 0;
  for (const length of [...table.keys()].sort((a, b) => a - b)) {
    const words = table.get(length)!;
    const need = length - free;
    if (need <= 0) continue;
    const turns = Math.floor(need / slots);
    const part = need % slots;
    addWindows(demand.fill(0), words, slots, turns, part, free);
    if (left.every((room, r) => room >= demand[r])) {
      for (let r = 0; r < slots; r++) left[r] -= demand[r];
      continue;
    }
    tightest(cover, left, demand, turns, part);
    const kept = words.map((count, i) => {
      const r = cover[((i % slots) + free) % slots];
      const keeps = count === 0 ? 0 : Math.min(count, mulDivFloor(count, left[r], demand[r]));
      if (i < slots) inner += count - keeps;
      else outer += count - keeps;
      return keeps;
    });
    addWindows(demand.fill(0), kept, slots, turns, part, free);
    for (let r = 0; r < slots; r++) left[r] -= demand[r];
  }
  const unused = left.reduce((sum, room) => sum + room, 0);
  return { inner, outer, occupied: room - unused / (visits * slots) };
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
