import type { Tile, TileCounter } from '../tiles.ts';

/** Words an operand brings in from DRAM for one fold. */
export interface Fetch {
  /** Words that arrive before the fold starts. */
  prefetch: number;
  /** Words that arrive while it computes. */
  stream: number;
}

/**
 * How one operand's words reach its scratchpad, fold by fold: the rules (a), (b), (c) of docs/methods/memory.md. Tiles are
 * numbered by the caller; a fold's fetch is remembered per tile and predecessor, so that a long loop over folds costs one
 * look-up each.
 */
export interface Fetcher {
  /** Distinct words of a tile. */
  size(id: number): number;
  /** The first fold of a layer (`before` undefined) or of a later group (the last tile of the group before). */
  first(id: number, before: number | undefined): Fetch;
  /** Any other fold. `firstVisit`: no earlier fold of the group touched this tile. */
  next(id: number, before: number, firstVisit: boolean): Fetch;
}

/**
 * @param tileOf the tile with a number; a-major, so that tiles before it cover [0, a0) x all b and [a0, a1) x [0, b0)
 * @param tileCount how many tiles there are
 * @param whole the operand's whole matrix
 * @param capacityWords words the scratchpad holds
 */
export function createFetcher(
  counter: TileCounter,
  tileOf: (id: number) => Tile,
  tileCount: number,
  whole: Tile,
  capacityWords: number,
): Fetcher {
  const sizes = new Float64Array(tileCount).fill(-1);
  const memoBefore = new Int32Array(tileCount).fill(-1);
  const memo: Fetch[] = new Array(tileCount);
  const visited: (Fetch | undefined)[] = new Array(tileCount);
  const resident = counter.fresh(whole, []) <= capacityWords;
  const none: Fetch = { prefetch: 0, stream: 0 };

  const size = (id: number): number => {
    if (sizes[id] < 0) sizes[id] = counter.fresh(tileOf(id), []);
    return sizes[id];
  };

  function toResident(id: number): Fetch {
    const tile = tileOf(id);
    const { a0, a1, b0 } = tile;
    const earlier = [
      { a0: 0, a1: a0, b0: 0, b1: whole.b1 },
      { a0, a1, b0: 0, b1: b0 },
    ];
    return { prefetch: counter.fresh(tile, earlier), stream: 0 };
  }

  function fromPredecessor(id: number, before: number): Fetch {
    if (id === before) return size(id) <= capacityWords ? none : { prefetch: 0, stream: size(id) };
    const fresh = counter.fresh(tileOf(id), [tileOf(before)]);
    return size(before) + fresh <= capacityWords ? { prefetch: fresh, stream: 0 } : { prefetch: 0, stream: size(id) };
  }

  return {
    size,
    first(id, before) {
      const words = size(id);
      const fits = words + (before === undefined ? 0 : size(before)) <= capacityWords;
      return fits ? { prefetch: words, stream: 0 } : { prefetch: 0, stream: words };
    },
    next(id, before, firstVisit) {
      if (resident) {
        if (!firstVisit || id === before) return none;
        visited[id] ??= toResident(id);
        return visited[id];
      }
      if (memoBefore[id] !== before) {
        memoBefore[id] = before;
        memo[id] = fromPredecessor(id, before);
      }
      return memo[id];
    },
  };
}
