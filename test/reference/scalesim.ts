/**
 * SCALE-Sim as its behaviour is described, cycle by cycle and address by address: sets of addresses for buffers, rows of requests
 * for the array. Slow, and in no closed form.
 */

import type { ScaleSimConfig, ScaleSimVersion } from '../../src/formats/scalesim/config.ts';
import type { ScaleSimShape } from '../../src/formats/scalesim/topology.ts';
import { layerWise, rowWise } from './scalesim-sparsity.ts';

type Matrix = number[][];

const NONE = -1;

interface Lines {
  ifmap: Matrix;
  filter: Matrix;
  ofmap: Matrix;
}

interface Served {
  start: number;
  stop: number;
  words: number;
}

/** A line of a trace: addresses, NONE among them, and how many cells of 1 follow. */
interface TraceRow {
  readonly cycle: number;
  readonly cells: readonly number[];
  ones: number;
}

/** Cycles, stalls and uses of both memories, except the scratchpads' words; null where SCALE-Sim divides by zero. */
export function slowScaleSim(layer: ScaleSimShape, config: ScaleSimConfig, version: ScaleSimVersion) {
  const run = slowRun(layer, config, version, false);
  if (run === null) return null;
  const { traces, macCycles, ...report } = run;
  return report;
}

/** The texts of the six trace files, by name; null where SCALE-Sim divides by zero. */
export function slowTraces(layer: ScaleSimShape, config: ScaleSimConfig, version: ScaleSimVersion) {
  const run = slowRun(layer, config, version, true);
  if (run === null) return null;
  const files = Object.entries(run.traces).map(([memory, rows]) => {
    const end = memory.includes('SRAM') ? '' : '.0';
    const lines = rows.map(({ cycle, cells, ones }) => {
      return [cycle, ...cells, ...Array.from({ length: ones }, () => 1)].map((value) => `${value}${end}`).join(',');
    });
    return [`${memory}_TRACE.csv`, lines.map((line) => `${line}\n`).join('')];
  });
  return Object.fromEntries(files) as Record<string, string>;
}

/** Addresses by windows of `interval` cycles, of each trace and for MACs; null where SCALE-Sim divides by zero. */
export function slowActivity(
  layer: ScaleSimShape,
  config: ScaleSimConfig,
  version: ScaleSimVersion,
  interval: number,
): Record<string, Record<string, number>> | null {
  const run = slowRun(layer, config, version, true);
  if (run === null) return null;
  const byWindow = (cycles: number[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const cycle of cycles) {
      const window = Math.floor(cycle / interval);
      counts[window] = (counts[window] ?? 0) + 1;
    }
    return counts;
  };
  const traces = Object.entries(run.traces).map(([memory, rows]) => {
    const cycles = rows.flatMap(({ cycle, cells }) => cells.filter((cell) => cell !== NONE).map(() => cycle));
    return [memory, byWindow(cycles)];
  });
  return { ...Object.fromEntries(traces), macs: byWindow(run.macCycles) };
}

