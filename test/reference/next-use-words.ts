/**
 * Retention by next use, docs/methods/memory-next-use.md, by enumeration: every fold, every tile as a set of words, every
 * interval of every word. Slow; for small layers.
 */
import type { Layer } from '../../src/workload/layer.ts';
import { referenceSchedule } from './memory-words.ts';
import {
  countsOf,
  type FoldOrder,
  filterUnits,
  ifmapSweeps,
  inOrder,
  type OrderedGroup,
  ordersToTry,
  passesOf,
  type Sweeps,
  type Visit,
} from './next-use-order.ts';
import {
  enumerateFolds,
  type Fold,
  type Input,
  ifmapAddress,
  type MemoryConfig,
  placeBits,
  union,
} from './touched-words.ts';

/** Words of an operand that is swept over and over. */
export interface SweptWords {
  first: number;
  later: number;
  sweeps: number;
  /** The largest tile, and the largest two consecutive ones together. */
  tile: number;
  pair: number;
  /** Words that stay beside the pinned tiles, on average over the folds of a sweep. */
  keptOnAverage: number;
  /** Tiles pass through the scratchpad, which keeps no more than some words of them. */
  streams: boolean;
}

export interface GroupWords {
  group: OrderedGroup;
  ifmap: SweptWords;
  filter: SweptWords[];
  /** Words of a group. */
  words: Record<Input, number>;
  bits: number;
  /** Words of each pass of a group. */
  passes: Record<Input, number>[];
}

export interface LayerFolds {
  /** With the bits of a filter word's place. */
  config: MemoryConfig;
  layer: Layer;
  tTile: number;
  spills: boolean;
  /** Of one group, columns outermost. */
  folds: Fold[];
  ofmap: { reads: number; writes: number };
}

/** The folds of a group of a layer; the T tile is the one that consecutive retention chooses. */
export function layerFolds(layer: Layer, config: MemoryConfig): LayerFolds {
  const { tTile, spills, counts } = referenceSchedule([layer], config).layers[0];
  const wider = { ...config, bits: { ...config.bits, filter: config.bits.filter + placeBits(layer) } };
  const folds = enumerateFolds({ ...layer, groups: 1 }, config, tTile);
  const ofmap = { reads: counts.dram_ofmap_reads, writes: counts.dram_ofmap_writes };
  return { config: wider, layer, tTile, spills, folds, ofmap };
}

/** Words of a group in each order that `best` would try if it never stopped. */
export function wordsByOrder(layer: LayerFolds): GroupWords[] {
  const { dataflow } = layer.config;
  return ordersToTry(dataflow, countsOf(layer.folds)).map((order) => groupWords(layer, order));
}

/** The fewest words; of equals the fewest bits; the first of equals. */
export function bestOf(tried: readonly GroupWords[]): GroupWords {
  const words = (order: GroupWords) => order.words.ifmap + order.words.filter;
  const least = Math.min(...tried.map(words));
  return tried
    .filter((order) => words(order) === least)
    .reduce((best, other) => (other.bits < best.bits ? other : best));
}

export function groupWords(layer: LayerFolds, order: FoldOrder): GroupWords {
  const { config, folds } = layer;
  const group = inOrder(config.dataflow, folds, order);
  const ifmap = sweptIfmap(group, layer);
  const filter = filterUnits(group).map((unit) => sweptWords(unit, 'filter', config));
  const words = { ifmap: allWords(ifmap), filter: filter.reduce((sum, unit) => sum + allWords(unit), 0) };
  const bits = words.ifmap * config.bits.ifmap + words.filter * config.bits.filter;
  return { group, ifmap, filter, words, bits, passes: wordsOfPasses(group, ifmap, filter) };
}

function allWords({ first, later, sweeps }: SweptWords): number {
  return first + (sweeps - 1) * later;
}

/** Words of an operand that its scratchpad holds. */
export function capacity(config: MemoryConfig, operand: Input): number {
  return Math.floor((8 * config.scratchpadBytes[operand]) / config.bits[operand]);
}

// ---- which words stay -----------------------------------------------------------------------------------------------

type Kind = 'visit' | 'repeat' | 'between' | 'outer';

interface Interval {
  g: number;
  start: number;
  kind: Kind;
  /** Of the earlier touch. */
  unit: number;
  /** Units from the earlier touch to the later one. */
  d: number;
  w: number;
}

function sweptWords(swept: Sweeps, operand: Input, config: MemoryConfig): SweptWords {
  const S = capacity(config, operand);
  const tiles = swept.visits.map(({ fold }) => fold.touched[operand]);
  const F = new Set(tiles.flatMap((tile) => [...tile])).size;
  const T = Math.max(...tiles.map(({ size }) => size));
  const U = Math.max(T, ...tiles.slice(1).map((tile, s) => union(tiles[s], tile).size));
  const same = { sweeps: swept.sweeps, tile: T, pair: U };
  if (F <= S) return { ...same, first: F, later: 0, keptOnAverage: 0, streams: false };

  const classes = intervalClasses(swept, operand);
  const ways: Omit<SweptWords, keyof typeof same>[] = [];
  if (T <= S) ways.push(fetchedWith(Math.max(0, S - U), 1, F, classes, swept));
  if (U === F) ways.push(fetchedWith(Math.max(0, S - 2 * Math.max(config.rows, config.cols)), 0, F, classes, swept));
  else if (T > S) ways.push(fetchedWith(0, 0, F, classes, swept));
  const total = ways.map((way) => allWords({ ...same, ...way }));
  return { ...same, ...ways[total.indexOf(Math.min(...total))] };
}

