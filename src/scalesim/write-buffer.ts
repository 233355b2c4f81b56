import type { ScaleSimVersion } from '../formats/scalesim-config.ts';
import type { Use } from './types.ts';

/** A row that was closed before it was full. */
interface PartialRow {
  readonly index: number;
  readonly missing: number;
}

/** SCALE-Sim's buffer of results. Only their number matters, never their addresses. */
export interface WriteBuffer {
  /** Until this cycle it is draining, and waits when it is full; from then on it drains when there is enough to drain. */
  readonly drainEnd: number;
  /** Results it takes, at least one, of which the last makes it act: while it drains, and while it does not. */
  readonly room: { readonly draining: number; readonly idle: number };
  /** Takes results that do not make it act. */
  add(results: number): void;
  /** Takes the results of one line, at least one, in a cycle, and returns the cycle in which they are in. */
  take(results: number, cycle: number): number;
  /** Drains what is left, from a cycle on. */
  finish(cycle: number): Use;
}

/**
 * A buffer of `words` words that drains `rowWords` a cycle. It drains its half when that half is full and no drain is under
 * way, and waits for the drain when it is full. A row cut short counts in full if it is drained in the midst of others, so that
 * SCALE-Sim reports more words than there are results. The last drain may end before the one before it: v2 reports its end, v3
 * the later one.
 */
export function writeBuffer(words: number, rowWords: number, version: ScaleSimVersion): WriteBuffer {
  const drainWords = words - Math.ceil(words / 2);
  const most = Math.ceil(drainWords / rowWords);
  let partial: PartialRow[] = [];
  let free = words;
  let inRow = 0;
  let rows = 0;
  let drained = 0;
  let drainEnd = 0;
  let written = 0;
  let first = -1;
  let last = 0;

  const closeRow = (): void => {
    if (inRow === 0) return;
    partial.push({ index: rows, missing: rowWords - inRow });
    rows++;
    inRow = 0;
  };
  const drain = (cycle: number): void => {
    const taken = Math.min(most, rows - drained);
    drained += taken;
    const cut = partial.find((row) => row.index === drained - 1);
    if (partial.length > 0) partial = partial.filter((row) => row.index >= drained);
    const cells = taken * rowWords - (cut?.missing ?? 0);
    written += cells;
    free += cells;
    drainEnd = cycle + taken - 1;
    if (first < 0) first = cycle;
    last = version === 'v2' ? drainEnd : Math.max(last, drainEnd);
  };
  const add = (results: number): void => {
    free -= results;
    inRow += results;
    rows += Math.floor(inRow / rowWords);
    inRow %= rowWords;
  };
  const room = {
    get draining(): number {
      return Math.max(1, free);
    },
    get idle(): number {
      return Math.max(1, free - (words - drainWords) + 1);
    },
  };
  return {
    get drainEnd() {
      return drainEnd;
    },
    room,
    add,
    take(results, cycle) {
      let left = results;
      let t = cycle;
      while (left > 0) {
        const waits = t < drainEnd;
        const until = waits ? room.draining : room.idle;
        if (until > left) {
          add(left);
          return t;
        }
        add(until);
        left -= until;
        if (waits) t = drainEnd;
        else {
          closeRow();
          drain(t);
        }
      }
      return t;
    },
    finish(cycle) {
      closeRow();
      for (let t = cycle; drained < rows; t = drainEnd + 1) drain(t);
      return { start: first, stop: last, words: written };
    },
  };
}
