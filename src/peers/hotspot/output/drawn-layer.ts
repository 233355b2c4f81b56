import { fail } from '../../../base/errors.ts';
import type { Floorplan } from '../../../thermal/floorplan/index.ts';
import type { HotspotInput } from '../input/files.ts';

/** Files with pictures of a run. */
export interface HotspotPictures {
  /** Picture of the steady state. */
  readonly svg?: string;
  readonly png?: string;
  /** Folder for one PNG per sample and layer. */
  readonly frames?: string;
  readonly floorplanSvg?: string;
  /** Steady temperatures of the cells of all layers: NumPy (.npy), VTK (.vtk) or CSV (.csv), by the ending. */
  readonly field?: readonly string[];
  /** The layer to draw; 0 is farthest from the sink. By default the first layer with power, and in frames all of these. */
  readonly layer?: number;
  /** Ends of the colour scale, °C; by default the lowest and highest temperature. */
  readonly range?: readonly [number, number];
}

/** A layer of a run to draw. */
export interface DrawnLayer {
  readonly index: number;
  readonly floorplan: Floorplan;
}

/** The layer to draw. Errors: `out-of-range` for a layer that does not exist, `option-unused` if there are no cells to draw. */
export function drawnLayer(pictures: HotspotPictures, { problem }: HotspotInput): DrawnLayer {
  const { layers } = problem;
  const first = layers.findIndex(({ power }) => power);
  const index = pictures.layer ?? Math.max(0, first);
  if (index >= layers.length) {
    fail('out-of-range', `there is no layer ${index} to draw`, { expected: `0 to ${layers.length - 1}` });
  }
  const { svg, png, frames, field = [] } = pictures;
  const fields = [svg, png, frames, ...field].some((path) => path !== undefined);
  if (fields && problem.options.model_type !== 'grid') {
    fail('option-unused', 'the block model has no cells to draw', { expected: '-model_type grid' });
  }
  return { index, floorplan: layers[index].floorplan };
}

/** The layers of the frames: the one asked for, or each layer with power, so that a stack shows all of its dies. */
export function framedLayers(pictures: HotspotPictures, { problem }: HotspotInput, drawn: DrawnLayer): DrawnLayer[] {
  if (pictures.layer !== undefined) return [drawn];
  const powered = problem.layers.flatMap(({ power, floorplan }, index) => (power ? [{ index, floorplan }] : []));
  return powered.length > 0 ? powered : [drawn];
}
