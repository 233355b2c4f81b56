/** The registers, the processing elements and the ofmap scratchpad of pe-grid.ts, and what they count. */
import type { Counter } from '../../src/base/counters.ts';

export type Dataflow = 'os' | 'ws' | 'is';
export type Matrix = readonly (readonly number[])[];

export const GRID_COUNTERS = [
  'macs',
  'ifmap_sram_reads',
  'filter_sram_reads',
  'ofmap_sram_reads',
  'ofmap_sram_writes',
  'ifmap_reg_reads',
  'ifmap_reg_writes',
  'filter_reg_reads',
  'filter_reg_writes',
  'psum_reg_reads',
  'psum_reg_writes',
] as const satisfies readonly Counter[];

export type GridCounter = (typeof GRID_COUNTERS)[number];

/** Events per cycle, index = cycle. */
export type CycleCounts = Record<GridCounter, number[]>;

export interface GemmInput {
  dataflow: Dataflow;
  rows: number;
  cols: number;
  /** M x K */
  a: Matrix;
  /** K x N */
  b: Matrix;
  /** Split T (ws and is with more than one row fold; otherwise ignored, as T is then never split). */
  tTile?: number;
  /** M x N partial sums already in the ofmap scratchpad, as left by earlier row folds. */
  partialSums?: Matrix;
}

export interface FoldPlan {
  fc: number;
  tile: number;
  fr: number;
  t: number;
  ru: number;
  cu: number;
  /** The k-th word entering row r from the left. */
  west: (r: number, k: number) => number;
  /** os: the i-th word entering column c from the top. ws and is: the stationary word of row i, column c. */
  north: (i: number, c: number) => number;
  /** Where the words leaving the bottom of column c belong, in the order they leave. */
  addresses: (c: number) => { m: number; n: number }[];
}

export function mapCounters<T>(value: (name: GridCounter) => T): Record<GridCounter, T> {
  return Object.fromEntries(GRID_COUNTERS.map((name) => [name, value(name)])) as Record<GridCounter, T>;
}

export function emptyCounts(): CycleCounts {
  return mapCounters(() => []);
}

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

// ---- registers and what they count ----------------------------------------------------------------------------------

/** The os drain is counted apart, because it is booked R - 1 cycles earlier than it happens. */
type Timeline = 'compute' | 'drain';

class Meter {
  cycle = 0;
  private readonly seen = { compute: emptyCounts(), drain: emptyCounts() };

  count(name: GridCounter, timeline: Timeline = 'compute'): void {
    const counts = this.seen[timeline][name];
    counts[this.cycle] = (counts[this.cycle] ?? 0) + 1;
  }

  /** Events of `length` cycles from `start`, those of the drain booked `early` cycles before they happen. */
  counts(start: number, length: number, early: number): CycleCounts {
    const { compute, drain } = this.seen;
    return mapCounters((name) =>
      upTo(length).map((j) => (compute[name][start + j] ?? 0) + (drain[name][start + j + early] ?? 0)),
    );
  }
}

class Register {
  private word: number | null = null;
  private readonly meter: Meter;
  private readonly operand: 'ifmap' | 'filter' | 'psum';

  constructor(meter: Meter, operand: 'ifmap' | 'filter' | 'psum') {
    this.meter = meter;
    this.operand = operand;
  }

  get valid(): boolean {
    return this.word !== null;
  }

  read(timeline?: Timeline): number {
    if (this.word === null) throw new Error(`read of an empty ${this.operand} register`);
    this.meter.count(`${this.operand}_reg_reads`, timeline);
    return this.word;
  }

  /** Overwrites. A bubble leaves the register empty and is not an access. */
  write(word: number | null, timeline?: Timeline): void {
    if (word !== null) this.meter.count(`${this.operand}_reg_writes`, timeline);
    this.word = word;
  }

  readOrBubble(): number | null {
    return this.valid ? this.read() : null;
  }

  /** Read and free. */
  take(timeline: Timeline): number {
    const word = this.read(timeline);
    this.word = null;
    return word;
  }

  empty(): void {
    this.word = null;
  }
}

