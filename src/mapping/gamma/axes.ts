import type { MaestroLayer } from '../../formats/maestro/index.ts';
import { Axis, type AxisFigures, couplingOf, emptyFigures, loopSizes } from '../maestro/index.ts';
import type { GenomeSpace } from './genome.ts';

/** A dimension that may be tiled, with the maps that genomes make of its tiles. */
export interface TiledDimension {
  /** Index among the names of the space, and its size there. */
  readonly d: number;
  readonly tiles: number;
  /** Size of the loop; that of inputs for Y and X. */
  readonly whole: number;
  readonly filter: number;
  readonly step: number;
  readonly inInput: boolean;
  readonly inWeight: boolean;
  readonly inOutput: boolean;
}

export function tiledDimensions({ layer, names, sizes, free }: GenomeSpace): TiledDimension[] {
  const loops = loopSizes(layer);
  const { input, weight, output } = couplingOf(layer);
  return free.map((d) => {
    const name = names[d];
    const isWindow = layer.type !== 'GEMM' && (name === 'Y' || name === 'X');
    return {
      d,
      tiles: sizes[d],
      whole: loops.get(name)!,
      filter: isWindow ? loops.get(name === 'Y' ? 'R' : 'S')! : 0,
      step: isWindow ? stepOf(layer, name) : 1,
      inInput: input.includes(name),
      inWeight: weight.includes(name),
      inOutput: output.includes(name),
    };
  });
}

function stepOf({ strideX, strideY }: MaestroLayer, name: string): number {
  return name === 'Y' ? strideY : strideX;
}

/** Elements of a map of this tile, and from one to the next, as MAESTRO takes a genome's directives. */
function mapOf(
  { filter, step }: TiledDimension,
  tile: number,
  isInner: boolean,
): readonly [size: number, offset: number] {
  if (filter === 0) return [tile, tile];
  const extent = (tile - 1) * step + 1;
  const size = extent + filter - 1;
  if (step <= 1) return [size, extent];
  const outputs = Math.floor((size + step - filter) / step);
  return [
    outputs * Math.min(step, filter) + Math.max(filter - step, 0),
    outputs * (isInner && filter < step ? filter : step),
  ];
}

/** Factors of the counts, one for each dimension. Names say which count; `inner` ones are those of one whole inner run. */
export const FIELDS = [
  'time',
  'iterations',
  'whole',
  'coveredInput',
  'coveredWeight',
  'leaving',
  'firstInput',
  'firstWeight',
  'leavingFirst',
  'innerTime',
  'innerInput',
  'innerWeight',
  'innerLeaving',
  'innerFirstInput',
  'innerFirstWeight',
  'sizeInput',
  'sizeWeight',
  'sizeOutput',
  'products',
  'sums',
] as const;
type Field = (typeof FIELDS)[number];
export const WIDTH = FIELDS.length;
export const AT = Object.fromEntries(FIELDS.map((field, i) => [field, i])) as Readonly<Record<Field, number>>;

/** Roles of a dimension: sub-clusters over which a level spreads it, or 0; `inner` is undefined for genomes of one level. */
export interface Role {
  readonly outer: number;
  readonly inner: number | undefined;
}

/** Factors of one dimension for each tile of the outer level, each the least over the tiles of the inner level. */
export class AxisTable {
  /** At tile * WIDTH + field, tiles from 1. */
  readonly rows: Float64Array;
  readonly dimension: TiledDimension;
  private readonly role: Role;
  private readonly sequential: AxisTable | undefined;
  private readonly outer: Axis;
  private readonly inner: Axis;
  /** How often the outer level hands down which sizes to whole and partial sub-clusters, in threes. */
  private readonly handed = new Float64Array(9);
  private kinds = 0;
  private innerWhole = 1;

