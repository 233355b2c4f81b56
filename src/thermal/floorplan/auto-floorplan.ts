import { fail } from '../../base/errors.ts';
import { type Block, type Floorplan, makeFloorplan } from './floorplan.ts';

/** A part of the die that needs an area. */
export interface AreaItem {
  readonly name: string;
  readonly areaM2: number;
  /** Splits the item into a grid of blocks. */
  readonly tiles?: TileGrid;
  /** Splits the item into a grid of equal regions, each with its own items. No block has this item's own name. */
  readonly regions?: RegionGrid;
}

/** Regions row by row from the north. Areas of items count relative to those of the same region. */
export interface RegionGrid {
  readonly rows: number;
  readonly columns: number;
  readonly items: readonly (readonly AreaItem[])[];
  /** For each region, the item around which the others are arranged. */
  readonly arrays: readonly (string | undefined)[];
}

/** Cuts of a rectangle, each ascending from 0 to 1 and not empty: rows from the north, columns from the west. */
export interface TileGrid {
  readonly rowCuts: readonly number[];
  readonly columnCuts: readonly number[];
  readonly name: (row: number, column: number) => string;
}

export interface AutoFloorplanOptions {
  /** The item around which the others are arranged, such as the PE array. None by default. */
  readonly array?: string | undefined;
  /** Items whose shape does not matter, for die area of unknown use. */
  readonly fillers?: readonly string[] | undefined;
}

/**
 * A square die that blocks of the given areas fill exactly, except that edges are rounded to 1 nm. The blocks form a
 * squarified treemap (Bruls, Huizing and van Wijk, 2000). With an array, three such treemaps may lie to its left, to
 * its right and above it. The best choice has the least stretched block; each block that does not touch the array adds
 * one to that ratio. All choices are tried for the six largest items, and the other items follow one at a time. Equal
 * areas give equal floorplans. Errors: `zero-area` for an item without area, `empty-floorplan`, and those of
 * `makeFloorplan` for names.
 */
export function autoFloorplan(items: readonly AreaItem[], options: AutoFloorplanOptions = {}): Floorplan {
  if (items.length === 0) fail('empty-floorplan', 'nothing on the die has an area');
  const empty = items.find(({ areaM2 }) => !(areaM2 > 0 && Number.isFinite(areaM2)));
  if (empty) fail('zero-area', `"${empty.name}" has an area of ${empty.areaM2} m2`, { expected: 'more than zero' });
  const side = Math.round(Math.sqrt(areaOf(items)) * PER_METRE);
  const blocks = fill({ x0: 0, y0: 0, x1: side, y1: side }, items, options);
  return makeFloorplan(blocks, { die: { widthM: side / PER_METRE, heightM: side / PER_METRE } });
}

/** Fills a rectangle with the blocks of some items. */
function fill(cell: Cell, items: readonly AreaItem[], { array: name, fillers = [] }: AutoFloorplanOptions): Block[] {
  const array = items.find((item) => item.name === name);
  const others = byArea(items.filter((item) => item !== array));
  const placed = array ? aroundArray(array, others, cell, fillers) : squarify(others, cell);
  return placed.flatMap(({ item, at }) => blocksOf(item, at));
}

/** Nanometres per metre. A whole number divided by it is the double nearest to the length. */
const PER_METRE = 1e9;