/** The intervals of one sweep, and those from it to the next. Of those within a unit: in one repeat, and from it to the next. */
function intervalClasses({ visits, sweeps, slots }: Sweeps, operand: Input): Interval[] {
  const touches = new Map<number, Visit[]>();
  for (const visit of visits.filter(({ sweep }) => sweep < 2))
    for (const word of visit.fold.touched[operand]) touches.set(word, [...(touches.get(word) ?? []), visit]);
  const classes = new Map<string, Interval>();
  for (const [, ofWord] of touches) {
    ofWord.slice(1).forEach((later, i) => {
      const earlier = ofWord[i];
      if (earlier.sweep === 1) return;
      const kind = kindOf(earlier, later);
      if (kind === 'outer' && sweeps === 1) throw new Error('an outer interval of a single sweep');
      // All repeats are alike: the first stands for them.
      if ((kind === 'visit' || kind === 'repeat') && earlier.repeat > 0) return;
      const [g, start] = [later.position - earlier.position, earlier.position % slots];
      if (g <= 0) throw new Error(`an interval of ${g} folds`);
      const { unit } = earlier;
      const d = kind === 'between' ? later.unit - earlier.unit : 0;
      const key = `${g} ${start} ${kind} ${unit} ${d}`;
      const known = classes.get(key);
      if (known) known.w++;
      else classes.set(key, { g, start, kind, unit, d, w: 1 });
    });
  }
  return [...classes.values()].sort((a, b) => a.g - b.g);
}

function kindOf(earlier: Visit, later: Visit): Kind {
  if (earlier.sweep !== later.sweep) return 'outer';
  if (earlier.unit !== later.unit) return 'between';
  return earlier.repeat === later.repeat ? 'visit' : 'repeat';
}

/** The room P shared out, shortest intervals first. */
function fetchedWith(
  P: number,
  k: number,
  F: number,
  classes: readonly Interval[],
  { visits, slots, beta, rho }: Sweeps,
): Omit<SweptWords, 'sweeps' | 'tile' | 'pair'> {
  const units = [...new Set(visits.map(({ unit }) => unit))];
  const N = units.length;
  /** Room that intervals within a unit leave in one repeat of it, and what the others take in a sweep, as if all units were alike. */
  const own = new Map(units.map((unit) => [unit, new Array<number>(slots).fill(P * beta)]));
  const taken = new Array<number>(slots).fill(0);
  const missed: Record<Kind, number> = { visit: 0, repeat: 0, between: 0, outer: 0 };
  const coversOf = ({ start, g }: Interval): number[] => {
    const covers = new Array<number>(slots).fill(0);
    for (let at = start + k; at <= start + g - 1; at++) covers[at % slots]++;
    return covers;
  };
  const share = (alike: readonly Weighed[], free: readonly number[]): number[] => {
    const covers = alike.map(coversOf);
    const demand = free.map((_, r) => alike.reduce((sum, { weight }, i) => sum + weight * covers[i][r], 0));
    const taken = free.map(() => 0);
    alike.forEach((each, i) => {
      const part = (of: number) =>
        Math.min(of, ...free.flatMap((room, r) => (covers[i][r] > 0 ? [wholes(of * room, demand[r])] : [])));
      missed[each.kind] += each.w - part(each.w);
      for (let r = 0; r < slots; r++) taken[r] += part(each.weight) * covers[i][r];
    });
    return taken;
  };
  for (const g of new Set(classes.map((each) => each.g))) {
    if (g <= k) continue;
    const alike = classes.filter((each) => each.g === g);
    for (const unit of units) {
      const within = alike.filter((each) => (each.kind === 'visit' || each.kind === 'repeat') && each.unit === unit);
      const room = own.get(unit)!;
      const free = room.map((words, r) => words - wholes(taken[r] + N * rho - 1, N * rho));
      share(
        within.map((each) => ({ ...each, weight: each.w })),
        free,
      ).forEach((words, r) => {
        room[r] -= words;
      });
    }
    const others = [...betweenUnits(alike, N, rho), ...outerOf(alike)];
    const free = taken.map((words, r) => N * rho * Math.min(...units.map((unit) => own.get(unit)![r])) - words);
    if (free.some((words) => words < 0)) throw new Error('more kept than there is room for');
    share(others, free).forEach((words, r) => {
      taken[r] += words;
    });
  }
  const ofUnits = units.reduce((sum, unit) => sum + own.get(unit)!.reduce((all, words) => all + words, 0), 0);
  const unused = rho * ofUnits - taken.reduce((sum, words) => sum + words, 0);
  const keptOnAverage = P - unused / (N * beta * rho * slots);
  const again = rho * missed.visit + (rho - 1) * missed.repeat + missed.between;
  return { first: F + again, later: again + missed.outer, keptOnAverage, streams: k === 0 };
}

