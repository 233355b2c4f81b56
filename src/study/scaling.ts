import { type Dataflow, findDataflow } from '../systolic/dataflows/index.ts';
import type { ArraySize } from '../systolic/index.ts';
import { gemmShape, type Layer } from '../workload/index.ts';

/**
 * Run times of one array (scale-up) and of several (scale-out) in closed form, and the search for the best design of a
 * budget of MACs. Equations: A. Samajdar, J. M. Joseph, Y. Zhu, P. Whatmough, M. Mattina, T. Krishna, "A Systematic
 * Methodology for Characterizing Scalability of DNN Accelerators using SCALE-Sim", ISPASS 2020, section III.
 * docs/guide/scaling.md describes how they were checked.
 */

/** Lengths of a product's axes: along the rows of an array (the paper's S_R), along its columns (S_C) and in time (T). */
export interface Extents {
  readonly rows: number;
  readonly columns: number;
  readonly streamed: number;
}

/** P_R x P_C equal arrays of R x C processing elements; one array is monolithic. */
export interface ScalingDesign extends ArraySize {
  readonly partitionRows: number;
  readonly partitionColumns: number;
}

/** S_R, S_C and T of one group of a layer under a dataflow. */
export function extentsOf(layer: Layer, { axes }: Dataflow): Extents {
  const shape = gemmShape(layer);
  return { rows: shape[axes.rows], columns: shape[axes.columns], streamed: shape[axes.streamed] };
}

/** Cycles of an array as large as the product: 2 S_R + S_C + T - 2. */
export function unlimitedCycles({ rows, columns, streamed }: Extents): number {
  return foldCycles({ rows, columns }, streamed);
}

/**
 * Cycles of one fold: 2 R + C + T - 2. An os fold of our schedule takes R fewer, since its results leave while the next
 * fold computes.
 */
export function foldCycles({ rows, columns }: ArraySize, streamed: number): number {
  return 2 * rows + columns + streamed - 2;
}

/** Folds F_R F_C = ceil(S_R / R) ceil(S_C / C), the paper's equation 2. */
export function foldCount({ rows, columns }: Extents, array: ArraySize): number {
  return Math.ceil(rows / array.rows) * Math.ceil(columns / array.columns);
}

/** Cycles of one array: (2 R + C + T - 2) F_R F_C, equation 4. */
export function scaleUpCycles(extents: Extents, array: ArraySize): number {
  return foldCycles(array, extents.streamed) * foldCount(extents, array);
}

/**
 * Cycles of several arrays: those of the array with the largest part, S'_R = ceil(S_R / P_R), S'_C = ceil(S_C / P_C);
 * equations 5 and 6.
 */
export function scaleOutCycles(extents: Extents, design: ScalingDesign): number {
  return scaleUpCycles(largestPart(extents, design), design);
}

function largestPart(
  { rows, columns, streamed }: Extents,
  { partitionRows, partitionColumns }: ScalingDesign,
): Extents {
  return { rows: Math.ceil(rows / partitionRows), columns: Math.ceil(columns / partitionColumns), streamed };
}

/** The assumed duration of a fold: the paper's equation, or our stall-free schedule. They differ under os alone. */
export type ScalingModel = 'equation' | 'schedule';

/**
 * Stall-free cycles of a layer with all its groups. Groups are not in the paper: if there are enough for all arrays,
 * the arrays share them out; otherwise they run in sequence, each on all arrays. `schedulePartitioned` does the same,
 * and its `cycles` equal the model `schedule` as long as partial sums fit and T is not cut. Error: `unknown-name`
 * (dataflow).
 */
export function designCycles(layer: Layer, dataflowId: string, design: ScalingDesign, model: ScalingModel): number {
  const dataflow = findDataflow(dataflowId);
  const extents = extentsOf(layer, dataflow);
  const arrays = arraysOf(design);
  const shared = layer.groups >= arrays;
  const part = shared ? extents : largestPart(extents, design);
  const groups = shared ? Math.ceil(layer.groups / arrays) : layer.groups;
  const ofFold = model === 'equation' ? foldCycles : dataflow.foldLength;
  return groups * foldCount(part, design) * ofFold(design, part.streamed);
}

/** Number of arrays of a design. */
export function arraysOf({ partitionRows, partitionColumns }: ScalingDesign): number {
  return partitionRows * partitionColumns;
}

/** Rows and columns of the smallest array in the search. */
export const SMALLEST_SIDE = 8;

/**
 * Every design of exactly 2^exponent MACs whose sides are powers of two and whose arrays have at least 8 rows and
 * columns. Their order breaks ties between equally fast designs: fewer arrays, squarer arrays, fewer rows of processing
 * elements, fewer rows of arrays.
 */
export function designsOf(exponent: number): ScalingDesign[] {
  const least = Math.log2(SMALLEST_SIDE);
  const found: (ScalingDesign & { readonly lean: number })[] = [];
  for (let r = least; r <= exponent - least; r++) {
    for (let c = least; r + c <= exponent; c++) {
      const arrays = exponent - r - c;
      for (let p = 0; p <= arrays; p++) {
        const sides = { partitionRows: 2 ** p, partitionColumns: 2 ** (arrays - p), rows: 2 ** r, columns: 2 ** c };
        found.push({ ...sides, lean: Math.abs(r - c) });
      }
    }
  }
  const order = (a: ScalingDesign & { lean: number }, b: ScalingDesign & { lean: number }): number =>
    arraysOf(a) - arraysOf(b) || a.lean - b.lean || a.rows - b.rows || a.partitionRows - b.partitionRows;
  return found.sort(order).map(({ lean: _, ...design }) => design);
}

/**
 * The design that takes the fewest cycles for all layers in sequence; the first one among equals. Error: `unknown-name`
 * (dataflow).
 */
export function fastestDesign(
  layers: readonly Layer[],
  dataflow: string,
  designs: readonly ScalingDesign[],
  model: ScalingModel,
): { readonly design: ScalingDesign; readonly cycles: number } {
  let best = { design: designs[0], cycles: Number.POSITIVE_INFINITY };
  for (const design of designs) {
    const cycles = layers.reduce((sum, layer) => sum + designCycles(layer, dataflow, design, model), 0);
    if (cycles < best.cycles) best = { design, cycles };
  }
  return best;
}