function slowRun(layer: ScaleSimShape, config: ScaleSimConfig, version: ScaleSimVersion, traced: boolean) {
  const { array, dataflow, sramKb, bandwidth, offsets } = config;
  const [a, w] = sparseOperands(layer, config);
  const lines = requests(a, w, dataflow, array, offsets.ofmap, config.sparsity?.rowWise?.block);
  const order = fetchOrder(a, w, dataflow, array.rows, array.columns);
  const reader = (operand: 'ifmap' | 'filter') =>
    bandwidth === 'CALC'
      ? new EstimatingReader(sramKb[operand] * 1024, traced)
      : new PrefetchingReader(sramKb[operand] * 1024, bandwidth[operand], order[operand], version);
  const ifmap = reader('ifmap');
  const filter = reader('filter');
  const ofmap = new Writer(sramKb.ofmap * 1024, bandwidth === 'CALC' ? array.columns : bandwidth.ofmap, version);
  const sramRows = { ifmap: [] as TraceRow[], filter: [] as TraceRow[], ofmap: [] as TraceRow[] };
  const lineCycles: number[] = [];
  const served = { ifmap: new Watch(), filter: new Watch(), ofmap: new Watch() };
  let stall = 0;
  let co = 0;
  for (let i = 0; i < lines.ifmap.length; i++) {
    const cycle = i + stall;
    const ci = ifmap.line(lines.ifmap[i], cycle);
    const cf = filter.line(lines.filter[i], cycle);
    co = ofmap.line(lines.ofmap[i], cycle);
    served.ifmap.see(lines.ifmap[i], ci);
    served.filter.see(lines.filter[i], cf);
    served.ofmap.see(lines.ofmap[i], co);
    sramRows.ifmap.push({ cycle: ci, cells: lines.ifmap[i], ones: 0 });
    sramRows.filter.push({ cycle: cf, cells: lines.filter[i], ones: 0 });
    sramRows.ofmap.push({ cycle: co, cells: lines.ofmap[i], ones: 0 });
    stall += Math.max(ci - cycle - 1, cf - cycle - 1, co - cycle);
    lineCycles.push(i + stall);
  }
  const sram = { ifmap: served.ifmap.cycles(), filter: served.filter.cycles(), ofmap: served.ofmap.cycles() };
  const dram = { ifmap: ifmap.finish(), filter: filter.finish(), ofmap: ofmap.finish(co) };
  if (co === 0 || ifmap.fails || filter.fails) return null;
  const traces = {
    IFMAP_SRAM: sramRows.ifmap,
    FILTER_SRAM: sramRows.filter,
    OFMAP_SRAM: sramRows.ofmap,
    IFMAP_DRAM: ifmap.trace,
    FILTER_DRAM: filter.trace,
    OFMAP_DRAM: ofmap.trace,
  };
  const macs = traced ? macLines(a.length, w.length, w[0].length, dataflow, array) : [];
  const macCycles = macs.map((line) => lineCycles[line]);
  return { totalCycles: co, stallCycles: stall, sram, dram, traces, macCycles };
}

/** First and last cycle in which a line with an address was served. */
class Watch {
  start = 0;
  stop = 0;
  private seen = false;
  cycles(): { start: number; stop: number } {
    return { start: this.start, stop: this.stop };
  }
  see(row: number[], cycle: number): void {
    if (row.every((address) => address === NONE)) return;
    if (!this.seen) this.start = cycle;
    this.seen = true;
    this.stop = cycle;
  }
}

function sparseOperands(layer: ScaleSimShape, { sparsity, offsets }: ScaleSimConfig): [Matrix, Matrix] {
  const [a, w] = operands(layer, offsets);
  if (!sparsity) return [a, w];
  if (sparsity.rowWise) return [a, rowWise(w, sparsity.rowWise)];
  const { kept, block } = layer.sparsity ?? { kept: 1, block: 1 };
  return layerWise(a, w, kept, block);
}

/** The line of every MAC: words move a PE a line, from the line in which they enter. */
function macLines(
  px: number,
  k: number,
  n: number,
  dataflow: string,
  array: { readonly rows: number; readonly columns: number },
): number[] {
  const { rows: R, columns: C } = array;
  const [sr, sc, t] = dataflow === 'os' ? [px, n, k] : dataflow === 'ws' ? [k, n, px] : [k, px, n];
  const length = dataflow === 'os' ? t + R + C - 2 : 2 * R + C + t - 2;
  const enters = dataflow === 'os' ? 0 : R;
  const lines: number[] = [];
  for (let row = 0; row < sr; row++) {
    for (let column = 0; column < sc; column++) {
      const fold = Math.floor(column / C) * Math.ceil(sr / R) + Math.floor(row / R);
      for (let step = 0; step < t; step++) lines.push(fold * length + enters + (row % R) + (column % C) + step);
    }
  }
  return lines;
}

