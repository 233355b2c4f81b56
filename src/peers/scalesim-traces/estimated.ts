import type { ScaleSimConfig } from '../../formats/scalesim/index.ts';
import { ALWAYS, requestedLines, sendRequests } from '../scalesim-engine/requests.ts';
import { sramWords } from '../scalesim-engine/simulate.ts';
import type { Schedule, Stream } from '../scalesim-engine/streams.ts';
import { realAddresses, type TraceLines } from './lines.ts';
import { PythonSet } from './python-set.ts';
import type { LayerRecording } from './recording.ts';

/** Words a cycle of the first fetch, whatever the DRAM. */
const FIRST_WORDS_PER_CYCLE = 10;

/** A fetch of CALC mode: `words` words, `perCycle` a cycle, from the cycle `start`; nothing in what is left until `stop`. */
export interface EstimatedFetch {
  readonly start: number;
  readonly stop: number;
  readonly words: number;
  readonly perCycle: number;
}

/** Words of a buffer's sets of addresses, and of the half that is fetched at once. */
function halvesOf(config: ScaleSimConfig, operand: 'ifmap' | 'filter'): { setWords: number; capacity: number } {
  const setWords = Math.floor(sramWords(config, operand) / 100);
  return { setWords, capacity: 50 * setWords };
}

/**
 * The fetches of a read buffer of CALC mode. What fills it between two fills is fetched in the time before the first of these; the
 * first fetch ends before the first request. What is left at the end is fetched last.
 */
export function estimatedFetches(recording: LayerRecording, operand: 'ifmap' | 'filter'): EstimatedFetch[] {
  const { config, schedule, report } = recording;
  const fills = recording.fills[operand];
  const { setWords, capacity } = halvesOf(config, operand);
  const left = report.dram[operand].words - fills.length * capacity;
  const flushed = Math.ceil(left / setWords) * setWords;
  if (fills.length === 0) return [fetchBefore(0, flushed, left)];
  // No line before the first request is late, and cycles of the trace are one after those of requests.
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

/** A first fetch, with time for `cells` words, that ends before a cycle. */
function fetchBefore(cycle: number, cells: number, words: number): EstimatedFetch {
  const start = cycle - Math.ceil(cells / FIRST_WORDS_PER_CYCLE);
  return { start, stop: cycle - 1, words, perCycle: FIRST_WORDS_PER_CYCLE };
}

/** Cells of the widest fetch. */
export function widestFetch(fetches: readonly EstimatedFetch[]): number {
  return fetches.reduce((widest, { perCycle }) => Math.max(widest, perCycle), 0);
}

/** Sends the DRAM trace of a read buffer of CALC mode: its fetches cycle by cycle, as wide as the widest of them. */
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

/** Visits the addresses that a buffer misses which forgets all of them whenever it has `capacity`. */
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

/** Lays words out over the cycles of fetches. */
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

  /** Ends a last fetch of no words. */
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