  /** `sequential` is the table of the same dimension without any parallelism, if the inner level has none. */
  constructor(dimension: TiledDimension, role: Role, sequential?: AxisTable) {
    this.dimension = dimension;
    this.sequential = sequential;
    this.role = role;
    this.outer = new Axis(role.outer > 0, dimension.inOutput, dimension.filter);
    this.inner = new Axis((role.inner ?? 0) > 0, dimension.inOutput, dimension.filter);
    this.rows = new Float64Array((dimension.tiles + 1) * WIDTH);
    for (let tile = 1; tile <= dimension.tiles; tile++) this.writeRow(tile);
  }

  /** The figures of the outer level under a tile. */
  figuresAt(tile: number): AxisFigures {
    const figures = emptyFigures();
    this.load(tile);
    this.outer.figures(this.dimension.whole, figures);
    return figures;
  }

  private writeRow(tile: number): void {
    const { dimension, rows, role } = this;
    const at = tile * WIDTH;
    const size = this.load(tile);
    const figures = SCRATCH;
    this.outer.figures(dimension.whole, figures);
    writeOuter(dimension, figures, rows, at);
    if (role.inner === undefined) {
      rows[at + AT.time] = figures.critical;
      rows.fill(1, at + AT.innerTime, at + AT.sizeInput);
      writeSizes(dimension, size, rows, at);
    } else this.leastInner(tile, at);
  }

  /** Writes the least factors over the inner tiles; those of a parallel dimension, whose tables are many, but for time are 1. */
  private leastInner(tile: number, at: number): void {
    const { dimension, rows, role } = this;
    rows.fill(1, at + AT.innerTime, at + AT.sizeInput);
    writeSizes(dimension, mapOf(dimension, 1, true)[0], rows, at);
    const row = new Float64Array(WIDTH);
    const least = new Float64Array(WIDTH).fill(Number.POSITIVE_INFINITY);
    const [isParallel, known] = [role.inner! > 0, this.sequential?.rows];
    this.handDown(tile);
    if (tile > MOST_TILES) {
      this.writeSimpleTimes(tile, at);
      return;
    }
    for (let u = 1; u <= tile; u++) {
      const size = isParallel || known ? this.innerTimes(u, row, 0) : this.innerRow(u, row, 0);
      for (let f = 0; f < WIDTH; f++) if (row[f] < least[f]) least[f] = row[f];
      // Larger tiles than those that cover all in one iteration take longer.
      if (isParallel && this.innerWhole <= size + this.inner.offset * (role.inner! - 1)) break;
    }
    for (const f of isParallel || known ? TIMES : INNER) rows[at + f] = least[f];
    // The inner level does not see how the outer one spreads the dimension.
    if (known) for (const f of INNER) if (!TIMES.includes(f)) rows[at + f] = known[at + f];
  }

  /**
   * Bounds of the times for large tiles. An inner run covers its size once; where sub-clusters share it, MAESTRO may lose the last of
   * n iterations, n at least 2.
   */
  private writeSimpleTimes(tile: number, at: number): void {
    const { rows, role, handed, innerWhole } = this;
    const least = role.inner! > 0 ? tile / (2 * role.inner!) : tile;
    let wholes = 0;
    for (let i = 0; i < 3 * this.kinds; i += 3) if (handed[i + 1] === innerWhole) wholes += handed[i];
    rows[at + AT.time] = wholes * least;
    rows[at + AT.innerTime] = least;
  }

  private load(tile: number): number {
    const { dimension, role } = this;
    const [size, offset] = mapOf(dimension, tile, false);
    this.outer.load(size, offset, dimension.whole, role.outer);
    return size;
  }

  /** The factors for all inner tiles of an outer tile. */
  innerRows(tile: number): Float64Array {
    const rows = new Float64Array((tile + 1) * WIDTH);
    this.load(tile);
    this.handDown(tile);
    for (let u = 1; u <= tile; u++) this.innerRow(u, rows, u * WIDTH);
    return rows;
  }

