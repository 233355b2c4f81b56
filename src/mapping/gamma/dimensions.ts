import type { MaestroLayer } from '../../formats/maestro/index.ts';
import { couplingOf, loopSizes } from '../maestro/index.ts';
import type { GenomeSpace } from './genome.ts';

/** A dimension that may be tiled, with the maps that genomes make of its tiles. */
export interface TiledDimension {
  /** Index among the names of the space, and its size there. */
  readonly d: number;
  readonly tiles: number;
  /** Size of the loop; that of inputs for Y and X. */
  readonly whole: number;
  readonly filter: number;
  readonly step: number;
  readonly inInput: boolean;
  readonly inWeight: boolean;
  readonly inOutput: boolean;
}

export function tiledDimensions({ layer, names, sizes, free }: GenomeSpace): TiledDimension[] {
  const loops = loopSizes(layer);
  const { input, weight, output } = couplingOf(layer);
  return free.map((d) => {
    const name = names[d];
    const isWindow = layer.type !== 'GEMM' && (name === 'Y' || name === 'X');
    return {
      d,
      tiles: sizes[d],
      whole: loops.get(name)!,
      filter: isWindow ? loops.get(name === 'Y' ? 'R' : 'S')! : 0,
      step: isWindow ? stepOf(layer, name) : 1,
      inInput: input.includes(name),
      inWeight: weight.includes(name),
      inOutput: output.includes(name),
    };
  });
}

function stepOf({ strideX, strideY }: MaestroLayer, name: string): number {
  return name === 'Y' ? strideY : strideX;
}

/** Elements of a map of this tile, and from one to the next, as MAESTRO takes a genome's directives. */
export function mapOf(
  { filter, step }: TiledDimension,
  tile: number,
  isInner: boolean,
): readonly [size: number, offset: number] {
  if (filter === 0) return [tile, tile];
  const extent = (tile - 1) * step + 1;
  const size = extent + filter - 1;
  if (step <= 1) return [size, extent];
  const outputs = Math.floor((size + step - filter) / step);
  return [
    outputs * Math.min(step, filter) + Math.max(filter - step, 0),
    outputs * (isInner && filter < step ? filter : step),
  ];
}

/** Factors of the counts, one for each dimension. Names say which count; `inner` ones are those of one whole run of the second level. */
export const FIELDS = [
  'time',
  'iterations',
  'whole',
  'coveredInput',
  'coveredWeight',
  'leaving',
  'firstInput',
  'firstWeight',
  'leavingFirst',
  'innerTime',
  'innerInput',
  'innerWeight',
  'innerFirstInput',
  'innerFirstWeight',
  'sizeInput',
  'sizeWeight',
  'sizeOutput',
  'products',
  'sums',
] as const;
type Field = (typeof FIELDS)[number];
export const WIDTH = FIELDS.length;
export const AT = Object.fromEntries(FIELDS.map((field, i) => [field, i])) as Readonly<Record<Field, number>>;

/** Fields that depend on the tiles of the inner levels, those of time first. */
export const TIMES = [AT.time, AT.innerTime];
export const INNER = [AT.time, ...FIELDS.flatMap((_, f) => (f >= AT.innerTime && f < AT.products ? [f] : []))];

/** Writes the elements that a map of this size takes in a PE. */
export function writeSizes(
  { inInput, inWeight, inOutput }: TiledDimension,
  size: number,
  rows: Float64Array,
  at: number,
): void {
  rows[at + AT.sizeInput] = inInput ? size : 1;
  rows[at + AT.sizeWeight] = inWeight ? size : 1;
  rows[at + AT.sizeOutput] = inOutput ? size : 1;
}
