import type { ReducedModel } from './reduced-model.ts';

/** Keeps what is costly to compute, by a text that says all it depends on. A lost or bad entry is only slow. */
export interface ResultCache {
  get(key: string): readonly Float64Array[] | undefined;
  put(key: string, columns: readonly Float64Array[]): void;
}

/** Changes whenever the same inputs would give other numbers. */
const MODEL_VERSION = 20;

/** The properties by which a stored model is the one asked for. */
export interface ModelShape {
  readonly blocks: number;
  /** Nodes of its fields, and initial fields. */
  readonly fieldNodes: number;
  readonly starts: number;
  /** Whether blocks are read elsewhere than as their mean. */
  readonly hasReadings?: boolean;
  readonly ambientK: number;
}

/**
 * The reduced model of everything that `facts` hold (plain data, geometry to options), from the cache if it has been made
 * before.
 */
export function cachedModel(
  cache: ResultCache | undefined,
  facts: unknown,
  shape: ModelShape,
  make: () => ReducedModel,
): ReducedModel {
  const key = JSON.stringify(['reduced model', MODEL_VERSION, facts]);
  const kept = cache?.get(key);
  const known = kept && fromColumns(kept, shape);
  if (known) return known;
  const model = make();
  const { rate, input, output, stored, outflow, fields, starts = NONE, readings = NONE, operations = 0 } = model;
  const work = Float64Array.of(operations);
  cache?.put(key, [rate, input, output, stored, outflow, fields, starts, readings, work]);
  return model;
}

const NONE = new Float64Array(0);

/** One column of everything that `facts` hold, in the same way. */
export function cachedColumn(
  cache: ResultCache | undefined,
  facts: unknown,
  length: number,
  make: () => Float64Array,
): Float64Array {
  const key = JSON.stringify(['column', MODEL_VERSION, facts]);
  const kept = cache?.get(key);
  if (kept?.length === 1 && kept[0].length === length) return kept[0];
  const column = make();
  cache?.put(key, [column]);
  return column;
}

/** Undefined if the columns cannot be those of such a model. */
function fromColumns(columns: readonly Float64Array[], shape: ModelShape): ReducedModel | undefined {
  const { blocks, ambientK, hasReadings = false } = shape;
  const [rate, input, output, stored, outflow, fields, starts, readings, work] = columns;
  const modes = rate?.length ?? 0;
  const fieldSize = modes * shape.fieldNodes;
  const read = hasReadings ? blocks * modes : 0;
  const expected = [modes, modes * blocks, blocks * modes, modes, modes, fieldSize, modes * shape.starts, read, 1];
  if (columns.length !== expected.length || columns.some((column, i) => column.length !== expected[i]))
    return undefined;
  const [operations] = work;
  const model = { blocks, modes, ambientK, rate, input, output, stored, outflow, fields, operations };
  return { ...model, ...(shape.starts > 0 && { starts }), ...(hasReadings && { readings }) };
}
