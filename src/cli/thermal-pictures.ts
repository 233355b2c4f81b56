import { type Command, InvalidArgumentError } from 'commander';
import { fail } from '../base/errors.ts';
import type { HotspotInput } from '../peers/hotspot/index.ts';
import type { Floorplan } from '../thermal/index.ts';

/** What of a run is drawn, and where to. */
export interface PictureOptions {
  readonly svg?: string;
  readonly png?: string;
  readonly frames?: string;
  readonly floorplanSvg?: string;
  readonly layer?: number;
  readonly range?: readonly [number, number];
}

export const PICTURE_OPTIONS = ['--svg', '--png', '--frames', '--floorplan-svg', '--layer', '--range'];

export function addPictureOptions(command: Command): Command {
  return command
    .option('--svg <file>', 'draw the steady temperatures of a layer of the grid model')
    .option('--png <file>', 'draw the same as a PNG')
    .option('--frames <folder>', 'draw the temperatures at the end of every sample, as PNGs with one scale')
    .option('--floorplan-svg <file>', "draw the layer's floorplan")
    .option('--layer <n>', 'layer of the pictures, 0 farthest from the sink; by default the first with power', layer)
    .option('--range <min,max>', 'ends of the colour scale in C; by default those of the temperatures', range);
}

function layer(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('A whole number from 0.');
  return Number(text);
}

function range(text: string): [number, number] {
  const ends = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [low, high] = ends;
  if (ends.length !== 2 || !(low < high) || !ends.every(Number.isFinite)) {
    throw new InvalidArgumentError('Two temperatures in C, the lower one first: 45,85.');
  }
  return [low, high];
}

/** A layer of a run to draw. */
export interface DrawnLayer {
  readonly index: number;
  readonly floorplan: Floorplan;
}

/** The layer that the options name. Errors: `out-of-range` for one there is none of, or where there are no cells to draw. */
export function drawnLayer(options: PictureOptions, { problem }: HotspotInput): DrawnLayer {
  const { layers } = problem;
  const first = layers.findIndex(({ power }) => power);
  const index = options.layer ?? Math.max(0, first);
  if (index >= layers.length) {
    fail('out-of-range', `there is no layer ${index} to draw`, { expected: `0 to ${layers.length - 1}` });
  }
  const fields = [options.svg, options.png, options.frames].some((path) => path !== undefined);
  if (fields && problem.options.model_type !== 'grid') {
    fail('option-unused', 'the block model has no cells to draw', { expected: '-model_type grid' });
  }
  return { index, floorplan: layers[index].floorplan };
}
