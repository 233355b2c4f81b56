/**
 * A systolic array of real registers, one cycle at a time: the slow reference for docs/methods/systolic.md. The only
 * formulas are the fold lengths and the address generators at the edges (which word the scratchpad sends to which port in
 * which cycle). Inside, a product happens because two valid words meet, a read is counted because a register is read, and
 * results are in the right place only if the words were. An empty register is a bubble: moving one costs nothing.
 */
import {
  type CycleCounts,
  type Dataflow,
  emptyCounts,
  type FoldPlan,
  type GemmInput,
  GRID_COUNTERS,
  Grid,
  type GridCounter,
  type Matrix,
  mapCounters,
  upTo,
} from './pe-array.ts';

export { type CycleCounts, type Dataflow, type GemmInput, GRID_COUNTERS, type GridCounter, type Matrix };

export interface GridFold {
  fc: number;
  tile: number;
  fr: number;
  t: number;
  ru: number;
  cu: number;
  /** First cycle of the fold in the whole product. */
  start: number;
  length: number;
  /** Per cycle j of the fold, the os drain booked R - 1 cycles early (systolic.md): what the closed forms must give. */
  counts: CycleCounts;
}

export interface GemmResult {
  output: number[][];
  /** Sum of the fold lengths. */
  cycles: number;
  folds: GridFold[];
  /** Per cycle of the whole product as it really happens: under os R - 1 cycles longer, drains overlap the next fold. */
  causal: CycleCounts;
}

export interface FoldResult {
  output: number[][];
  length: number;
  counts: CycleCounts;
  causal: CycleCounts;
}

/** One fold: matrices that fit the array as they stand. */
export function simulateFold(input: GemmInput): FoldResult {
  const { output, folds, causal } = simulateGemm({ ...input, tTile: undefined });
  if (folds.length !== 1) throw new Error(`expected one fold, got ${folds.length}`);
  return { output, length: folds[0].length, counts: folds[0].counts, causal };
}

/** A whole product: every fold on the same grid, one after the other, starting with empty registers. */
export function simulateGemm(input: GemmInput): GemmResult {
  const grid = new Grid(input);
  const folds: GridFold[] = [];
  for (const plan of planFolds(input)) {
    const start = grid.cycle;
    const length = foldLength(input, plan.t);
    grid.startFold(plan);
    for (let j = 0; j < length; j++) grid.step(j);
    const { fc, tile, fr, t, ru, cu } = plan;
    folds.push({ fc, tile, fr, t, ru, cu, start, length, counts: emptyCounts() });
  }
  const cycles = grid.cycle;
  grid.flush();
  const late = input.dataflow === 'os' ? input.rows - 1 : 0;
  for (const fold of folds) fold.counts = grid.meter.counts(fold.start, fold.length, late);
  return { output: grid.results(), cycles, folds, causal: grid.meter.counts(0, cycles + late, 0) };
}

/** Sum over all cycles. */
export function totalCounts(counts: CycleCounts): Record<GridCounter, number> {
  return mapCounters((name) => counts[name].reduce((sum, n) => sum + n, 0));
}

function foldLength({ dataflow, rows, cols }: GemmInput, t: number): number {
  return dataflow === 'os' ? t + rows + cols - 2 : 2 * rows + cols + t - 2;
}

// ---- folds: which words of a and b, and which results, a fold is about ----------------------------------------------

function planFolds(input: GemmInput): FoldPlan[] {
  const { dataflow, rows, cols, a, b } = input;
  const [m, k, n] = [a.length, b.length, b[0].length];
  const [sr, sc, t] = { os: [m, n, k], ws: [k, n, m], is: [k, m, n] }[dataflow];
  const rowFolds = Math.ceil(sr / rows);
  const tTile = dataflow !== 'os' && rowFolds > 1 ? (input.tTile ?? t) : t;
  const plans: FoldPlan[] = [];
  for (let fc = 0; fc * cols < sc; fc++) {
    for (let tile = 0; tile * tTile < t; tile++) {
      for (let fr = 0; fr < rowFolds; fr++) {
        const size = {
          t: Math.min(tTile, t - tile * tTile),
          ru: Math.min(rows, sr - fr * rows),
          cu: Math.min(cols, sc - fc * cols),
        };
        const operands = OPERANDS[dataflow](a, b, { r0: fr * rows, c0: fc * cols, t0: tile * tTile, ...size });
        plans.push({ fc, tile, fr, ...size, ...operands });
      }
    }
  }
  return plans;
}

type Range = { r0: number; c0: number; t0: number; ru: number; t: number };
type Operands = Pick<FoldPlan, 'west' | 'north' | 'addresses'>;

const OPERANDS: Record<Dataflow, (a: Matrix, b: Matrix, range: Range) => Operands> = {
  // The lowest used row is the first to arrive at the bottom.
  os: (a, b, { r0, c0, ru }) => ({
    west: (r, k) => a[r0 + r][k],
    north: (i, c) => b[i][c0 + c],
    addresses: (c) => upTo(ru).map((i) => ({ m: r0 + ru - 1 - i, n: c0 + c })),
  }),
  ws: (a, b, { r0, c0, t0, t }) => ({
    west: (r, k) => a[t0 + k][r0 + r],
    north: (i, c) => b[r0 + i][c0 + c],
    addresses: (c) => upTo(t).map((i) => ({ m: t0 + i, n: c0 + c })),
  }),
  is: (a, b, { r0, c0, t0, t }) => ({
    west: (r, k) => b[r0 + r][t0 + k],
    north: (i, c) => a[c0 + c][r0 + i],
    addresses: (c) => upTo(t).map((i) => ({ m: c0 + c, n: t0 + i })),
  }),
};
