import { findDataflow } from '../../systolic/dataflows/index.ts';
import {
  type FoldGrid,
  type FoldIndex,
  foldGrid,
  type LayerSchedule,
  type Slices,
  slices,
} from '../../systolic/index.ts';
import { numberAt, passCount, passOf } from '../../systolic/memory/index.ts';
import type { BankedLayout, LayerLayouts } from './layouts.ts';
import { type Placement, placement } from './placement.ts';

/**
 * The extra cycles of each fold of a layer (each pass under next-use retention), in the schedule's order, because banks
 * cannot serve all lines at once (docs/guide/simulate.md, "Banks and layouts"). It places every cell of an operand's matrix
 * once: O(M K + K N + array cycles).
 */
export function foldConflicts(
  { layer, config, streamTile, folds, queue }: LayerSchedule,
  layouts: LayerLayouts,
): Float64Array {
  const grid = foldGrid(layer, findDataflow(config.dataflow), config.array, streamTile);
  const profilesOf = (operand: 'ifmap' | 'filter'): ((fold: FoldIndex) => Uint16Array) => {
    const layout = layouts[operand];
    return layout ? profiles(grid, operand, new BankedReads(placement(operand, layer, layout), layout, grid)) : none;
  };
  const [ifmap, filter] = [profilesOf('ifmap'), profilesOf('filter')];
  const atOnce = !holdsOperand(grid);
  const conflicts = new Float64Array(queue ? passCount(grid, queue.order) : folds);
  let i = 0;
  for (let column = 0; column < grid.columnFolds; column++) {
    for (let tile = 0; tile < grid.streamTiles; tile++) {
      for (let row = 0; row < grid.rowFolds; row++) {
        const fold = { row, tile, column };
        conflicts[queue ? passOf(queue.order, fold) : i++] += together(ifmap(fold), filter(fold), atOnce);
      }
    }
  }
  return conflicts;
}

const NOTHING = new Uint16Array(0);
const none = (): Uint16Array => NOTHING;

/** Whether one operand enters the array before the other one streams (ws, is), instead of together with it (os). */
function holdsOperand({ dataflow }: FoldGrid): boolean {
  return dataflow.axes.streamed !== 'k';
}

/** Cycles that the reads of two operands wait in a fold. If both are read at once, each cycle waits for the slower one. */
function together(one: Uint16Array, other: Uint16Array, atOnce: boolean): number {
  const common = atOnce ? Math.min(one.length, other.length) : 0;
  let cycles = 0;
  for (let j = 0; j < common; j++) cycles += Math.max(one[j], other[j]);
  for (let j = common; j < one.length; j++) cycles += one[j];
  for (let j = common; j < other.length; j++) cycles += other[j];
  return cycles;
}

/**
 * Returns a function that gives, for a fold, the extra time of each cycle that reads the operand, from the first such
 * cycle on. Folds that read the same cells share the array.
 */
function profiles(grid: FoldGrid, operand: 'ifmap' | 'filter', reads: BankedReads): (fold: FoldIndex) => Uint16Array {
  const known: Uint16Array[] = [];
  const across = slices(grid, operand === 'ifmap' ? 'm' : 'n');
  const words = slices(grid, 'k');
  const isHeld = holdsOperand(grid) && operand === grid.dataflow.columnOperand;
  return (fold) => {
    const a = sliceOf(across, fold);
    const k = sliceOf(words, fold);
    const index = a.number * words.count + k.number;
    known[index] ??= isHeld ? held(reads, a, k) : skewed(reads, a, k, grid.dataflow.axes.streamed === 'k');
    return known[index];
  };
}

/** Indices [from, from + count) of an axis of the operand's matrix. */
interface Stretch {
  readonly number: number;
  readonly from: number;
  readonly count: number;
}

function sliceOf(axis: Slices, fold: FoldIndex): Stretch {
  const number = numberAt(axis, fold);
  const from = number * axis.length;
  return { number, from, count: Math.min(axis.length, axis.extent - from) };
}

