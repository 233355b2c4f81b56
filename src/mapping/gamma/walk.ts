import { TIMES, WIDTH } from './dimensions.ts';

/** Outcomes of a step of a walk. */
export const LEAF = 0;
export const PAUSE = 1;
export const END = 2;

/**
 * Walks depth first over the choices of a tile for each dimension. `values` are products of the factors chosen so far and of the least
 * factors of the rest, so that they bound every choice below from below.
 */
export class Walk {
  /** Bounds of the running node, by field. */
  readonly values = new Float64Array(WIDTH);
  /** The tile of each dimension, by depth. */
  readonly tiles: Int32Array;
  private nodes = 0;
  private readonly rows: readonly Float64Array[];
  private readonly chosen: Float64Array;
  private readonly least: Float64Array;
  private depth = 0;

  /** Times are divided by `sharing`, the number of PEs that a later choice may spread them over. */
  constructor(rows: readonly Float64Array[], sharing: number) {
    const n = rows.length;
    this.rows = rows;
    this.tiles = new Int32Array(n);
    this.chosen = new Float64Array((n + 1) * WIDTH).fill(1);
    this.least = new Float64Array((n + 1) * WIDTH).fill(1);
    for (let depth = n - 1; depth >= 0; depth--) {
      for (let f = 0; f < WIDTH; f++) {
        let least = Number.POSITIVE_INFINITY;
        for (let at = WIDTH + f; at < rows[depth].length; at += WIDTH)
          if (rows[depth][at] < least) least = rows[depth][at];
        this.least[depth * WIDTH + f] = least * this.least[(depth + 1) * WIDTH + f];
      }
    }
    for (const f of TIMES) this.chosen[f] /= sharing;
    for (let f = 0; f < WIDTH; f++) this.values[f] = this.chosen[f] * this.least[f];
  }

  /** The nodes since this was asked last. */
  takeNodes(): number {
    const { nodes } = this;
    this.nodes = 0;
    return nodes;
  }

  /** Goes on to the next choice of all tiles that passes `isPromising`, over at most `most` nodes. */
  next(isPromising: (values: Float64Array) => boolean, most: number): typeof LEAF | typeof PAUSE | typeof END {
    const { rows, tiles, chosen, least, values } = this;
    const last = tiles.length - 1;
    for (let budget = most; this.depth >= 0; budget--) {
      if (budget <= 0) return PAUSE;
      const { depth } = this;
      const at = ++tiles[depth] * WIDTH;
      const row = rows[depth];
      if (at >= row.length) {
        tiles[depth] = 0;
        this.depth--;
        continue;
      }
      this.nodes++;
      const from = depth * WIDTH;
      for (let f = 0; f < WIDTH; f++) {
        const product = chosen[from + f] * row[at + f];
        chosen[from + WIDTH + f] = product;
        values[f] = product * least[from + WIDTH + f];
      }
      if (!isPromising(values)) continue;
      if (depth === last) return LEAF;
      this.depth++;
    }
    return END;
  }
}
