import { fail } from '../../../base/errors.ts';
import { nineDigits } from '../../../base/number-text.ts';
import { npy } from '../../../formats/npy.ts';
import type { TemperatureField } from '../../../thermal/index.ts';

/** Temperatures of the cells of all layers, as programs read them. */
export interface LayerFields {
  readonly rows: number;
  readonly columns: number;
  readonly widthM: number;
  readonly heightM: number;
  /** By layer, the farthest from the sink first. */
  readonly thicknessM: readonly number[];
  /** Layer x row x column, row 0 north. */
  readonly temperatureK: Float64Array;
}

const WRITERS: Readonly<Record<string, (fields: LayerFields) => string | Uint8Array>> = {
  npy: ({ rows, columns, thicknessM, temperatureK }) => npy(temperatureK, [thicknessM.length, rows, columns]),
  vtk: vtkOf,
  csv: csvOf,
};

/** The writer that the ending of a file's name stands for. Error: `wrong-type`. */
export function fieldWriter(file: string): (fields: LayerFields) => string | Uint8Array {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1].toLowerCase() ?? '';
  if (Object.hasOwn(WRITERS, ending)) return WRITERS[ending];
  return fail('wrong-type', `${file} names no format of fields`, {
    expected: 'a name that ends in .npy, .vtk or .csv',
  });
}

/** Samples x rows x columns. */
export function framesNpy(frames: readonly TemperatureField[]): Uint8Array {
  const { rows, columns } = frames[0];
  const all = new Float64Array(frames.length * rows * columns);
  frames.forEach(({ temperatureK }, k) => {
    all.set(temperatureK, k * rows * columns);
  });
  return npy(all, [frames.length, rows, columns]);
}

/** A rectilinear grid in VTK's legacy format: metres, z towards the sink, a temperature a cell. */
function vtkOf({ rows, columns, widthM, heightM, thicknessM, temperatureK }: LayerFields): string {
  const even = (count: number, sideM: number): number[] =>
    Array.from({ length: count + 1 }, (_, i) => (i * sideM) / count);
  const heights = [0];
  for (const thickness of thicknessM) heights.push(heights[heights.length - 1] + thickness);
  const axis = (name: string, places: readonly number[]): string =>
    `${name}_COORDINATES ${places.length} double\n${places.map(nineDigits).join(' ')}`;
  const cells: string[] = [];
  for (let layer = 0; layer < thicknessM.length; layer++) {
    // From south to north.
    for (let row = rows - 1; row >= 0; row--) {
      const from = (layer * rows + row) * columns;
      cells.push(Array.from(temperatureK.subarray(from, from + columns), nineDigits).join(' '));
    }
  }
  return [
    '# vtk DataFile Version 3.0',
    'temperatures at the face of each layer that is turned away from the sink',
    'ASCII',
    'DATASET RECTILINEAR_GRID',
    `DIMENSIONS ${columns + 1} ${rows + 1} ${thicknessM.length + 1}`,
    axis('X', even(columns, widthM)),
    axis('Y', even(rows, heightM)),
    axis('Z', heights),
    `CELL_DATA ${thicknessM.length * rows * columns}`,
    'SCALARS temperature_k double 1',
    'LOOKUP_TABLE default',
    ...cells,
    '',
  ].join('\n');
}

/** A row a cell, with the place of its middle from the die's bottom left corner. */
function csvOf({ rows, columns, widthM, heightM, thicknessM, temperatureK }: LayerFields): string {
  const lines = ['layer,row,column,x_m,y_m,temperature_k'];
  const x = Array.from({ length: columns }, (_, column) => nineDigits(((column + 0.5) * widthM) / columns));
  const y = Array.from({ length: rows }, (_, row) => nineDigits(((rows - row - 0.5) * heightM) / rows));
  for (let layer = 0, at = 0; layer < thicknessM.length; layer++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        lines.push(`${layer},${row},${column},${x[column]},${y[row]},${nineDigits(temperatureK[at])}`);
      }
    }
  }
  lines.push('');
  return lines.join('\n');
}
