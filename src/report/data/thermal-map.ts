import type { ThermalResult } from '../../cosim/index.ts';
import {
  type CodedColumn,
  type CodedTimes,
  codeColumn,
  codeTimes,
  decodeColumn,
  decodeTimes,
} from './numbers-coded.ts';

/**
 * The die's temperatures at some times, as a few fields of which each frame is a sum: cell = `base` + sum of `weights` x `fields`.
 * Temperatures in K, row 0 north.
 */
export interface MapData {
  readonly rows: number;
  readonly columns: number;
  readonly time: CodedTimes;
  readonly baseK: number;
  readonly fields: readonly CodedColumn[];
  /** One column per field, with a value per frame. */
  readonly weights: readonly CodedColumn[];
  /** Most that a cell may be off, K. */
  readonly errorK: number;
}

/** Fields are added until no cell can be off by more than this, K. */
const TOLERANCE_K = 0.05;
const MOST_FIELDS = 48;

/** Levels of a field and of its weights. Together they are far below the tolerance. */
const LEVELS = 65_535;

export function mapData({ frames, ambientK }: ThermalResult, ticksPerS: number): MapData {
  const { rows, columns, timeS, amplitudes, shapes } = frames;
  const cells = rows * columns;
  const modes = timeS.length === 0 ? 0 : amplitudes.length / timeS.length;
  const nodes = modes === 0 ? cells : shapes.length / modes;
  const highest = Float64Array.from({ length: modes }, (_, m) => largest(shapes, m * nodes, cells));
  const { bases, weights, errorK } = factors(amplitudes, modes, highest);
  return {
    rows,
    columns,
    time: codeTimes(timeS, ticksPerS),
    baseK: ambientK,
    fields: bases.map((basis) => codeColumn(fieldOf(basis, shapes, nodes, cells), LEVELS)),
    weights: weights.map((column) => codeColumn(column, LEVELS)),
    errorK: Number(errorK.toPrecision(2)),
  };
}

function largest(values: Float64Array, from: number, count: number): number {
  let most = 0;
  for (let i = from; i < from + count; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

function fieldOf(basis: Float64Array, shapes: Float64Array, nodes: number, cells: number): Float64Array {
  const field = new Float64Array(cells);
  for (let m = 0; m < basis.length; m++) {
    const weight = basis[m];
    for (let i = 0, at = m * nodes; i < cells; i++, at++) field[i] += weight * shapes[at];
  }
  return field;
}

/**
 * Splits rows of amplitudes into weights times a few basis rows, the frame that is off most becoming the next basis. `highest` is the
 * largest value of each mode's shape: the sum of what is left of each amplitude times that bounds every cell's error.
 */
function factors(amplitudes: Float64Array, modes: number, highest: Float64Array) {
  const left = amplitudes.slice();
  const frames = modes === 0 ? 0 : left.length / modes;
  const bases: Float64Array[] = [];
  const weights: Float64Array[] = [];
  for (;;) {
    const { frame, errorK } = worstFrame(left, modes, highest);
    if (errorK <= TOLERANCE_K || bases.length === MOST_FIELDS) return { bases, weights, errorK };
    const basis = left.slice(frame * modes, (frame + 1) * modes);
    const scaled = basis.map((value, m) => value * highest[m] * highest[m]);
    const norm = dot(basis, scaled, 0);
    const column = new Float64Array(frames);
    for (let f = 0; f < frames; f++) {
      const weight = dot(left, scaled, f * modes) / norm;
      column[f] = weight;
      for (let m = 0; m < modes; m++) left[f * modes + m] -= weight * basis[m];
    }
    bases.push(basis);
    weights.push(column);
  }
}

function worstFrame(left: Float64Array, modes: number, highest: Float64Array): { frame: number; errorK: number } {
  let [frame, most] = [0, 0];
  for (let f = 0; f * modes < left.length; f++) {
    let sum = 0;
    for (let m = 0; m < modes; m++) sum += Math.abs(left[f * modes + m]) * highest[m];
    if (sum > most) [frame, most] = [f, sum];
  }
  return { frame, errorK: most };
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[from + i] * b[i];
  return sum;
}

/** The decoded map: a field for each time. */
export interface MapModel {
  readonly rows: number;
  readonly columns: number;
  readonly timeS: Float64Array;
  readonly errorK: number;
  /** Writes the temperatures of a frame, K. */
  readonly frame: (index: number, out: Float64Array) => Float64Array;
}

export function mapModel(data: MapData, ticksPerS: number): MapModel {
  const { rows, columns, baseK, errorK } = data;
  const timeS = decodeTimes(data.time, ticksPerS);
  const fields = data.fields.map((field) => decodeColumn(field, rows * columns));
  const weights = data.weights.map((column) => decodeColumn(column, timeS.length));
  const frame = (index: number, out: Float64Array): Float64Array => {
    out.fill(baseK);
    fields.forEach((field, k) => {
      const weight = weights[k][index];
      for (let i = 0; i < out.length; i++) out[i] += weight * field[i];
    });
    return out;
  };
  return { rows, columns, timeS, errorK, frame };
}