function operands(layer: ScaleSimShape, offsets: ScaleSimConfig['offsets']): [Matrix, Matrix] {
  const { ifmapHeight, ifmapWidth, filterHeight, filterWidth, channels, filters, strideHeight, strideWidth } = layer;
  const a: Matrix = [];
  const rows = Math.ceil((ifmapHeight - filterHeight + strideHeight) / strideHeight);
  const columns = Math.ceil((ifmapWidth - filterWidth + strideWidth) / strideWidth);
  for (let oy = 0; oy < rows; oy++) {
    for (let ox = 0; ox < columns; ox++) {
      const window: number[] = [];
      for (let fy = 0; fy < filterHeight; fy++) {
        for (let fx = 0; fx < filterWidth; fx++) {
          for (let c = 0; c < channels; c++) {
            const [y, x] = [oy * strideHeight + fy, ox * strideWidth + fx];
            window.push(y < ifmapHeight && x < ifmapWidth ? (y * ifmapWidth + x) * channels + c + offsets.ifmap : NONE);
          }
        }
      }
      a.push(window);
    }
  }
  const k = filterHeight * filterWidth * channels;
  const w = Array.from({ length: k }, (_, j) => Array.from({ length: filters }, (_, n) => n * k + j + offsets.filter));
  return [a, w];
}

function requests(
  a: Matrix,
  w: Matrix,
  dataflow: string,
  { rows: R, columns: C }: { readonly rows: number; readonly columns: number },
  ofmapOffset: number,
  block?: number,
): Lines {
  const [px, k, n] = [a.length, w.length, w[0].length];
  const [sr, sc, t] = dataflow === 'os' ? [px, n, k] : dataflow === 'ws' ? [k, n, px] : [k, px, n];
  const length = dataflow === 'os' ? t + R + C - 2 : 2 * R + C + t - 2;
  const lines: Lines = { ifmap: [], filter: [], ofmap: [] };
  const result = (pixel: number, filter: number): number => pixel * n + filter + ofmapOffset;
  for (let fc = 0; fc * C < sc; fc++) {
    for (let fr = 0; fr * R < sr; fr++) {
      const [r0, c0] = [fr * R, fc * C];
      const ru = Math.min(R, sr - r0);
      const cu = Math.min(C, sc - c0);
      const row = (ports: number, used: number, address: (port: number) => number | undefined): number[] =>
        Array.from({ length: ports }, (_, port) => (port < used ? (address(port) ?? NONE) : NONE));
      for (let j = 0; j < length; j++) {
        const held = R - 1 - j;
        if (dataflow === 'os') {
          lines.ifmap.push(row(R, ru, (r) => a[r0 + r][j - r]));
          lines.filter.push(row(C, cu, (c) => w[j - c]?.[c0 + c]));
          const drains = (c: number): number => c + (t - 1) + (R - 1) - j;
          lines.ofmap.push(
            row(C, cu, (c) => (drains(c) >= 0 && drains(c) < ru ? result(r0 + drains(c), c0 + c) : NONE)),
          );
          continue;
        }
        const streams = (c: number): number => j - (2 * R - 1) - c;
        const streamed = (c: number): number =>
          dataflow === 'ws' ? result(streams(c), c0 + c) : result(c0 + c, streams(c));
        lines.ofmap.push(row(C, cu, (c) => (streams(c) >= 0 && streams(c) < t ? streamed(c) : NONE)));
        if (dataflow === 'ws') {
          if (block === undefined) lines.ifmap.push(row(R, ru, (r) => a[j - R - r]?.[r0 + r]));
          else lines.ifmap.push(blocksOfLine(a, 2 * r0, 2 * R, block, j - R));
          lines.filter.push(row(C, cu, (c) => (held >= 0 && held < ru ? w[r0 + held][c0 + c] : NONE)));
        } else {
          lines.ifmap.push(row(C, cu, (c) => (held >= 0 && held < ru ? a[c0 + c][r0 + held] : NONE)));
          lines.filter.push(row(R, ru, (r) => w[r0 + r][j - R - r]));
        }
      }
    }
  }
  return lines;
}

