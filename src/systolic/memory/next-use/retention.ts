import { mulDivCeil, mulDivFloor } from './exact.ts';
import type { Sweep } from './order.ts';
import { type IntervalTable, type Missed, shareRoom } from './room.ts';

/** What retention has to know of an operand, or of a unit of filters. Words, of one group. */
export interface Footprint {
  readonly distinct: number;
  /** The largest tile, and the largest union of the tiles of two consecutive folds. */
  readonly tile: number;
  readonly pair: number;
  readonly sweep: Sweep;
  /** How the words return: a plain operand has each in one slot. Asked for only where not all words stay. */
  returns(): PlainReturns | TableReturns;
}

/** Words in every slot but the last, and in the last. */
export interface PlainReturns {
  readonly kind: 'plain';
  readonly slotWords: number;
  readonly lastWords: number;
}

export interface TableReturns {
  readonly kind: 'table';
  readonly table: IntervalTable;
  /** Touches within a fold beyond the first one of each word, in a sweep. */
  readonly revisits: number;
  /** Words between two such touches at most: they come once if these fit. */
  readonly revisited: number;
}

/** Words that an operand fetches. */
export interface Sweeps {
  /** In the first sweep, and in each later one. */
  readonly first: number;
  readonly later: number;
  /** Words that stay beside the tiles, on average. */
  readonly kept: number;
  /** Whether tiles pass through the scratchpad instead of lying in it. */
  readonly streams: boolean;
}

/** The words of all sweeps. */
export function wordsOf({ first, later }: Sweeps, { sweeps }: Sweep): number {
  return first + (sweeps - 1) * later;
}

/**
 * Words that next-use retention fetches with room for `capacity` words (docs/methods/memory-next-use.md, "Which words stay").
 * @param leastRoom the words that must be free for anything to stream through: two for each lane
 */
export function retain(footprint: Footprint, capacity: number, leastRoom: number): Sweeps {
  const { distinct, tile, pair, sweep } = footprint;
  if (distinct <= capacity) return { first: distinct, later: 0, kept: 0, streams: false };
  const returns = footprint.returns();
  const ways: (Missed & { readonly streams: boolean })[] = [];
  const add = (room: number, free: number): void => {
    ways.push({ ...missed(footprint, returns, Math.max(0, room), free), streams: free === 0 });
  };
  if (tile <= capacity) add(capacity - pair, 1);
  if (pair === distinct) add(capacity - leastRoom, 0);
  else if (tile > capacity) add(0, 0);
  const words = ({ inner, outer }: Missed): number => sweep.sweeps * inner + (sweep.sweeps - 1) * outer;
  const { inner, outer, occupied, streams } = ways.reduce((best, way) => (words(way) < words(best) ? way : best));
  const again = inner + (tile > capacity ? inFold(returns, capacity) : 0);
  return { first: distinct + again, later: again + outer, kept: occupied, streams };
}

/** Words of tiles larger than the scratchpad that are fetched again within the fold. */
function inFold(returns: PlainReturns | TableReturns, capacity: number): number {
  if (returns.kind === 'plain' || returns.revisited <= capacity) return 0;
  return mulDivCeil(returns.revisits, returns.revisited - capacity, returns.revisited);
}

function missed(
  { distinct, sweep }: Footprint,
  returns: PlainReturns | TableReturns,
  room: number,
  free: number,
): Missed {
  const { blocks, repeats, slots } = sweep;
  if (returns.kind === 'table') return shareRoom(returns.table, slots, room, blocks * repeats, free);
  return plainMissed(distinct, returns, sweep, room, free);
}

/** As `shareRoom` for words that each lie in one tile: all their intervals are as long as a unit, or as a sweep. */
function plainMissed(distinct: number, words: PlainReturns, sweep: Sweep, room: number, free: number): Missed {
  const { blocks, unitBlocks, repeats, slots, sweeps } = sweep;
  const unit = unitBlocks * slots;
  // Every unit's repeats, then the way back from the last of them to the first of the next sweep.
  const again = repeats - 1;
  const back = (blocks / unitBlocks) * repeats * unit - again * unit;
  const all = room * blocks * repeats;
  const inner = again > 0 ? plainKept(words, slots, distinct, again, unit - free, all, free) : NONE;
  const outer = sweeps > 1 ? plainKept(words, slots, distinct, 1, back - free, all - inner.used, free) : NONE;
  const used = (inner.used + outer.used) / (blocks * repeats);
  return {
    inner: again * distinct - inner.kept,
    outer: sweeps > 1 ? distinct - outer.kept : 0,
    occupied: Math.min(room, used),
  };
}

const NONE = { kept: 0, used: 0 } as const;

/** Of `times` the words, those kept over `need` folds with `room` in each slot, and what they occupy in one. */
function plainKept(
  { slotWords, lastWords }: PlainReturns,
  slots: number,
  distinct: number,
  times: number,
  need: number,
  room: number,
  free: number,
): { readonly kept: number; readonly used: number } {
  if (need <= 0) return { kept: times * distinct, used: 0 };
  const turns = Math.floor(need / slots);
  const total = times * distinct;
  // Of the last turn all slots but the fold's own are covered, or none at all.
  const isOpen = free === 1 && slots > 1;
  const demand = (own: number): number => turns * total + (isOpen ? total - times * own : 0);
  const keep = (words: number, tightest: number): number =>
    Math.min(words, mulDivFloor(words, room, Math.max(1, tightest)));
  const most = demand(lastWords);
  if (slots === 1) {
    const kept = keep(total, most);
    return { kept, used: turns * kept };
  }
  const full = keep(times * slotWords, most);
  const last = keep(times * lastWords, turns > 0 ? most : demand(slotWords));
  const kept = (slots - 1) * full + last;
  return { kept, used: (turns + (isOpen ? (slots - 1) / slots : 0)) * kept };
}
