import type { ChannelClass } from './channels.ts';
import { mulDivCeil } from './exact.ts';
import type { Sweep } from './order.ts';
import { type CommonIntervals, type Intervals, unitCount } from './room.ts';
import type { RowClass, UnitClass } from './row-classes.ts';
import { type Returns, visitsOn } from './touches.ts';

/** Words by slot, by length. */
type Table = Map<number, Float64Array>;

/** Words that return to a later unit: by slot, and how many units on by slot. */
interface BetweenTables {
  readonly words: Table;
  readonly distances: Table;
}

/** The intervals of an ifmap's words: of each class of units, and of all. */
export class IntervalTables {
  private readonly units: readonly UnitClass[];
  private readonly sweep: Sweep;
  /** By class, for one unit: intervals within a repeat and to the next repeat; then intervals to later units. */
  private readonly own: readonly Table[];
  private readonly between: readonly BetweenTables[];
  private readonly outer: Table = new Map();

  constructor(units: readonly UnitClass[], sweep: Sweep) {
    this.units = units;
    this.sweep = sweep;
    this.own = units.map(() => new Map());
    this.between = units.map(() => ({ words: new Map(), distances: new Map() }));
  }

  /** Adds what the pixels of each class of rows do, for each channel in the row folds its taps lie in. */
  add(rows: readonly RowClass[], returns: readonly (readonly Returns[])[], channels: ChannelClass): void {
    const { slots } = this.sweep;
    rows.forEach(({ firstUnits }, rowClass) => {
      for (const each of returns[rowClass]) {
        if (each.kind !== 'outer') continue;
        eachWord(each, channels, slots, (length, slot, words) => {
          rowOf(this.outer, length, slots)[slot] += words * firstUnits.length;
        });
      }
    });
    const byUnit = returns.map((ofRow) => groupByUnit(ofRow));
    this.units.forEach(({ seen }, u) => {
      for (const { rowClass, unit } of seen)
        for (const each of byUnit[rowClass].get(unit) ?? []) this.addToUnit(u, each, channels);
    });
  }

  private addToUnit(u: number, returns: Returns, channels: ChannelClass): void {
    const { slots } = this.sweep;
    const { kind, distance } = returns;
    eachWord(returns, channels, slots, (length, slot, words) => {
      if (kind === 'visit') rowOf(this.own[u], length, 2 * slots)[slot] += words;
      else if (kind === 'repeat') rowOf(this.own[u], length, 2 * slots)[slots + slot] += words;
      else {
        rowOf(this.between[u].words, length, slots)[slot] += words;
        rowOf(this.between[u].distances, length, slots)[slot] = distance;
      }
    });
  }

  /** Words of all inner intervals of a sweep. */
  innerWords(): number {
    const { slots, repeats } = this.sweep;
    let sum = 0;
    this.units.forEach(({ count }, u) => {
      for (const words of this.own[u].values())
        words.forEach((each, i) => {
          sum += count * (i < slots ? repeats : repeats - 1) * each;
        });
      for (const words of this.between[u].words.values()) for (const each of words) sum += count * each;
    });
    return sum;
  }

  intervals(): Intervals {
    const { units, own, outer, sweep } = this;
    const { slots } = sweep;
    const common = new Map<number, CommonIntervals>();
    const commonOf = (length: number): CommonIntervals => {
      const known = common.get(length) ?? { words: new Float64Array(2 * slots), weights: new Float64Array(2 * slots) };
      common.set(length, known);
      return known;
    };
    for (const length of new Set(this.between.flatMap(({ words }) => [...words.keys()])))
      this.weigh(length, commonOf(length));
    for (const [length, ofSlot] of outer) {
      const { words, weights } = commonOf(length);
      words.set(ofSlot, slots);
      weights.set(ofSlot, slots);
    }
    return { units: units.map(({ count }, u) => ({ count, own: own[u] })), common };
  }

  /** Words that return to later units count as if each unit they leave had the most, as often as they can overlap. */
  private weigh(length: number, { words, weights }: CommonIntervals): void {
    const { slots, repeats } = this.sweep;
    const visits = unitCount(this.sweep) * repeats;
    for (let slot = 0; slot < slots; slot++) {
      let most = 0;
      let leaving = 0;
      let distance = 1;
      this.units.forEach(({ count }, u) => {
        const ofUnit = this.between[u].words.get(length)?.[slot] ?? 0;
        if (ofUnit === 0) return;
        words[slot] += count * ofUnit;
        leaving += count;
        most = Math.max(most, ofUnit);
        distance = this.between[u].distances.get(length)![slot];
      });
      if (leaving === 0) continue;
      weights[slot] = mulDivCeil(visits * most, Math.min(distance, leaving), visitsOn(distance, repeats));
    }
  }
}

function rowOf(table: Table, length: number, slots: number): Float64Array {
  let row = table.get(length);
  if (!row) {
    row = new Float64Array(slots);
    table.set(length, row);
  }
  return row;
}

function groupByUnit(returns: readonly Returns[]): Map<number, Returns[]> {
  const units = new Map<number, Returns[]>();
  for (const each of returns) {
    if (each.kind === 'outer') continue;
    const known = units.get(each.unit);
    if (known) known.push(each);
    else units.set(each.unit, [each]);
  }
  return units;
}

/** Calls `visit` with the length, the slot and the number of words of intervals. */
function eachWord(
  { base, pairs }: Returns,
  channels: ChannelClass,
  slots: number,
  visit: (length: number, slot: number, words: number) => void,
): void {
  for (const [from, to, pixels] of pairs) {
    if (slots === 1) {
      if (base > 0) visit(base, 0, pixels * channels.count);
      continue;
    }
    for (const { slot, other, channels: count } of channels.slotsOf(from, to)) {
      const length = base + other - slot;
      if (length > 0) visit(length, slot, pixels * count);
    }
  }
}