interface Pe {
  ifmap: Register;
  filter: Register;
  /** os: the accumulator. ws and is: the sum on its way down. */
  psum: Register;
  /** os: holds the result of a row above on its way down. */
  drain: Register;
  /** os: a control bit that follows a column's last filter word down through all R rows. */
  last: boolean;
}

// ---- the array ------------------------------------------------------------------------------------------------------

export class Grid {
  readonly meter = new Meter();
  private readonly input: GemmInput;
  private readonly pes: Pe[][];
  /** The ofmap scratchpad; null where nothing was written yet. */
  private readonly pad: (number | null)[][];
  /** Results still to come out of each column, oldest first, of all folds so far. */
  private readonly expected: { m: number; n: number }[][];
  private fold: FoldPlan | null = null;

  constructor(input: GemmInput) {
    this.input = input;
    const { rows, cols, a, b, partialSums } = input;
    this.pes = upTo(rows).map(() => upTo(cols).map(() => newPe(this.meter)));
    this.pad = a.map((_, m) => b[0].map((_, n) => partialSums?.[m][n] ?? null));
    this.expected = upTo(cols).map(() => []);
  }

  get cycle(): number {
    return this.meter.cycle;
  }

  startFold(fold: FoldPlan): void {
    // The words of the fold before are spent: their valid bits are dropped. Accumulators and drain are left alone.
    for (const pe of this.pes.flat()) {
      pe.ifmap.empty();
      pe.filter.empty();
    }
    this.fold = fold;
    for (let c = 0; c < fold.cu; c++) this.expected[c].push(...fold.addresses(c));
  }

  step(j: number): void {
    // From the far corner back, so that every PE still sees what its neighbours held in the cycle before.
    for (let r = this.input.rows - 1; r >= 0; r--) {
      for (let c = this.input.cols - 1; c >= 0; c--) {
        if (this.input.dataflow === 'os') this.stepOutputStationary(j, r, c);
        else this.stepOperandStationary(j, r, c);
      }
    }
    if (this.input.dataflow === 'os') for (let c = 0; c < this.input.cols; c++) this.drainColumn(c);
    this.meter.cycle++;
  }

  /** Cycles after the last fold until the last result is out; none but the os drain may have anything left to do. */
  flush(): void {
    this.fold = null;
    for (let i = 0; this.expected.some((column) => column.length > 0); i++) {
      const drains = this.input.dataflow === 'os' && i < this.input.rows - 1;
      if (!drains) throw new Error('results missing after the last fold');
      for (let c = 0; c < this.input.cols; c++) this.drainColumn(c);
      this.meter.cycle++;
    }
    const kept = this.input.dataflow === 'os' ? (['psum', 'drain'] as const) : (['drain'] as const);
    for (const pe of this.pes.flat()) {
      if (pe.last || kept.some((name) => pe[name].valid)) throw new Error('a result was left in the array');
    }
  }

  results(): number[][] {
    return this.pad.map((row) =>
      row.map((word) => {
        if (word === null) throw new Error('a result was never written');
        return word;
      }),
    );
  }

  // PE (r, c) under os: both operands pass through, the sum stays. PEs outside the ru x cu corner take no words.
  private stepOutputStationary(j: number, r: number, c: number): void {
    const pe = this.pes[r][c];
    const { ru, cu, t, west, north } = this.fold!;
    const used = r < ru && c < cu;
    const left = () => (c === 0 ? this.fetch('ifmap', west, r, j - r, t) : this.pes[r][c - 1].ifmap.readOrBubble());
    const above = () =>
      r === 0 ? this.fetchColumn('filter', north, j - c, c, t) : this.pes[r - 1][c].filter.readOrBubble();
    pe.ifmap.write(used ? left() : null);
    pe.filter.write(used ? above() : null);
    pe.last = r === 0 ? c < cu && j - c === t - 1 : this.pes[r - 1][c].last;
    if (pe.ifmap.valid !== pe.filter.valid) throw new Error(`cycle ${j}: a word met no partner in PE (${r}, ${c})`);
    const product = this.multiply(pe);
    if (product !== null) pe.psum.write(pe.psum.valid ? pe.psum.read() + product : product);
  }

