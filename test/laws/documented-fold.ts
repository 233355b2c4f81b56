/** docs/methods/systolic.md, transcribed: its tables, and its list "When, by cycle". */
import fc from 'fast-check';
import {
  type CycleCounts,
  type Dataflow,
  GRID_COUNTERS,
  type GridCounter,
  simulateFold,
} from '../reference/pe-grid.ts';
import { DATAFLOWS, each, matrix, upTo } from './small-layers.ts';

export interface FoldSize {
  dataflow: Dataflow;
  rows: number;
  cols: number;
  ru: number;
  cu: number;
  t: number;
  /** A row fold after the first, which finds partial sums in the scratchpad. */
  later: boolean;
}

/** Folds on up to 6 x 6 PEs, of which `ru` x `cu` are used. */
export function foldSizes() {
  return fc
    .record({ dataflow: fc.constantFrom(...DATAFLOWS), rows: upTo(6), cols: upTo(6), t: upTo(9), later: fc.boolean() })
    .chain((array) => fc.record({ ru: upTo(array.rows), cu: upTo(array.cols) }).map((used) => ({ ...array, ...used })));
}

/** The fold on the PE grid, with operands that show a word in the wrong place. */
export function foldOf({ dataflow, rows, cols, ru, cu, t, later }: FoldSize) {
  const [m, k, n] = { os: [ru, t, cu], ws: [t, ru, cu], is: [cu, ru, t] }[dataflow];
  const partialSums = later && dataflow !== 'os' ? matrix(m, n, 3) : undefined;
  return simulateFold({ dataflow, rows, cols, a: matrix(m, k, 1), b: matrix(k, n, 2), partialSums });
}

/** Counts an event of a counter in a cycle of the fold. */
type Book = (counter: GridCounter, cycle: number) => void;

/** Events by cycle, as the list says. */
export function documentedEvents(size: FoldSize, length: number): CycleCounts {
  const counts = Object.fromEntries(GRID_COUNTERS.map((name) => [name, new Array(length).fill(0)])) as CycleCounts;
  const book: Book = (counter, cycle) => {
    counts[counter][cycle]++;
  };
  if (size.dataflow === 'os') bookOutputStationary(size, book);
  else bookOperandStationary(size, book);
  return counts;
}

/** Output stationary: both operands stream in, PE (r, c) has its product of index k in cycle r + c + k. */
function bookOutputStationary({ rows: R, ru, cu, t }: FoldSize, book: Book): void {
  each(ru, (r) => each(t, (k) => book('ifmap_sram_reads', r + k)));
  each(cu, (c) => each(t, (k) => book('filter_sram_reads', c + k)));
  each(ru, (r) =>
    each(cu, (c) =>
      each(t, (k) => {
        const j = r + c + k;
        for (const counter of ['macs', 'ifmap_reg_writes', 'filter_reg_writes', 'psum_reg_writes'] as const)
          book(counter, j);
        book('ifmap_reg_reads', j);
        if (c > 0) book('ifmap_reg_reads', j); // handed on by the PE to the left
        book('filter_reg_reads', j);
        if (r > 0) book('filter_reg_reads', j); // handed on by the PE above
        if (k > 0) book('psum_reg_reads', j);
      }),
    ),
  );
  // The drain, booked with SCALE-Sim's early cycle.
  each(cu, (c) =>
    each(ru, (r) => {
      const [first, out] = [c + t - 1, c + t - 1 + R - 1 - r];
      for (let j = first; j <= out; j++) book('psum_reg_reads', j);
      for (let j = first; j < out; j++) book('psum_reg_writes', j);
      book('ofmap_sram_writes', out);
    }),
  );
}

/** Weight or input stationary: one operand is loaded in cycles 0 ... R - 1, the other streams past it from cycle R on. */
function bookOperandStationary({ dataflow, rows: R, ru, cu, t, later }: FoldSize, book: Book): void {
  const [streamed, held] = dataflow === 'is' ? (['filter', 'ifmap'] as const) : (['ifmap', 'filter'] as const);
  each(ru, (r) => each(t, (k) => book(`${streamed}_sram_reads`, R + r + k)));
  each(cu, () =>
    each(ru, (r) => {
      book(`${held}_sram_reads`, R - 1 - r);
      // The word of row r is in row p at R - 1 - r + p.
      each(r + 1, (p) => book(`${held}_reg_writes`, R - 1 - r + p));
      for (let p = 1; p <= r; p++) book(`${held}_reg_reads`, R - 1 - r + p);
    }),
  );
  each(ru, (r) =>
    each(cu, (c) =>
      each(t, (k) => {
        const j = R + r + c + k;
        for (const counter of ['macs', `${streamed}_reg_writes`, `${held}_reg_reads`] as const) book(counter, j);
        book(`${streamed}_reg_reads`, j);
        if (c > 0) book(`${streamed}_reg_reads`, j); // handed on by the PE to the left
      }),
    ),
  );
  each(cu, (c) =>
    each(t, (k) => {
      each(R, (p) => book('psum_reg_writes', R + p + c + k));
      for (let p = 1; p < R; p++) book('psum_reg_reads', R + p + c + k);
      book('ofmap_sram_writes', 2 * R - 1 + c + k);
      if (later) book('ofmap_sram_reads', 2 * R - 1 + c + k);
    }),
  );
}

/** Events of a whole fold, as the tables say. */
export function documentedTotals({ dataflow, rows: R, ru, cu, t: T, later }: FoldSize) {
  const tri = (n: number) => (n * (n + 1)) / 2;
  const macs = ru * cu * T;
  const drain = cu * (tri(R) - tri(R - ru));
  if (dataflow === 'os') {
    return {
      ...{ macs, ifmap_sram_reads: ru * T, filter_sram_reads: cu * T, ofmap_sram_reads: 0, ofmap_sram_writes: ru * cu },
      ...{ ifmap_reg_reads: ru * (2 * cu - 1) * T, ifmap_reg_writes: macs },
      ...{ filter_reg_reads: (2 * ru - 1) * cu * T, filter_reg_writes: macs },
      ...{ psum_reg_reads: ru * cu * (T - 1) + drain, psum_reg_writes: macs + drain - ru * cu },
    };
  }
  const passing = { sram: ru * T, reads: ru * (2 * cu - 1) * T, writes: macs };
  const held = { sram: ru * cu, reads: cu * tri(ru) - ru * cu + macs, writes: cu * tri(ru) };
  const [ifmap, filter] = dataflow === 'ws' ? [passing, held] : [held, passing];
  return {
    ...{ macs, ifmap_sram_reads: ifmap.sram, filter_sram_reads: filter.sram },
    ...{ ofmap_sram_reads: later ? cu * T : 0, ofmap_sram_writes: cu * T },
    ...{ ifmap_reg_reads: ifmap.reads, ifmap_reg_writes: ifmap.writes },
    ...{ filter_reg_reads: filter.reads, filter_reg_writes: filter.writes },
    ...{ psum_reg_reads: (R - 1) * cu * T, psum_reg_writes: R * cu * T },
  };
}