interface Weighed extends Interval {
  weight: number;
}

/** Intervals from unit to unit: as if each unit that they may begin in had the most. */
function betweenUnits(alike: readonly Interval[], N: number, rho: number): Weighed[] {
  const classes = new Map<string, Interval[]>();
  for (const each of alike.filter(({ kind }) => kind === 'between')) {
    const key = `${each.start} ${each.d}`;
    classes.set(key, [...(classes.get(key) ?? []), each]);
  }
  return [...classes.values()].map((ofUnits) => {
    const { d } = ofUnits[0];
    const most = Math.max(...ofUnits.map(({ w }) => w));
    const atOnce = Math.min(d, ofUnits.length);
    const D = (d - 1) * rho + 1;
    const weight = wholes(N * rho * most * atOnce + D - 1, D);
    return { ...ofUnits[0], w: ofUnits.reduce((sum, { w }) => sum + w, 0), weight };
  });
}

function outerOf(alike: readonly Interval[]): Weighed[] {
  const classes = new Map<number, Weighed>();
  for (const each of alike.filter(({ kind }) => kind === 'outer')) {
    const w = each.w + (classes.get(each.start)?.w ?? 0);
    classes.set(each.start, { ...each, w, weight: w });
  }
  return [...classes.values()];
}

function wholes(a: number, b: number): number {
  if (!Number.isSafeInteger(a)) throw new Error('beyond whole numbers');
  return (a - (a % b)) / b;
}

// ---- the ifmap: tiles that are larger than the scratchpad -------------------------------------------------------------

function sweptIfmap(group: OrderedGroup, { layer, config, tTile }: LayerFolds): SweptWords {
  const swept = ifmapSweeps(group);
  const words = sweptWords(swept, 'ifmap', config);
  const [S, T] = [capacity(config, 'ifmap'), words.tile];
  const ofWindow = layer.filterHeight * layer.ifmapWidth * Math.min(layer.channels, config.rows);
  const b = config.dataflow === 'ws' ? Math.min(T, ofWindow) : T;
  if (T <= S || b <= S) return words;
  const sweep = swept.visits.filter((visit) => visit.sweep === 0).map(({ fold }) => fold);
  const X = sweep.reduce((sum, fold) => sum + ifmapTouches(fold, layer, config, tTile), 0);
  const D = sweep.reduce((sum, { touched }) => sum + touched.ifmap.size, 0);
  const again = wholes((X - D) * (b - S) + b - 1, b);
  return { ...words, first: words.first + again, later: words.later + again };
}

/** Pairs of a pixel and a window word of the fold that are not padding. */
function ifmapTouches(
  { fr, fc, tile, ru, cu, t }: Fold,
  layer: Layer,
  { dataflow, rows, cols }: MemoryConfig,
  tTile: number,
): number {
  const [inRows, inColumns, inTime] = [
    { from: fr * rows, length: ru },
    { from: fc * cols, length: cu },
    { from: tile * tTile, length: t },
  ];
  const pixels = { os: inRows, ws: inTime, is: inColumns }[dataflow];
  const window = { os: inTime, ws: inRows, is: inRows }[dataflow];
  let touches = 0;
  for (let m = pixels.from; m < pixels.from + pixels.length; m++)
    for (let k = window.from; k < window.from + window.length; k++)
      if (ifmapAddress(layer, 0, m, k) !== null) touches++;
  return touches;
}

// ---- words of a pass --------------------------------------------------------------------------------------------------

function wordsOfPasses(group: OrderedGroup, ifmap: SweptWords, filter: readonly SweptWords[]): Record<Input, number>[] {
  const Q = passesOf(group);
  const ofSweep = ({ first, later }: SweptWords, pass: number) => (pass === 0 ? first : later);
  const loops = `${group.dataflow} ${group.order.name}`;
  const sweptByPass = ['os columns outermost', 'os b columns', 'ws columns outermost', 'is T tiles outermost'];
  const ifmapOf = (pass: number): number => {
    if (sweptByPass.includes(loops)) return ofSweep(ifmap, pass);
    const [W, share] = [allWords(ifmap), wholes(allWords(ifmap), Q)];
    return pass === 0 ? W - (Q - 1) * share : share;
  };
  // The ifmap is swept in every pass exactly where the filters have a unit for every pass.
  const filterOf = (pass: number): number =>
    sweptByPass.includes(loops) ? allWords(filter[pass]) : ofSweep(filter[0], pass);
  return Array.from({ length: Q }, (_, pass) => ({ ifmap: ifmapOf(pass), filter: filterOf(pass) }));
}
