import { type Command, InvalidArgumentError } from 'commander';

export const PICTURE_OPTIONS = ['--svg', '--png', '--frames', '--field', '--floorplan-svg', '--layer', '--range'];

export function addPictureOptions(command: Command): Command {
  return command
    .option('--svg <file>', 'draw the steady temperatures of a layer of the grid model')
    .option('--png <file>', 'draw the same as a PNG')
    .option(
      '--frames <folder>',
      'draw the temperatures at the end of every sample, as PNGs with one scale and a page that plays them',
    )
    .option(
      '--field <file>',
      'write the steady temperatures of all cells for NumPy, ParaView or a table: .npy, .vtk or .csv; may be repeated',
      (file: string, before: readonly string[] = []) => [...before, file],
    )
    .option('--floorplan-svg <file>', "draw the layer's floorplan")
    .option('--layer <n>', 'layer of the pictures, 0 farthest from the sink; by default the first with power', layer)
    .option(
      '--range <min,max>',
      'ends of the colour scale in C; by default the lowest and the highest temperature',
      range,
    );
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
