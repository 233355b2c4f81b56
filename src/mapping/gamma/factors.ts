import type { TiledDimension } from './dimensions.ts';

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