/**
 * Extra cycles of a held operand. The row of k enters at cycle R - 1 - k, starting with the last used row, one whole
 * row per cycle.
 */
function held(reads: BankedReads, a: Stretch, k: Stretch): Uint16Array {
  return Uint16Array.from({ length: k.count }, (_, j) => reads.excess(a.from, 1, k.from + k.count - 1 - j, 0, a.count));
}

/**
 * Extra cycles of a skewed operand. Lane p reads its t-th word in cycle p + t. Window words are streamed (os), or lie
 * across the lanes.
 */
function skewed(reads: BankedReads, a: Stretch, k: Stretch, streamsWords: boolean): Uint16Array {
  const [lanes, length] = streamsWords ? [a.count, k.count] : [k.count, a.count];
  return Uint16Array.from({ length: lanes + length - 1 }, (_, j) => {
    const lane = Math.max(0, j - length + 1);
    const count = Math.min(lanes, j + 1) - lane;
    const t = j - lane;
    return streamsWords
      ? reads.excess(a.from + lane, 1, k.from + t, -1, count)
      : reads.excess(a.from + t, -1, k.from + lane, 1, count);
  });
}

/** The reads of an operand, cycle by cycle. Sets are hash tables, which a new stamp empties. */
class BankedReads {
  private readonly place: Placement;
  private readonly bankWords: number;
  private readonly ports: number;
  /** The lines of banks requested in this cycle. */
  private readonly lines: Int32Array;
  private readonly banks: Int32Array;
  private readonly stamps: Int32Array;
  /** The number of requested lines of each bank. */
  private readonly asked: Int32Array;
  private readonly askedStamps: Int32Array;
  private stamp = 0;

  constructor(place: Placement, { lineWords, banks, ports }: BankedLayout, { array }: FoldGrid) {
    this.place = place;
    this.bankWords = lineWords / banks;
    this.ports = ports;
    const slots = 2 ** (1 + Math.ceil(Math.log2(Math.max(array.rows, array.columns))));
    this.lines = new Int32Array(slots);
    this.banks = new Int32Array(slots);
    this.stamps = new Int32Array(slots);
    this.asked = new Int32Array(banks);
    this.askedStamps = new Int32Array(banks);
  }

  /** Cycles beyond the first that reading the cells (a + i aStep, k + i kStep), i < count, takes: 0 to 65,535. */
  excess(a: number, aStep: number, k: number, kStep: number, count: number): number {
    const { height, width, fromY, fromX, stepY, stepX, lineK, placeK, lineY, placeY, lineX, placeX } = this.place;
    const { bankWords, ports, lines, banks, stamps, asked, askedStamps } = this;
    const mask = stamps.length - 1;
    const stamp = ++this.stamp;
    let most = 0;
    for (let i = 0; i < count; i++, a += aStep, k += kStep) {
      const y = fromY[a] + stepY[k];
      const x = fromX[a] + stepX[k];
      if (y >= height || x >= width) continue;
      const line = lineY[y] + lineX[x] + lineK[k];
      const bank = Math.floor((placeY[y] + placeX[x] + placeK[k]) / bankWords);
      const hash = Math.imul(line ^ Math.imul(bank, 0x85ebca6b), 0x9e3779b1);
      let slot = (hash ^ (hash >>> 16)) & mask;
      while (stamps[slot] === stamp && (lines[slot] !== line || banks[slot] !== bank)) slot = (slot + 1) & mask;
      if (stamps[slot] === stamp) continue;
      stamps[slot] = stamp;
      lines[slot] = line;
      banks[slot] = bank;
      asked[bank] = askedStamps[bank] === stamp ? asked[bank] + 1 : 1;
      askedStamps[bank] = stamp;
      if (asked[bank] > most) most = asked[bank];
    }
    return most > ports ? Math.ceil(most / ports) - 1 : 0;
  }
}