/** `width` words of the window in blocks, each given half a block's times, a line later from one to the next. */
function blocksOfLine(a: Matrix, from: number, width: number, block: number, j: number): number[] {
  const out: number[] = [];
  let skew = 0;
  for (let at = from; at < from + width; at += block) {
    for (let copy = 0; copy < Math.floor(block / 2); copy++, skew++) {
      for (let k = at; k < at + block; k++) out.push(a[j - skew]?.[k] ?? NONE);
    }
  }
  return out;
}

/** Addresses in the order of prefetching, NONE for unused ports. */
function fetchOrder(a: Matrix, w: Matrix, dataflow: string, R: number, C: number) {
  const at = transpose(a);
  const wt = transpose(w);
  if (dataflow === 'os') return { ifmap: diagonals(stack(at, R)), filter: diagonals(stack(w, C)) };
  if (dataflow === 'ws') return { ifmap: diagonals(stack(a, R)), filter: stack(w, C).flat() };
  return { ifmap: stack(at, C).flat(), filter: diagonals(stack(wt, R)) };
}

function transpose(m: Matrix): Matrix {
  return m[0].map((_, j) => m.map((row) => row[j]));
}

/** Blocks of `width` columns below each other, the last one filled up. */
function stack(m: Matrix, width: number): Matrix {
  const out: Matrix = [];
  for (let from = 0; from < m[0].length; from += width) {
    for (const row of m) out.push(Array.from({ length: width }, (_, i) => row[from + i] ?? NONE));
  }
  return out;
}

function diagonals(m: Matrix): number[] {
  const out: number[] = [];
  const [rows, columns] = [m.length, m[0].length];
  for (let d = 0; d < rows + columns; d++) {
    for (let row = Math.min(d, rows - 1); row >= Math.max(0, d - columns + 1); row--) out.push(m[row][d - row]);
  }
  return out;
}

/** The order in which CPython goes through a set of numbers that were added in the order given: that of its hash table. */
export function pythonSetOrder(numbers: readonly number[]): number[] {
  let table: (number | undefined)[] = Array.from({ length: 8 });
  const place = (number: number): void => {
    let perturb = number;
    let slot = number % table.length;
    while (true) {
      const tries = slot + 9 <= table.length - 1 ? 10 : 1;
      for (let i = 0; i < tries; i++) {
        if (table[slot + i] !== undefined) continue;
        table[slot + i] = number;
        return;
      }
      perturb = Math.floor(perturb / 32);
      slot = (5 * slot + 1 + perturb) % table.length;
    }
  };
  numbers.forEach((number, i) => {
    place(number);
    const size = i + 1;
    if (size * 5 < (table.length - 1) * 3) return;
    const old = table.filter((entry) => entry !== undefined);
    let slots = 8;
    while (slots <= (size > 50_000 ? 2 * size : 4 * size)) slots *= 2;
    table = Array.from({ length: slots });
    old.forEach(place);
  });
  return table.filter((entry) => entry !== undefined);
}

