/**
 * The orders of the folds of docs/methods/memory-next-use.md, and where in the sweeps of an operand each fold stands. The folds
 * themselves and the words that they touch are those of touched-words.ts.
 */
import type { Fold } from './touched-words.ts';

export type FoldOrder =
  | { name: 'columns outermost' }
  | { name: 'T tiles outermost' }
  | { name: 'b columns'; b: number }
  | { name: 'b rows'; b: number };

export interface FoldCounts {
  fr: number;
  fc: number;
  tt: number;
}

export interface OrderedGroup {
  dataflow: 'os' | 'ws' | 'is';
  order: FoldOrder;
  counts: FoldCounts;
  /** In the order in which the array goes through them. */
  folds: Fold[];
}

/** Where a fold stands in the sweeps of an operand, before its position is worked out. */
interface Place {
  unit: number;
  sweep: number;
  repeat: number;
  block: number;
  r: number;
}

/** A fold as an operand sees it. */
export interface Visit {
  fold: Fold;
  position: number;
  unit: number;
  sweep: number;
  repeat: number;
  r: number;
}

/** Folds that are swept `sweeps` times over the same words. */
export interface Sweeps {
  visits: Visit[];
  sweeps: number;
  /** Lambda, the folds of a block, which are the slots of the room. */
  slots: number;
  /** Blocks of a unit, and how often it is gone through in a row. */
  beta: number;
  rho: number;
}

export function countsOf(folds: readonly Fold[]): FoldCounts {
  const most = (of: (fold: Fold) => number) => Math.max(...folds.map(of)) + 1;
  return { fr: most(({ fr }) => fr), fc: most(({ fc }) => fc), tt: most(({ tile }) => tile) };
}

/** What `best` tries, in turn. */
export function ordersToTry(dataflow: 'os' | 'ws' | 'is', { fr, fc, tt }: FoldCounts): FoldOrder[] {
  const orders: FoldOrder[] = [{ name: 'columns outermost' }];
  if (dataflow !== 'os') {
    if (tt > 1 && fc > 1) orders.push({ name: 'T tiles outermost' });
  } else if (fr > 1 && fc > 1) {
    for (let b = 2; b < 2 * fc; b *= 2) orders.push({ name: 'b columns', b });
    for (let b = 1; b < fr; b *= 2) orders.push({ name: 'b rows', b });
  }
  return orders;
}

/** The folds of a group, found in any order, in this one. */
export function inOrder(dataflow: 'os' | 'ws' | 'is', found: readonly Fold[], order: FoldOrder): OrderedGroup {
  const loops = ({ fr, fc, tile }: Fold): number[] => {
    if (order.name === 'columns outermost') return [fc, tile, fr];
    if (order.name === 'T tiles outermost') return [tile, fc, fr];
    if (order.name === 'b columns') return [Math.floor(fc / order.b), fr, fc];
    return [Math.floor(fr / order.b), fc, fr];
  };
  const folds = [...found].sort((one, other) => {
    const [a, b] = [loops(one), loops(other)];
    return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
  });
  return { dataflow, order, counts: countsOf(found), folds };
}

/** Which iteration of the outermost loop a fold belongs to. */
export function passOf({ order }: OrderedGroup, { fr, fc, tile }: Fold): number {
  if (order.name === 'columns outermost') return fc;
  if (order.name === 'T tiles outermost') return tile;
  if (order.name === 'b columns') return Math.floor(fc / order.b);
  return Math.floor(fr / order.b);
}

export function passesOf(group: OrderedGroup): number {
  return Math.max(...group.folds.map((fold) => passOf(group, fold))) + 1;
}

// ---- the two tables of sweeps ---------------------------------------------------------------------------------------

