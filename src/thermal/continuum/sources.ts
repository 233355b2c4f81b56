import type { Block, Floorplan } from '../floorplan/floorplan.ts';
import type { Assembly } from './bodies.ts';

/** A layer's blocks, at its outer face. */
export interface LayerBlocks {
  readonly face: number;
  readonly floorplan: Floorplan;
  /** Whether they dissipate. */
  readonly power: boolean;
  /** Where each of them is read, if that is not the whole block. */
  readonly read?: readonly Block[] | undefined;
}

/** Places from the middle of the die, m. */
export interface Rectangle {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Power that enters evenly over a rectangle of the die, at a face of the stack; number of the rectangle. */
export interface Source {
  readonly rectangle: number;
  readonly face: number;
}

export function rectangleOf({ widthM, heightM }: Pick<Floorplan, 'widthM' | 'heightM'>, block: Block): Rectangle {
  const x0 = block.leftM - widthM / 2;
  // Rows of fields count from the north, places from the south.
  const y0 = block.bottomM - heightM / 2;
  return { x0, x1: x0 + block.widthM, y0, y1: y0 + block.heightM };
}

/** The mean over a rectangle of each mode of the die, in the order of its modes. */
export function meansOver({ bodies, die }: Assembly, { x0, x1, y0, y1 }: Rectangle, body = die): Float64Array {
  const { x, y, modes } = bodies[body];
  const [ofX, ofY] = [x.means(x0, x1), y.means(y0, y1)];
  const means = new Float64Array(modes);
  for (let j = 0, at = 0; j < ofY.length; j++) for (let i = 0; i < ofX.length; i++) means[at++] = ofX[i] * ofY[j];
  return means;
}
