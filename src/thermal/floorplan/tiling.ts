import { type Block, type Floorplan, rightM, SAME_PLACE_M, topM } from './floorplan.ts';
import type { Grid } from './grid-map.ts';

/**
 * The division of a die into sites, equal in all planes: the cells of a grid, or the blocks of a floorplan. A layer of
 * conductivity k and thickness t joins neighbours i and j by 1 / (fromShape / (k_i t) + toShape / (k_j t)). A shape is
 * the distance from a site's centre to the common border, divided by that border's length.
 */
export interface Tiling {
  readonly dieWidthM: number;
  readonly dieHeightM: number;
  readonly areaM2: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly fromShape: Float64Array;
  readonly toShape: Float64Array;
  /** The borders west, east, north and south. */
  readonly borders: readonly Border[];
}

/** The sites along one side of the die, with the shape of each one's path to that side. */
export interface Border {
  readonly sites: Int32Array;
  readonly shapes: Float64Array;
}

/**
 * The cells of a grid as sites. `exchanged` swaps the lateral shapes of the two directions, but not those of the
 * borders: HotSpot 7.0 joins rows by the resistance that it computed for columns, and columns by that for rows.
 */
export function gridTiling({ widthM, heightM }: Floorplan, { rows, columns }: Grid, exchanged: boolean): Tiling {
  const sites = rows * columns;
  const cellWidthM = widthM / columns;
  const cellHeightM = heightM / rows;
  const eastWest = cellWidthM / 2 / cellHeightM;
  const northSouth = cellHeightM / 2 / cellWidthM;
  const pairs = rows * (columns - 1) + columns * (rows - 1);
  const from = new Int32Array(pairs);
  const to = new Int32Array(pairs);
  const shape = new Float64Array(pairs);
  let at = 0;
  for (let site = 0; site < sites; site++) {
    if ((site + 1) % columns !== 0) {
      from[at] = site;
      to[at] = site + 1;
      shape[at++] = exchanged ? northSouth : eastWest;
    }
    if (site + columns < sites) {
      from[at] = site;
      to[at] = site + columns;
      shape[at++] = exchanged ? eastWest : northSouth;
    }
  }
  const border = (count: number, first: number, step: number, shapeOfOne: number): Border => ({
    sites: Int32Array.from({ length: count }, (_, i) => first + i * step),
    shapes: new Float64Array(count).fill(shapeOfOne),
  });
  return {
    dieWidthM: widthM,
    dieHeightM: heightM,
    areaM2: new Float64Array(sites).fill(cellWidthM * cellHeightM),
    from,
    to,
    fromShape: shape,
    toShape: shape,
    borders: [
      border(rows, 0, columns, eastWest),
      border(rows, columns - 1, columns, eastWest),
      border(columns, 0, 1, northSouth),
      border(columns, sites - columns, 1, northSouth),
    ],
  };
}

/** Blocks as sites (HotSpot's block model). Area that no block covers does not exist. */
export function blockTiling({ blocks, widthM, heightM, samePlaceM = SAME_PLACE_M }: Floorplan): Tiling {
  const same = (a: number, b: number): boolean => Math.abs(a - b) < samePlaceM;
  const from: number[] = [];
  const to: number[] = [];
  const fromShape: number[] = [];
  const toShape: number[] = [];
  for (let i = 0; i < blocks.length; i++) {
    for (let j = i + 1; j < blocks.length; j++) {
      const shapes = sharedBorder(blocks[i], blocks[j], same);
      if (!shapes) continue;
      from.push(i);
      to.push(j);
      fromShape.push(shapes[0]);
      toShape.push(shapes[1]);
    }
  }
  const border = (isThere: (block: Block) => boolean, shape: (block: Block) => number): Border => {
    const sites = blocks.flatMap((block, i) => (isThere(block) ? [i] : []));
    return { sites: Int32Array.from(sites), shapes: Float64Array.from(sites, (i) => shape(blocks[i])) };
  };
  const eastWest = (block: Block): number => block.widthM / 2 / block.heightM;
  const northSouth = (block: Block): number => block.heightM / 2 / block.widthM;
  return {
    dieWidthM: widthM,
    dieHeightM: heightM,
    areaM2: Float64Array.from(blocks, (block) => block.widthM * block.heightM),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    fromShape: Float64Array.from(fromShape),
    toShape: Float64Array.from(toShape),
    borders: [
      border((block) => same(block.leftM, 0), eastWest),
      border((block) => same(rightM(block), widthM), eastWest),
      border((block) => same(topM(block), heightM), northSouth),
      border((block) => same(block.bottomM, 0), northSouth),
    ],
  };
}

/** The shapes of the paths from both blocks to their common border; undefined if they share none, or touch only at a corner. */
function sharedBorder(
  a: Block,
  b: Block,
  same: (a: number, b: number) => boolean,
): readonly [number, number] | undefined {
  const beside = same(rightM(a), b.leftM) || same(a.leftM, rightM(b));
  const above = same(topM(a), b.bottomM) || same(a.bottomM, topM(b));
  if (beside === above) return undefined;
  const lengthM = beside
    ? Math.min(topM(a), topM(b)) - Math.max(a.bottomM, b.bottomM)
    : Math.min(rightM(a), rightM(b)) - Math.max(a.leftM, b.leftM);
  if (!(lengthM > 0)) return undefined;
  return beside ? [a.widthM / 2 / lengthM, b.widthM / 2 / lengthM] : [a.heightM / 2 / lengthM, b.heightM / 2 / lengthM];
}