/** Position of a fold: ((sweep x units + unit) x rho + repeat) x beta Lambda + block x Lambda + r. */
export function ifmapSweeps({ dataflow, order, counts: { fr: Fr, fc: Fc, tt: Tt }, folds }: OrderedGroup): Sweeps {
  const b = 'b' in order ? order.b : 1;
  const blocked = { blocks: Fr, beta: 1, rho: 1, n: Fc };
  const shapes: Record<string, typeof blocked> = {
    'os columns outermost': blocked,
    'os b columns': { ...blocked, rho: Math.min(b, Fc), n: Math.ceil(Fc / b) },
    'os b rows': { ...blocked, beta: b, rho: Fc, n: 1 },
    'ws columns outermost': { blocks: Tt, beta: 1, rho: 1, n: Fc },
    'ws T tiles outermost': { blocks: Tt, beta: 1, rho: Fc, n: 1 },
    'is columns outermost': { blocks: Fc, beta: 1, rho: Tt, n: 1 },
    'is T tiles outermost': { blocks: Fc, beta: 1, rho: 1, n: Tt },
  };
  const place = ({ fr, fc, tile }: Fold): Omit<Place, 'block' | 'unit'> & { along: number } => {
    if (dataflow === 'os') {
      if (order.name === 'b rows') return { sweep: 0, along: fr, repeat: fc, r: 0 };
      return { sweep: Math.floor(fc / b), along: fr, repeat: fc % b, r: 0 };
    }
    const tilesOutermost = order.name === 'T tiles outermost';
    if (dataflow === 'ws')
      return tilesOutermost
        ? { sweep: 0, along: tile, repeat: fc, r: fr }
        : { sweep: fc, along: tile, repeat: 0, r: fr };
    return tilesOutermost ? { sweep: tile, along: fc, repeat: 0, r: fr } : { sweep: 0, along: fc, repeat: tile, r: fr };
  };
  const { blocks, beta, rho, n } = shapes[`${dataflow} ${order.name}`];
  const slots = dataflow === 'os' ? 1 : Fr;
  const units = Math.ceil(blocks / beta);
  const visits = folds.map((fold): Visit => {
    const { sweep, along, repeat, r } = place(fold);
    const [unit, block] = [Math.floor(along / beta), along % beta];
    const position = ((sweep * units + unit) * rho + repeat) * beta * slots + block * slots + r;
    return { fold, position, unit, sweep, repeat, r };
  });
  return { visits, sweeps: n, slots, beta, rho };
}

/** The filters unit by unit: beta is 1, and a block of a unit are the tiles of one column fold or T tile. */
export function filterUnits({ dataflow, order, counts: { fr: Fr, fc: Fc, tt: Tt }, folds }: OrderedGroup): Sweeps[] {
  const b = 'b' in order ? order.b : 1;
  const place = ({ fr, fc, tile }: Fold): Place => {
    const tilesOutermost = order.name === 'T tiles outermost';
    if (dataflow === 'os') {
      if (order.name === 'b rows') return { unit: 0, sweep: Math.floor(fr / b), block: fc, repeat: fr % b, r: 0 };
      return { unit: Math.floor(fc / b), sweep: fr, block: fc % b, repeat: 0, r: 0 };
    }
    if (dataflow === 'ws')
      return tilesOutermost
        ? { unit: 0, sweep: tile, block: fc, repeat: 0, r: fr }
        : { unit: fc, sweep: tile, block: 0, repeat: 0, r: fr };
    return tilesOutermost
      ? { unit: tile, sweep: fc, block: 0, repeat: 0, r: fr }
      : { unit: 0, sweep: fc, block: tile, repeat: 0, r: fr };
  };
  const times: Record<string, number> = {
    'os columns outermost': Fr,
    'os b columns': Fr,
    'os b rows': Math.ceil(Fr / b),
    'ws columns outermost': Tt,
    'ws T tiles outermost': Tt,
    'is columns outermost': Fc,
    'is T tiles outermost': Fc,
  };
  const sweeps = times[`${dataflow} ${order.name}`];
  const rho = order.name === 'b rows' ? b : 1;
  const slots = dataflow === 'os' ? 1 : Fr;
  const units = new Map<number, { fold: Fold; place: Place }[]>();
  for (const fold of folds) {
    const at = place(fold);
    units.set(at.unit, [...(units.get(at.unit) ?? []), { fold, place: at }]);
  }
  return [...units.values()].map((placed) => {
    const blocks = Math.max(...placed.map(({ place: { block } }) => block)) + 1;
    const visits = placed.map(({ fold, place: { sweep, block, repeat, r } }): Visit => {
      // To its sweeps, which have a unit of filters to themselves, each block is a unit.
      return { fold, position: ((sweep * blocks + block) * rho + repeat) * slots + r, unit: block, sweep, repeat, r };
    });
    return { visits, sweeps, slots, beta: 1, rho };
  });
}
