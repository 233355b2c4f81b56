import { Axis, type AxisFigures, emptyFigures } from '../maestro/index.ts';
import { AT, mapOf, type TiledDimension, WIDTH, writeSizes } from './dimensions.ts';

/** Sizes that an outer level hands down to whole and partial sub-clusters, and how often, in threes. */
export interface Handed {
  readonly kinds: Float64Array;
  readonly count: number;
  /** The size of a whole sub-cluster. */
  readonly whole: number;
}

/**
 * Factors of one dimension for each tile of the outermost level. Those of inner levels are so small that no choice of inner tiles is below
 * them; `InnerChain` has the exact ones.
 */
export class OuterTable {
  /** At tile * WIDTH + field, tiles from 1. */
  readonly rows: Float64Array;
  readonly dimension: TiledDimension;
  private readonly clusters: number;
  private readonly axis: Axis;
  private readonly kinds = new Float64Array(9);

  /** `clusters` are the sub-clusters that share the dimension, or 0; `innerLevels` the levels below. */
  constructor(dimension: TiledDimension, clusters: number, innerLevels: number) {
    this.dimension = dimension;
    this.clusters = clusters;
    this.axis = new Axis(clusters > 0, dimension.inOutput, dimension.filter);
    this.rows = new Float64Array((dimension.tiles + 1) * WIDTH);
    for (let tile = 1; tile <= dimension.tiles; tile++) this.writeRow(tile, innerLevels);
  }

  /** The figures of the outer level under a tile. */
  figuresAt(tile: number): AxisFigures {
    const figures = emptyFigures();
    this.load(tile);
    this.axis.figures(this.dimension.whole, figures);
    return figures;
  }

  private load(tile: number): number {
    const { dimension, clusters } = this;
    const [size, offset] = mapOf(dimension, tile, false);
    this.axis.load(size, offset, dimension.whole, clusters);
    return size;
  }

  private writeRow(tile: number, innerLevels: number): void {
    const { dimension, rows } = this;
    const at = tile * WIDTH;
    const size = this.load(tile);
    this.axis.figures(dimension.whole, SCRATCH);
    writeOuter(dimension, SCRATCH, rows, at);
    rows.fill(1, at + AT.innerTime, at + AT.sizeInput);
    if (innerLevels === 0) {
      rows[at + AT.time] = SCRATCH.critical;
      writeSizes(dimension, size, rows, at);
      return;
    }
    writeSizes(dimension, mapOf(dimension, 1, true)[0], rows, at);
    const { kinds, count, whole } = this.handedAt(tile);
    let wholes = 0;
    for (let i = 0; i < 3 * count; i += 3) if (kinds[i + 1] === whole) wholes += kinds[i];
    rows[at + AT.innerTime] = leastRun(tile, innerLevels);
    rows[at + AT.time] = wholes * rows[at + AT.innerTime];
  }

  /** The sizes that a tile hands down; valid until the next call. */
  handedAt(tile: number): Handed {
    const { dimension, axis, kinds } = this;
    this.load(tile);
    axis.list(dimension.whole);
    let count = 0;
    for (let i = 0; i < axis.count; i++) {
      if (axis.critical(i) <= 0) continue;
      axis.hand(i);
      kinds[3 * count] = axis.times[i];
      kinds[3 * count + 1] = axis.handedWhole;
      kinds[3 * count + 2] = axis.handedPartial;
      count++;
    }
    return { kinds, count, whole: Math.min(mapOf(dimension, tile, false)[0], dimension.whole) };
  }
}

const SCRATCH = emptyFigures();

/**
 * The least products of the busiest PE in a run of inner levels over a whole tile, but for the sub-clusters that share it. A level covers its
 * size once; of sizes that its own partial iterations hand down the next one may lose all, and those are less than half.
 */
export function leastRun(tile: number, levels: number): number {
  return tile / 2 ** (levels - 1);
}

/** The factor by which sub-clusters of so many levels shorten a run at most: they may lose the last of n iterations, n at least 2. */
export function mostSharing(clusters: number, levels: number): number {
  return clusters === 1 ? 1 : clusters * 2 ** levels;
}

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
