import { mulDivCeil, mulDivFloor } from './exact.ts';
import type { Sweep } from './order.ts';
import { type Intervals, type Missed, shareRoom, unitCount } from './room.ts';

/** An operand, or a unit of filters, as retention sees it; in words of one group. */
export interface Footprint {
  readonly distinct: number;
  /** The largest tile, and the largest union of the tiles of two consecutive folds. */
  readonly tile: number;
  readonly pair: number;
  readonly sweep: Sweep;
  /** How the words return: a plain operand has each in one slot. Asked for only where not all words stay. */
  returns(): PlainReturns | TableReturns;
}

/** Lanes of `slotWords` words in every slot but the last, which has `lastWords` of each. */
export interface PlainReturns {
  readonly kind: 'plain';
  readonly slotWords: number;
  readonly lastWords: number;
  /** Lanes of a unit, and of the last one. */
  readonly unitLanes: number;
  readonly lastLanes: number;
}

export interface TableReturns {
  readonly kind: 'table';
  readonly intervals: Intervals;
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

function missed({ sweep }: Footprint, returns: PlainReturns | TableReturns, room: number, free: number): Missed {
  if (returns.kind === 'table') return shareRoom(returns.intervals, sweep, room, free);
  return plainMissed(returns, sweep, room, free);
}

/** As `shareRoom` for words that each lie in one tile: all their intervals are as long as a unit, or as a sweep. */
function plainMissed(words: PlainReturns, sweep: Sweep, room: number, free: number): Missed {
  const { unitBlocks, repeats, slots, sweeps } = sweep;
  const units = unitCount(sweep);
  const visits = units * repeats;
  const unitFolds = unitBlocks * slots;
  const ofUnit = room * unitBlocks;
  const repeat = (lanes: number): Kept =>
    repeats > 1 ? plainKept(words, lanes, slots, unitFolds, ofUnit, free) : NONE;
  const whole = units > 1 ? repeat(words.unitLanes) : NONE;
  const last = repeat(words.lastLanes);
  // Operands that are both repeated and swept again have one slot.
  const least = ofUnit - Math.max(whole.used, last.used);
  const lanes = (units - 1) * words.unitLanes + words.lastLanes;
  // From the last repeat of a unit to its first in the next sweep.
  const back = (visits - repeats + 1) * unitFolds;
  const outer = sweeps > 1 ? plainKept(words, lanes, slots, back, visits * least, free) : NONE;
  const used = repeats * ((units - 1) * whole.used + last.used) + outer.used;
  return {
    inner: (repeats - 1) * ((units - 1) * whole.missed + last.missed),
    outer: outer.missed,
    occupied: Math.min(room, used / (visits * unitBlocks)),
  };
}

interface Kept {
  readonly missed: number;
  /** Words of room in a slot, averaged over the slots. */
  readonly used: number;
}

const NONE: Kept = { missed: 0, used: 0 };

/** Words of so many lanes that are kept over intervals of `length`, with `room` in each slot. */
function plainKept(
  { slotWords, lastWords }: PlainReturns,
  lanes: number,
  slots: number,
  length: number,
  room: number,
  free: number,
): Kept {
  const need = length - free;
  if (need <= 0) return NONE;
  const turns = Math.floor(need / slots);
  const [ofSlot, ofLast] = [lanes * slotWords, lanes * lastWords];
  const total = (slots - 1) * ofSlot + ofLast;
  // The last turn covers all slots but the fold's own, or none.
  const isOpen = free === 1 && slots > 1;
  const demand = (own: number): number => turns * total + (isOpen ? total - own : 0);
  const keep = (words: number, tightest: number): number =>
    Math.min(words, mulDivFloor(words, room, Math.max(1, tightest)));
  const most = demand(ofLast);
  const last = keep(ofLast, slots === 1 || turns > 0 ? most : demand(ofSlot));
  const kept = (slots === 1 ? 0 : (slots - 1) * keep(ofSlot, most)) + last;
  return { missed: total - kept, used: (kept * need) / slots };
}
