import type { ScaleSimVersion } from '../../formats/scalesim/index.ts';
import type { Use } from '../scalesim/layer-report.ts';

/** A row that was closed before it was full. */
export interface PartialRow {
  readonly index: number;
  readonly missing: number;
}

/** The actions of a write buffer, in order. */
export interface DrainLog {
  /** Rows that were closed before they were full, numbered from 0 over the whole layer. */
  readonly cuts: PartialRow[];
  /** Drains: the cycle of the first row, and the number of rows. */
  readonly cycles: number[];
  readonly rows: number[];
}

/**
 * SCALE-Sim's buffer of results. Only the number of results matters, not their addresses. It drains half of its words
 * when half is full and no drain is under way; when it is entirely full it waits for the drain. A partial row counts in
 * full if it is drained between others, so that SCALE-Sim reports more words than there are results. The last drain may
 * end before the previous one: v2 reports its end, v3 the later end.
 */
export class WriteBuffer {
  /** Before this cycle the buffer drains, and waits when it is full. From this cycle on it drains as soon as half is full. */
  drainEnd = 0;
  private readonly half: number;
  private readonly drainWords: number;
  private readonly rowWords: number;
  private readonly version: ScaleSimVersion;
  private readonly log: DrainLog | undefined;
  private free: number;
  private inRow = 0;
  private rows = 0;
  private drained = 0;
  private partial: PartialRow[] = [];
  private start = -1;
  private stop = 0;
  private written = 0;

  /** A buffer of `words` words that drains in rows of `rowWords` words per cycle. */
  constructor(words: number, rowWords: number, version: ScaleSimVersion, log?: DrainLog) {
    this.half = Math.ceil(words / 2);
    this.drainWords = words - this.half;
    this.rowWords = rowWords;
    this.version = version;
    this.log = log;
    this.free = words;
  }

  /** How many results, at least one, make the buffer act while it drains. */
  get roomDraining(): number {
    return Math.max(1, this.free);
  }

  /** How many results, at least one, make the buffer act while it does not drain. */
  get roomIdle(): number {
    return Math.max(1, this.free - this.half + 1);
  }

  /** Takes results that do not make the buffer act. */
  add(results: number): void {
    this.free -= results;
    this.inRow += results;
    this.rows += Math.floor(this.inRow / this.rowWords);
    this.inRow %= this.rowWords;
  }

  /** Takes the results of one line from `cycle` on. Returns the cycle in which all are in the buffer. */
  take(results: number, cycle: number): number {
    let left = results;
    let t = cycle;
    while (left > 0) {
      const waits = t < this.drainEnd;
      const until = waits ? this.roomDraining : this.roomIdle;
      this.add(Math.min(until, left));
      if (until <= left && waits) t = this.drainEnd;
      else if (until <= left) {
        this.closeRow();
        this.drain(t);
      }
      left -= until;
    }
    return t;
  }

  /** Drains the rest from a cycle on. Returns the use of DRAM over the layer. */
  finish(cycle: number): Use {
    this.closeRow();
    for (let t = cycle; this.drained < this.rows; t = this.drainEnd + 1) this.drain(t);
    return { start: this.start, stop: this.stop, words: this.written };
  }

  private closeRow(): void {
    if (this.inRow === 0) return;
    const cut = { index: this.rows, missing: this.rowWords - this.inRow };
    this.partial.push(cut);
    this.log?.cuts.push(cut);
    this.rows++;
    this.inRow = 0;
  }

  private drain(cycle: number): void {
    const taken = Math.min(Math.ceil(this.drainWords / this.rowWords), this.rows - this.drained);
    this.drained += taken;
    this.log?.cycles.push(cycle);
    this.log?.rows.push(taken);
    const cut = this.partial.find((row) => row.index === this.drained - 1);
    this.partial = this.partial.filter((row) => row.index >= this.drained);
    const words = taken * this.rowWords - (cut?.missing ?? 0);
    this.written += words;
    this.free += words;
    this.drainEnd = cycle + taken - 1;
    if (this.start < 0) this.start = cycle;
    this.stop = this.version === 'v2' ? this.drainEnd : Math.max(this.stop, this.drainEnd);
  }
}