/** CALC: a set that is emptied when it is full; each fill fetches the batch before it. */
class EstimatingReader {
  fails = false;
  readonly trace: TraceRow[] = [];
  private readonly setWords: number;
  private readonly half: number;
  private held = new Set<number>();
  private words = 0;
  private first: number | undefined;
  private firstFetch: number | undefined;
  private start = 0;
  private stop = 0;
  private readonly traced: boolean;
  constructor(size: number, traced: boolean) {
    this.traced = traced;
    this.setWords = Math.floor(size / 100);
    this.half = 50 * this.setWords;
  }
  line(row: number[], cycle: number): number {
    for (const address of row) {
      if (address === NONE) continue;
      this.first ??= cycle;
      if (this.held.has(address)) continue;
      this.held.add(address);
      this.words++;
      if (this.held.size < this.half) continue;
      if (this.firstFetch === undefined) {
        this.stop = this.first - 2;
        this.firstFetch = this.stop - Math.ceil(this.half / 10) + 1;
        this.emit([...this.held], this.firstFetch, this.stop, 10);
      } else {
        this.emit([...this.held], this.start, this.stop, Math.ceil(this.half / (this.stop - this.start + 1)));
      }
      this.held.clear();
      [this.start, this.stop] = [this.stop + 1, cycle];
      // The next fetch has this window, and its bandwidth is words by cycles.
      this.fails ||= this.stop < this.start;
    }
    return cycle + 1;
  }
  finish(): Served {
    const cells = Math.ceil(this.held.size / this.setWords) * this.setWords;
    if (this.firstFetch !== undefined) {
      this.emit([...this.held], this.start, this.stop, Math.ceil(cells / (this.stop - this.start + 1)));
      this.widen();
      return { start: this.firstFetch + 1, stop: this.stop + 1, words: this.words };
    }
    this.emit([...this.held], -1 - Math.ceil(cells / 10), -2, 10);
    return { start: -Math.ceil(cells / 10), stop: -1, words: this.words };
  }
  /** Requests addresses in the cycles from start to stop, which arrive a cycle later. */
  private emit(addresses: number[], start: number, stop: number, perCycle: number): void {
    if (!this.traced || this.fails) return;
    const ordered: number[] = [];
    for (let at = 0; at < addresses.length; at += this.setWords) {
      ordered.push(...pythonSetOrder(addresses.slice(at, at + this.setWords)));
    }
    for (let cycle = start; cycle <= stop; cycle++) {
      const from = (cycle - start) * perCycle;
      const cells = Array.from({ length: perCycle }, (_, i) => ordered[from + i] ?? NONE);
      this.trace.push({ cycle: cycle + 1, cells, ones: 0 });
    }
  }
  private widen(): void {
    const widest = this.trace.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    for (const row of this.trace) row.ones = widest - row.cells.length;
  }
}

/** USER: a window of sets over the addresses in their order of fetching. */
class PrefetchingReader {
  readonly fails = false;
  readonly trace: TraceRow[] = [];
  /** What is fetched: rows of addresses, some of which are blanked on the way. */
  private readonly matrix: number[][] = [];
  private readonly active: number;
  private nextRow: number;
  private nextCell = 0;
  private readonly sets: Set<number>[] = [];
  private readonly held: number;
  private readonly step: number;
  private readonly initial: number;
  private readonly rowsEach: number;
  private from = 0;
  private last = -1;
  private rows: number;
  private readonly bandwidth: number;
  private readonly version: ScaleSimVersion;
  constructor(size: number, bandwidth: number, order: number[], version: ScaleSimVersion) {
    this.bandwidth = bandwidth;
    this.version = version;
    const active = Math.ceil(size / 2);
    const setWords = Math.ceil(size / 100);
    const words = order.filter((address) => address !== NONE);
    for (let at = 0; at <= words.length; at += setWords) this.sets.push(new Set(words.slice(at, at + setWords)));
    this.held = Math.min(this.sets.length, Math.ceil(active / setWords));
    this.step = Math.min(this.sets.length - this.held, Math.ceil((size - active) / setWords));
    this.initial = Math.min(Math.ceil(active / bandwidth), Math.ceil(order.length / bandwidth));
    this.rowsEach = Math.ceil((size - active) / bandwidth);
    this.rows = this.initial;
    this.active = active;
    for (let at = 0; at < order.length; at += bandwidth) {
      this.matrix.push(Array.from({ length: bandwidth }, (_, i) => order[at + i] ?? NONE));
    }
    const first = this.matrix.slice(0, this.initial);
    this.nextRow = this.cut(first);
    if (first.length * bandwidth > active) this.nextCell = active % bandwidth;
    this.record(first, -this.initial);
  }
  /** Blanks what is beyond the active half, and says where the next fetch starts. */
  private cut(rows: number[][]): number {
    const over = rows.length * this.bandwidth > this.active;
    if (over) rows[rows.length - 1].fill(NONE, this.active % this.bandwidth);
    return (over ? rows.length : rows.length + 1) % this.matrix.length;
  }
  private record(rows: number[][], cycle: number): void {
    for (const [i, cells] of rows.entries()) this.trace.push({ cycle: cycle + i, cells: [...cells], ones: 0 });
  }
  private prefetch(): void {
    const end = this.nextRow + this.rowsEach;
    const inside = this.matrix.slice(this.nextRow, end);
    // A slice of a numpy matrix is the matrix; two of them joined are a copy.
    const around = [...inside, ...this.matrix.slice(0, end - this.matrix.length)].map((row) => [...row]);
    const rows = end > this.matrix.length ? around : inside;
    rows[0].fill(NONE, 0, this.nextCell);
    this.nextRow = this.cut(rows);
    this.record(rows, this.last + 2);
  }
  line(row: number[], cycle: number): number {
    let offset = 1;
    for (const address of row) {
      if (address === NONE) continue;
      while (!this.has(address)) {
        this.from = (this.from + this.step) % this.sets.length;
        this.rows += this.rowsEach;
        this.prefetch();
        this.last += this.rowsEach + 1;
        const late = this.last - (cycle + offset);
        if (this.version === 'v3') offset += late;
        if (late > 0) offset += late;
      }
    }
    return cycle + offset;
  }
  finish(): Served {
    return { start: -this.initial, stop: this.last, words: this.rows * this.bandwidth };
  }
  private has(address: number): boolean {
    for (let i = 0; i < this.held; i++) if (this.sets[(this.from + i) % this.sets.length].has(address)) return true;
    return false;
  }
}

