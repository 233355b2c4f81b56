import type { ScaleSimConfig } from '../../formats/scalesim/index.ts';
import { ALWAYS, requestedLines, sendRequests } from '../scalesim-engine/requests.ts';
import { sramWords } from '../scalesim-engine/simulate.ts';
import type { Schedule, Stream } from '../scalesim-engine/streams.ts';
import { realAddresses, type TraceLines } from './lines.ts';
import { PythonSet } from './python-set.ts';
import type { LayerRecording } from './recording.ts';

/** Words per cycle of the first fetch, whatever the DRAM. */
const FIRST_WORDS_PER_CYCLE = 10;

/** A fetch of CALC mode: `words` words, `perCycle` per cycle from cycle `start`, then nothing until `stop`. */
export interface EstimatedFetch {
  readonly start: number;
  readonly stop: number;
  readonly words: number;
  readonly perCycle: number;
}

/** Words of one of the buffer's sets of addresses, and of the half that is fetched together. */
function halvesOf(config: ScaleSimConfig, operand: 'ifmap' | 'filter'): { setWords: number; capacity: number } {
  const setWords = Math.floor(sramWords(config, operand) / 100);
  return { setWords, capacity: 50 * setWords };
}

/**
 * The fetches of a read buffer of CALC mode. The words that fill it between two fills are fetched in the time before
 * the first of these fills. The first fetch ends before the first request. The rest at the end is fetched last.
 */
export function estimatedFetches(recording: LayerRecording, operand: 'ifmap' | 'filter'): EstimatedFetch[] {
  const { config, schedule, report } = recording;
  const fills = recording.fills[operand];
  const { setWords, capacity } = halvesOf(config, operand);
  const left = report.dram[operand].words - fills.length * capacity;
  const flushed = Math.ceil(left / setWords) * setWords;
  if (fills.length === 0) return [fetchBefore(0, flushed, left)];
  // No line before the first request is late. Trace cycles are one after those of requests.
  const fetches = [fetchBefore(requestedLines(schedule, schedule[operand]).first, capacity, capacity)];
  fills.forEach((cycle, i) => {
    const isLast = i === fills.length - 1;
    const start = fetches[i].stop + 1;
    const stop = cycle + 1;
    const perCycle = Math.ceil((isLast ? flushed : capacity) / (stop - start + 1));
    fetches.push({ start, stop, words: isLast ? left : capacity, perCycle });
  });
  return fetches;
}

/** A first fetch that ends before `cycle` and has time for `cells` words. */
function fetchBefore(cycle: number, cells: number, words: number): EstimatedFetch {
  const start = cycle - Math.ceil(cells / FIRST_WORDS_PER_CYCLE);
  return { start, stop: cycle - 1, words, perCycle: FIRST_WORDS_PER_CYCLE };
}

/** Number of cells of the widest fetch. */
export function widestFetch(fetches: readonly EstimatedFetch[]): number {
  return fetches.reduce((widest, { perCycle }) => Math.max(widest, perCycle), 0);
}

/** Sends the DRAM trace of a read buffer of CALC mode: its fetches cycle by cycle, in lines as wide as the widest fetch. */
export function sendEstimatedTrace(
  { config, schedule }: LayerRecording,
  operand: 'ifmap' | 'filter',
  fetches: readonly EstimatedFetch[],
  trace: TraceLines,
): void {
  const { setWords, capacity } = halvesOf(config, operand);
  const rows = new FetchRows(fetches, trace);
  const set = new PythonSet(setWords, config.offsets[operand]);
  const put = (address: number): void => rows.put(address);
  eachMiss(schedule, schedule[operand], capacity, (address) => {
    set.add(address);
    if (set.size === setWords) set.drain(put);
  });
  set.drain(put);
  rows.finish();
}

/** Visits the addresses that miss in a buffer that forgets all of them whenever it holds `capacity`. */
function eachMiss(schedule: Schedule, stream: Stream, capacity: number, visit: (address: number) => void): void {
  const { span, holes } = stream.matrix;
  const real = realAddresses(stream.matrix);
  const marks = new Int32Array(span);
  if (holes) for (let address = 0; address < span; address++) if (holes[address]) marks[address] = ALWAYS;
  let epoch = 1;
  let held = 0;
  sendRequests(schedule, stream, epoch, {
    marks,
    miss(address) {
      marks[address] = epoch;
      visit(real === null ? address : real[address]);
      if (++held === capacity) {
        held = 0;
        epoch++;
      }
      return epoch;
    },
  });
}

/** Distributes words over the cycles of fetches. */
class FetchRows {
  private readonly fetches: readonly EstimatedFetch[];
  private readonly trace: TraceLines;
  private readonly width: number;
  private readonly cells: Int32Array;
  private fetch = 0;
  private cycle: number;
  private inRow = 0;
  private inFetch = 0;

  constructor(fetches: readonly EstimatedFetch[], trace: TraceLines) {
    this.fetches = fetches;
    this.trace = trace;
    this.width = widestFetch(fetches);
    this.cells = new Int32Array(this.width);
    this.cycle = fetches[0].start;
  }

  put(address: number): void {
    const { words, perCycle } = this.fetches[this.fetch];
    this.cells[this.inRow++] = address;
    this.inFetch++;
    if (this.inRow === perCycle) this.endRow(perCycle);
    if (this.inFetch === words) this.endFetch();
  }

  /** Completes a last fetch without words. */
  finish(): void {
    if (this.fetch < this.fetches.length) this.endFetch();
  }

  private endRow(perCycle: number): void {
    this.trace.line(this.cycle++, this.cells, 0, this.inRow, perCycle, this.width - perCycle);
    this.inRow = 0;
  }

  private endFetch(): void {
    const { stop, perCycle } = this.fetches[this.fetch];
    while (this.cycle <= stop) this.endRow(perCycle);
    this.fetch++;
    this.inFetch = 0;
  }
}
