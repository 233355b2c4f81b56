import { Axis, emptyFigures } from '../maestro/index.ts';
import { AT, INNER, mapOf, TIMES, type TiledDimension, WIDTH, writeSizes } from './dimensions.ts';
import { type Handed, leastRun } from './outer-table.ts';

/** Largest tile of which all inner tiles are looked at to bound their times. */
const MOST_TILES = 1024;

/**
 * Factors of one dimension at the inner levels, below a tile of the outermost one. Levels are counted from 0, the second cluster level. Those
 * whose tiles are not chosen yet take as little time as they can.
 */
export class InnerChain {
  private readonly dimension: TiledDimension;
  private readonly levels: number;
  private readonly axes: Axis[] = [];
  private readonly clusters: number[] = [];
  private readonly tiles: number[] = [];
  /** Sizes that the levels cover at most, and the tiles above them. */
  private readonly wholes: number[] = [];
  private handed: Handed = { kinds: new Float64Array(0), count: 0, whole: 0 };
  /** Levels whose tiles are chosen. */
  private chosen = 0;

  /** `levels` are those below the outermost one. */
  constructor(dimension: TiledDimension, levels: number) {
    this.dimension = dimension;
    this.levels = levels;
  }

  /** Starts below an outer tile. */
  begin(tile: number, { kinds, count, whole }: Handed): void {
    this.handed = { kinds: kinds.slice(0, 3 * count), count, whole };
    this.tiles[0] = tile;
    this.wholes[0] = whole;
    this.chosen = 0;
  }

  /** Gives a level its sub-clusters, or 0 where they do not share the dimension. Tiles below it are open again. */
  share(level: number, clusters: number): void {
    const { dimension } = this;
    this.chosen = level;
    this.clusters[level] = clusters;
    this.axes[level] = new Axis(clusters > 0, dimension.inOutput, dimension.filter);
  }

  /** Chooses the tile of a level; returns the size of its map. */
  choose(level: number, tile: number): number {
    const [size, offset] = mapOf(this.dimension, tile, true);
    this.axes[level].load(size, offset, this.wholes[level], this.clusters[level]);
    this.tiles[level + 1] = tile;
    this.wholes[level + 1] = Math.min(size, this.wholes[level]);
    this.chosen = level + 1;
    return size;
  }

  /** The factors of all tiles of a level below those chosen. Deeper than the second cluster level only times and sizes depend on it. */
  rows(level: number, clusters: number): Float64Array {
    const most = this.tiles[level];
    const rows = new Float64Array((most + 1) * WIDTH).fill(1);
    this.share(level, clusters);
    for (let tile = 1; tile <= most; tile++) this.writeRow(level, tile, rows, tile * WIDTH, false);
    return rows;
  }

  /**
   * The least factors over the tiles of the second cluster level; those of a shared dimension, whose tables are many, but for time are 1.
   */
  least(clusters: number): Float64Array {
    const least = new Float64Array(WIDTH).fill(Number.POSITIVE_INFINITY);
    const [most] = this.tiles;
    const isShared = clusters > 0;
    this.share(0, clusters);
    if (most > MOST_TILES) return this.simplest(isShared ? 2 * clusters : 1);
    const row = new Float64Array(WIDTH).fill(1);
    for (let tile = 1; tile <= most; tile++) {
      const size = this.writeRow(0, tile, row, 0, isShared);
      for (const f of isShared ? TIMES : INNER) if (row[f] < least[f]) least[f] = row[f];
      // Larger tiles than those that cover all in one iteration take longer.
      if (isShared && this.wholes[0] <= size + this.axes[0].offset * (clusters - 1)) break;
    }
    if (isShared) for (const f of INNER) if (!TIMES.includes(f)) least[f] = 1;
    if (isShared || this.levels > 1) writeSizes(this.dimension, mapOf(this.dimension, 1, true)[0], least, 0);
    return least;
  }

  private simplest(sharing: number): Float64Array {
    const least = new Float64Array(WIDTH).fill(1);
    const { kinds, count, whole } = this.handed;
    let wholes = 0;
    for (let i = 0; i < 3 * count; i += 3) if (kinds[i + 1] === whole) wholes += kinds[i];
    least[AT.innerTime] = leastRun(this.tiles[0], this.levels) / sharing;
    least[AT.time] = wholes * least[AT.innerTime];
    writeSizes(this.dimension, mapOf(this.dimension, 1, true)[0], least, 0);
    return least;
  }

  private writeRow(level: number, tile: number, rows: Float64Array, at: number, onlyTimes: boolean): number {
    const { dimension, handed } = this;
    const size = this.choose(level, tile);
    let time = 0;
    for (let i = 0; i < 3 * handed.count; i += 3)
      time += handed.kinds[i] * Math.max(this.time(0, handed.kinds[i + 1]), this.time(0, handed.kinds[i + 2]));
    rows[at + AT.time] = time;
    rows[at + AT.innerTime] = this.time(0, this.wholes[0]);
    if (onlyTimes) return size;
    if (level === 0) {
      this.axes[0].figures(this.wholes[0], SCRATCH);
      rows[at + AT.innerInput] = dimension.inInput ? SCRATCH.covered : 1;
      rows[at + AT.innerWeight] = dimension.inWeight ? SCRATCH.covered : 1;
      rows[at + AT.innerFirstInput] = dimension.inInput ? SCRATCH.first : 1;
      rows[at + AT.innerFirstWeight] = dimension.inWeight ? SCRATCH.first : 1;
    }
    const isInnermost = level === this.levels - 1;
    writeSizes(dimension, isInnermost ? size : mapOf(dimension, 1, true)[0], rows, at);
    return size;
  }

  /** Products of the busiest PE in a run of a level over a size that the level above hands down. */
  private time(level: number, whole: number): number {
    if (whole < 0) return 0;
    if (level === this.chosen)
      return whole === this.wholes[level] ? leastRun(this.tiles[level], this.levels - level) : 0;
    const axis = this.axes[level];
    axis.list(whole);
    let time = 0;
    if (level === this.levels - 1) {
      for (let i = 0; i < axis.count; i++) time += axis.times[i] * Math.max(0, axis.critical(i));
      return time;
    }
    for (let i = 0; i < axis.count; i++) {
      if (axis.critical(i) <= 0) continue;
      axis.hand(i);
      const { handedWhole, handedPartial } = axis;
      time += axis.times[i] * Math.max(this.time(level + 1, handedWhole), this.time(level + 1, handedPartial));
    }
    return time;
  }
}

const SCRATCH = emptyFigures();