/** Rows of results, drained half a buffer at a time. */
class Writer {
  readonly trace: TraceRow[] = [];
  private readonly drainWords: number;
  private free: number;
  private rows: number[][] = [];
  private row: number[] = [];
  private cursor = 0;
  private drainEnd = 0;
  private words = 0;
  private start: number | undefined;
  private stop = 0;
  private readonly size: number;
  private readonly width: number;
  private readonly version: ScaleSimVersion;
  constructor(size: number, width: number, version: ScaleSimVersion) {
    this.size = size;
    this.width = width;
    this.version = version;
    this.drainWords = size - Math.ceil(size / 2);
    this.free = size;
  }
  line(row: number[], cycle: number): number {
    let t = cycle;
    for (const address of row) {
      if (address === NONE) continue;
      this.free--;
      this.row.push(address);
      if (this.row.length === this.width) this.closeRow();
      if (t < this.drainEnd) {
        if (this.free <= 0) t = this.drainEnd;
      } else if (this.free < this.size - this.drainWords) {
        this.closeRow();
        this.drain(t);
      }
    }
    return t;
  }
  finish(cycle: number): Served {
    this.closeRow();
    for (let t = cycle; this.cursor < this.rows.length; t = this.drainEnd + 1) this.drain(t);
    return { start: this.start ?? 0, stop: this.stop, words: this.words };
  }
  private closeRow(): void {
    if (this.row.length > 0) this.rows.push(this.row);
    this.row = [];
  }
  private drain(t: number): void {
    const k = Math.min(Math.ceil(this.drainWords / this.width), this.rows.length - this.cursor);
    for (const [i, row] of this.rows.slice(this.cursor, this.cursor + k).entries()) {
      this.trace.push({ cycle: t + i, cells: [...row, ...Array(this.width - row.length).fill(NONE)], ones: 0 });
    }
    this.cursor += k;
    const cells = k * this.width - (this.width - this.rows[this.cursor - 1].length);
    this.words += cells;
    this.free += cells;
    this.drainEnd = t + k - 1;
    this.start ??= t;
    this.stop = this.version === 'v2' ? this.drainEnd : Math.max(this.stop, this.drainEnd);
  }
}