/** A rectangle with edges in whole nm. Neighbours share edges, so that there are no gaps. */
interface Cell {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

interface Placed {
  readonly item: AreaItem;
  readonly at: Cell;
}

/** The items to the left of the array, to its right and above it. */
type Regions = readonly [AreaItem[], AreaItem[], AreaItem[]];

/** The number of largest items for which all choices are tried: 3^6. */
const TRIED_TOGETHER = 6;

function aroundArray(array: AreaItem, others: readonly AreaItem[], cell: Cell, fillers: readonly string[]): Placed[] {
  const together = others.slice(0, TRIED_TOGETHER);
  const costOf = (regions: Regions): number => cost(arrange(array, regions, cell), array, fillers);
  let best: Regions = [[], [], []];
  let least = Number.POSITIVE_INFINITY;
  const keep = (regions: Regions): void => {
    const found = costOf(regions);
    if (found >= least) return;
    least = found;
    best = regions;
  };
  for (let choice = 0; choice < 3 ** together.length; choice++) {
    const regions: Regions = [[], [], []];
    together.forEach((item, i) => {
      regions[Math.floor(choice / 3 ** i) % 3].push(item);
    });
    keep(regions);
  }
  for (const item of others.slice(TRIED_TOGETHER)) {
    const before = best;
    least = Number.POSITIVE_INFINITY;
    for (let region = 0; region < 3; region++) {
      const added = (part: AreaItem[], r: number): AreaItem[] => (r === region ? [...part, item] : part);
      keep([added(before[0], 0), added(before[1], 1), added(before[2], 2)]);
    }
  }
  const around = arrange(array, best, cell);
  // Large blocks cannot be arranged around a small array.
  const plain = squarify(byArea([array, ...others]), cell);
  return cost(plain, array, fillers) < cost(around, array, fillers) ? plain : around;
}

function byArea(items: readonly AreaItem[]): AreaItem[] {
  return [...items].sort((a, b) => b.areaM2 - a.areaM2);
}

function arrange(array: AreaItem, [left, right, above]: Regions, cell: Cell): Placed[] {
  const [toLeft, toRight, overIt] = [left, right, above].map(areaOf);
  const low = toLeft + array.areaM2 + toRight;
  const y = overIt > 0 ? cut(cell.y0, cell.y1, low / (low + overIt)) : cell.y1;
  const x0 = toLeft > 0 ? cut(cell.x0, cell.x1, toLeft / low) : cell.x0;
  const x1 = toRight > 0 ? cut(x0, cell.x1, array.areaM2 / (array.areaM2 + toRight)) : cell.x1;
  return [
    { item: array, at: { x0, y0: cell.y0, x1, y1: y } },
    ...squarify(left, { ...cell, x1: x0, y1: y }),
    ...squarify(right, { ...cell, x0: x1, y1: y }),
    ...squarify(above, { ...cell, y0: y }),
  ];
}

/** The whole number that leaves this share of [from, to) below it, and at least one unit on either side. */
function cut(from: number, to: number, share: number): number {
  return Math.max(from + 1, Math.min(to - 1, Math.round(from + (to - from) * share)));
}

/** The largest ratio of sides, plus one for each block that does not touch the array. */
function cost(placed: readonly Placed[], array: AreaItem, fillers: readonly string[]): number {
  const core = placed.find(({ item }) => item === array)!.at;
  const shaped = placed.filter(({ item }) => !fillers.includes(item.name));
  const worst = shaped.reduce((most, { at }) => Math.max(most, ratio(at.x1 - at.x0, at.y1 - at.y0)), 1);
  return worst + shaped.filter(({ at }) => !touches(at, core)).length;
}

/** Whether two cells share part of an edge, or are equal. */
function touches(a: Cell, b: Cell): boolean {
  const across = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const along = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return Math.min(across, along) >= 0 && Math.max(across, along) > 0;
}

/**
 * Places items of decreasing area in a rectangle: rows along its shorter side, each extended while that improves its
 * worst ratio.
 */
function squarify(items: readonly AreaItem[], cell: Cell): Placed[] {
  const placed: Placed[] = [];
  let rest = items;
  let free = cell;
  while (rest.length > 0) {
    const upright = free.x1 - free.x0 >= free.y1 - free.y0;
    const [from, to] = upright ? [free.x0, free.x1] : [free.y0, free.y1];
    const count = rowLength(rest, to - from, upright ? free.y1 - free.y0 : free.x1 - free.x0);
    const row = rest.slice(0, count);
    const end = count === rest.length ? to : cut(from, to, areaOf(row) / areaOf(rest));
    placed.push(...layRow(row, upright ? { ...free, x1: end } : { ...free, y1: end }, upright));
    free = upright ? { ...free, x0: end } : { ...free, y0: end };
    rest = rest.slice(count);
  }
  return placed;
}

/** Number of items in the next row of a rectangle of `long` x `short`. */
function rowLength(items: readonly AreaItem[], long: number, short: number): number {
  const perArea = (long * short) / areaOf(items);
  let sum = 0;
  let worst = Number.POSITIVE_INFINITY;
  for (let count = 1; count <= items.length; count++) {
    sum += items[count - 1].areaM2;
    const thickness = (sum * perArea) / short;
    const of = (item: AreaItem): number => ratio((item.areaM2 * perArea) / thickness, thickness);
    // Areas decrease, so the first and the last item are the extremes.
    const withIt = Math.max(of(items[0]), of(items[count - 1]));
    if (withIt > worst) return count - 1;
    worst = withIt;
  }
  return items.length;
}

function layRow(items: readonly AreaItem[], cell: Cell, upright: boolean): Placed[] {
  let rest = areaOf(items);
  let from = upright ? cell.y0 : cell.x0;
  const to = upright ? cell.y1 : cell.x1;
  return items.map((item, i) => {
    const end = i === items.length - 1 ? to : cut(from, to, item.areaM2 / rest);
    const at = upright ? { ...cell, y0: from, y1: end } : { ...cell, x0: from, x1: end };
    rest -= item.areaM2;
    from = end;
    return { item, at };
  });
}

function blocksOf({ name, tiles, regions }: AreaItem, at: Cell): Block[] {
  if (regions) return blocksOfRegions(regions, at);
  if (!tiles) return [blockAt(name, at)];
  const places = (cuts: readonly number[], from: number, to: number): number[] =>
    cuts.map((share) => Math.round(from + (to - from) * share));
  const xs = places(tiles.columnCuts, at.x0, at.x1);
  const ys = places(tiles.rowCuts, at.y1, at.y0);
  return ys
    .slice(1)
    .flatMap((y0, row) =>
      xs.slice(1).map((x1, column) => blockAt(tiles.name(row, column), { x0: xs[column], y0, x1, y1: ys[row] })),
    );
}

function blocksOfRegions({ rows, columns, items, arrays }: RegionGrid, { x0, y0, x1, y1 }: Cell): Block[] {
  const x = (column: number): number => Math.round(x0 + ((x1 - x0) * column) / columns);
  const y = (row: number): number => Math.round(y1 - ((y1 - y0) * row) / rows);
  return items.flatMap((own, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const cell = { x0: x(column), y0: y(row + 1), x1: x(column + 1), y1: y(row) };
    return fill(cell, own, { array: arrays[i] });
  });
}

function blockAt(name: string, { x0, y0, x1, y1 }: Cell): Block {
  return {
    name,
    leftM: x0 / PER_METRE,
    bottomM: y0 / PER_METRE,
    widthM: (x1 - x0) / PER_METRE,
    heightM: (y1 - y0) / PER_METRE,
  };
}

function areaOf(items: readonly AreaItem[]): number {
  return items.reduce((sum, { areaM2 }) => sum + areaM2, 0);
}

function ratio(a: number, b: number): number {
  return Math.max(a / b, b / a);
}
