/**
 * SCALE-Sim as its behaviour is described, cycle by cycle and address by address: sets of addresses for buffers, rows of requests
 * for the array. Slow, and in no closed form.
 */
import type { ScaleSimShape } from '../../src/formats/scalesim.ts';
import type { ScaleSimConfig, ScaleSimVersion } from '../../src/formats/scalesim-config.ts';
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

/** Cycles, stalls and uses of both memories, except the scratchpads' words; null where SCALE-Sim divides by zero. */
export function slowScaleSim(layer: ScaleSimShape, config: ScaleSimConfig, version: ScaleSimVersion) {
  const { array, dataflow, sramKb, bandwidth } = config;
  const [a, w] = sparseOperands(layer, config);
  const lines = requests(a, w, dataflow, array.rows, array.columns, config.sparsity?.rowWise?.block);
  const order = fetchOrder(a, w, dataflow, array.rows, array.columns);
  const reader = (operand: 'ifmap' | 'filter') =>
    bandwidth === 'CALC'
      ? new EstimatingReader(sramKb[operand] * 1024)
      : new PrefetchingReader(sramKb[operand] * 1024, bandwidth[operand], order[operand], version);
  const ifmap = reader('ifmap');
  const filter = reader('filter');
  const ofmap = new Writer(sramKb.ofmap * 1024, bandwidth === 'CALC' ? array.columns : bandwidth.ofmap, version);
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
    stall += Math.max(ci - cycle - 1, cf - cycle - 1, co - cycle);
  }
  const sram = { ifmap: served.ifmap.cycles(), filter: served.filter.cycles(), ofmap: served.ofmap.cycles() };
  const dram = { ifmap: ifmap.finish(), filter: filter.finish(), ofmap: ofmap.finish(co) };
  if (co === 0 || ifmap.fails || filter.fails) return null;
  return { totalCycles: co, stallCycles: stall, sram, dram };
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

function sparseOperands(layer: ScaleSimShape, { sparsity }: ScaleSimConfig): [Matrix, Matrix] {
  const [a, w] = operands(layer);
  if (!sparsity) return [a, w];
  const offset = sparsity.dropsFirst ? 0 : 10_000_000;
  const addresses = w.map((row) => row.map((address) => address + offset));
  if (sparsity.rowWise) return [a, rowWise(addresses, sparsity.rowWise)];
  const { kept, block } = layer.sparsity ?? { kept: 1, block: 1 };
  return layerWise(a, addresses, kept, block);
}

function operands(layer: ScaleSimShape): [Matrix, Matrix] {
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
            window.push(y < ifmapHeight && x < ifmapWidth ? (y * ifmapWidth + x) * channels + c : NONE);
          }
        }
      }
      a.push(window);
    }
  }
  const k = filterHeight * filterWidth * channels;
  const w = Array.from({ length: k }, (_, j) => Array.from({ length: filters }, (_, n) => n * k + j));
  return [a, w];
}

function requests(a: Matrix, w: Matrix, dataflow: string, R: number, C: number, block?: number): Lines {
  const [px, k, n] = [a.length, w.length, w[0].length];
  const [sr, sc, t] = dataflow === 'os' ? [px, n, k] : dataflow === 'ws' ? [k, n, px] : [k, px, n];
  const length = dataflow === 'os' ? t + R + C - 2 : 2 * R + C + t - 2;
  const lines: Lines = { ifmap: [], filter: [], ofmap: [] };
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
          lines.ofmap.push(row(C, cu, (c) => (drains(c) >= 0 && drains(c) < ru ? 0 : NONE)));
          continue;
        }
        const streams = (c: number): number => j - (2 * R - 1) - c;
        lines.ofmap.push(row(C, cu, (c) => (streams(c) >= 0 && streams(c) < t ? 0 : NONE)));
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

/** CALC: a set that is emptied when it is full; each fill fetches the batch before it. */
class EstimatingReader {
  fails = false;
  private readonly setWords: number;
  private readonly half: number;
  private held = new Set<number>();
  private words = 0;
  private first: number | undefined;
  private firstFetch: number | undefined;
  private start = 0;
  private stop = 0;
  constructor(size: number) {
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
      this.held.clear();
      if (this.firstFetch === undefined) {
        this.stop = this.first - 2;
        this.firstFetch = this.stop - Math.ceil(this.half / 10) + 1;
      }
      [this.start, this.stop] = [this.stop + 1, cycle];
      // The next fetch has this window, and its bandwidth is words by cycles.
      this.fails ||= this.stop < this.start;
    }
    return cycle + 1;
  }
  finish(): Served {
    if (this.firstFetch !== undefined) return { start: this.firstFetch + 1, stop: this.stop + 1, words: this.words };
    const cells = Math.ceil(this.held.size / this.setWords) * this.setWords;
    return { start: -Math.ceil(cells / 10), stop: -1, words: this.words };
  }
}

/** USER: a window of sets over the addresses in their order of fetching. */
class PrefetchingReader {
  readonly fails = false;
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
  }
  line(row: number[], cycle: number): number {
    let offset = 1;
    for (const address of row) {
      if (address === NONE) continue;
      while (!this.has(address)) {
        this.from = (this.from + this.step) % this.sets.length;
        this.rows += this.rowsEach;
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
  private readonly drainWords: number;
  private free: number;
  private rows: number[] = [];
  private inRow = 0;
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
      if (++this.inRow === this.width) this.closeRow();
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
    if (this.inRow > 0) this.rows.push(this.inRow);
    this.inRow = 0;
  }
  private drain(t: number): void {
    const k = Math.min(Math.ceil(this.drainWords / this.width), this.rows.length - this.cursor);
    this.cursor += k;
    const cells = k * this.width - (this.width - this.rows[this.cursor - 1]);
    this.words += cells;
    this.free += cells;
    this.drainEnd = t + k - 1;
    this.start ??= t;
    this.stop = this.version === 'v2' ? this.drainEnd : Math.max(this.stop, this.drainEnd);
  }
}