  // PE (r, c) under ws and is: one operand is loaded and stays, the other passes to the right, sums move down all R rows.
  private stepOperandStationary(j: number, r: number, c: number): void {
    const pe = this.pes[r][c];
    const { rows, dataflow } = this.input;
    const { ru, cu, t, west, north } = this.fold!;
    const [streamed, stationary] = dataflow === 'ws' ? (['ifmap', 'filter'] as const) : (['filter', 'ifmap'] as const);
    const used = r < ru && c < cu;
    if (j < rows) {
      const word = r > 0 ? this.pes[r - 1][c][stationary].readOrBubble() : null;
      pe[stationary].write(r === 0 && c < cu ? this.fetchColumn(stationary, north, rows - 1 - j, c, ru) : word);
    }
    const left = () =>
      c === 0 ? this.fetch(streamed, west, r, j - rows - r, t) : this.pes[r][c - 1][streamed].readOrBubble();
    pe[streamed].write(used ? left() : null);

    const product = this.multiply(pe);
    const above = r > 0 ? this.pes[r - 1][c].psum.readOrBubble() : null;
    if (r > 0 && used && (above === null) !== (product === null)) {
      throw new Error(`cycle ${j}: a sum met no product in PE (${r}, ${c})`);
    }
    const sum = above === null ? product : above + (product ?? 0);
    pe.psum.write(sum);
    if (r === rows - 1 && sum !== null) this.deliver(c, sum, 'compute');
  }

  private multiply(pe: Pe): number | null {
    if (!pe.ifmap.valid || !pe.filter.valid) return null;
    this.meter.count('macs');
    return pe.ifmap.read() * pe.filter.read();
  }

  // The causal os drain. When a column's last word has reached the bottom row, every accumulator of the column hands its
  // value to the drain register of the row below, and from then on the drain registers shift down once a cycle.
  private drainColumn(c: number): void {
    const { rows } = this.input;
    const load = this.fold !== null && this.pes[rows - 1][c].last;
    if (load) this.pes[rows - 1][c].last = false;
    for (let r = rows - 1; r >= 0; r--) {
      const pe = this.pes[r][c];
      const loads = load && pe.psum.valid;
      if (loads && pe.drain.valid) throw new Error(`two results in row ${r} of the drain of column ${c}`);
      const source = loads ? pe.psum : pe.drain;
      if (!source.valid) continue;
      const word = source.take('drain');
      if (r === rows - 1) {
        this.deliver(c, word, 'drain');
        continue;
      }
      const below = this.pes[r + 1][c].drain;
      if (below.valid) throw new Error(`drain register (${r + 1}, ${c}) overwritten while occupied`);
      below.write(word, 'drain');
    }
  }

  /** A word out of the bottom of column c: added to the partial sum the scratchpad holds for it, if it holds one. */
  private deliver(c: number, word: number, timeline: Timeline): void {
    const address = this.expected[c].shift();
    if (address === undefined) throw new Error(`an unexpected word left column ${c}`);
    const { m, n } = address;
    const held = this.pad[m][n];
    if (held !== null) this.meter.count('ofmap_sram_reads', timeline);
    this.meter.count('ofmap_sram_writes', timeline);
    this.pad[m][n] = (held ?? 0) + word;
  }

  private fetch(operand: 'ifmap' | 'filter', word: FoldPlan['west'], r: number, k: number, t: number): number | null {
    if (r >= this.fold!.ru || k < 0 || k >= t) return null;
    this.meter.count(`${operand}_sram_reads`);
    return word(r, k);
  }

  private fetchColumn(
    operand: 'ifmap' | 'filter',
    word: FoldPlan['north'],
    i: number,
    c: number,
    n: number,
  ): number | null {
    if (i < 0 || i >= n) return null;
    this.meter.count(`${operand}_sram_reads`);
    return word(i, c);
  }
}

function newPe(meter: Meter): Pe {
  return {
    ifmap: new Register(meter, 'ifmap'),
    filter: new Register(meter, 'filter'),
    psum: new Register(meter, 'psum'),
    drain: new Register(meter, 'psum'),
    last: false,
  };
}