  /** Lists the sizes that the outer level, which has been loaded, hands down. */
  private handDown(tile: number): void {
    const { dimension, outer, handed } = this;
    this.innerWhole = Math.min(mapOf(dimension, tile, false)[0], dimension.whole);
    outer.list(dimension.whole);
    this.kinds = 0;
    for (let i = 0; i < outer.count; i++) {
      if (outer.critical(i) <= 0) continue;
      outer.hand(i);
      handed[3 * this.kinds] = outer.times[i];
      handed[3 * this.kinds + 1] = outer.handedWhole;
      handed[3 * this.kinds + 2] = outer.handedPartial;
      this.kinds++;
    }
  }

  /** Writes the factors of an inner tile. */
  private innerRow(inner: number, rows: Float64Array, at: number): number {
    const { dimension } = this;
    const size = this.innerTimes(inner, rows, at);
    this.inner.figures(this.innerWhole, SCRATCH);
    rows[at + AT.innerInput] = dimension.inInput ? SCRATCH.covered : 1;
    rows[at + AT.innerWeight] = dimension.inWeight ? SCRATCH.covered : 1;
    rows[at + AT.innerLeaving] = SCRATCH.leaving;
    rows[at + AT.innerFirstInput] = dimension.inInput ? SCRATCH.first : 1;
    rows[at + AT.innerFirstWeight] = dimension.inWeight ? SCRATCH.first : 1;
    writeSizes(dimension, size, rows, at);
    return size;
  }

  /** Writes the factors of time only, and returns the size of the map. */
  private innerTimes(inner: number, rows: Float64Array, at: number): number {
    const { dimension, role, handed, innerWhole } = this;
    const [size, offset] = mapOf(dimension, inner, true);
    this.inner.load(size, offset, innerWhole, role.inner!);
    let time = 0;
    for (let i = 0; i < 3 * this.kinds; i += 3)
      time += handed[i] * Math.max(this.timeAt(handed[i + 1]), this.timeAt(handed[i + 2]));
    rows[at + AT.time] = time;
    rows[at + AT.innerTime] = this.timeAt(innerWhole);
    return size;
  }

  /** Products of the busiest PE of an inner run over a size that the outer level hands down. */
  private timeAt(whole: number): number {
    if (whole < 0) return 0;
    const { inner } = this;
    inner.list(whole);
    let time = 0;
    for (let i = 0; i < inner.count; i++) time += inner.times[i] * Math.max(0, inner.critical(i));
    return time;
  }
}

const SCRATCH = emptyFigures();

/** Largest tile of which all inner tiles are looked at to bound their times. */
const MOST_TILES = 1024;

/** Fields that depend on the inner tile, those of time first. */
const TIMES = [AT.time, AT.innerTime];
const INNER = [AT.time, ...FIELDS.flatMap((_, f) => (f >= AT.innerTime && f < AT.products ? [f] : []))];

function writeOuter({ inInput, inWeight }: TiledDimension, figures: AxisFigures, rows: Float64Array, at: number): void {
  rows[at + AT.iterations] = figures.iterations;
  rows[at + AT.whole] = figures.wholeIterations;
  rows[at + AT.coveredInput] = inInput ? figures.covered : 1;
  rows[at + AT.coveredWeight] = inWeight ? figures.covered : 1;
  rows[at + AT.leaving] = Math.max(0, figures.leaving);
  rows[at + AT.firstInput] = inInput ? figures.first : 1;
  rows[at + AT.firstWeight] = inWeight ? figures.first : 1;
  rows[at + AT.leavingFirst] = Math.max(0, figures.leavingFirst);
  rows[at + AT.products] = Math.max(0, figures.products);
  rows[at + AT.sums] = Math.max(0, figures.sums);
}

function writeSizes(
  { inInput, inWeight, inOutput }: TiledDimension,
  size: number,
  rows: Float64Array,
  at: number,
): void {
  rows[at + AT.sizeInput] = inInput ? size : 1;
  rows[at + AT.sizeWeight] = inWeight ? size : 1;
  rows[at + AT.sizeOutput] = inOutput ? size : 1;
}
