import type { LevelMapping, MappingLoop, SpatialLoop, TimeloopMapping } from '../../formats/timeloop/index.ts';
import type { Machine } from './machine.ts';

/**
 * A mapping as flat arrays. Entry `level * dimensions + d` is of dimension d at that level; `order` lists the dimensions
 * of a level's temporal loops from the outermost to the innermost. A spatial bound is the product over both axes.
 */
export interface Nest {
  readonly temporal: Float64Array;
  readonly order: Int32Array;
  readonly spatial: Float64Array;
  /** The part of the spatial bound that lies along X. */
  readonly alongX: Float64Array;
  /** 1 if the level keeps the tensor, at level * tensors + q. */
  readonly keep: Uint8Array;
  /** Bounds of the last iteration; equal to the others in a nest of perfect factors. */
  readonly temporalLast: Float64Array;
  readonly spatialLast: Float64Array;
}

/** A nest in which every loop runs once, with the dimensions in order, and every level keeps every tensor. */
export function emptyNest({ levels, dimensions, tensors }: Machine): Nest {
  const entries = levels * dimensions;
  const ones = (): Float64Array => new Float64Array(entries).fill(1);
  return {
    temporal: ones(),
    order: Int32Array.from({ length: entries }, (_, i) => i % dimensions),
    spatial: ones(),
    alongX: ones(),
    keep: new Uint8Array(levels * tensors).fill(1),
    temporalLast: ones(),
    spatialLast: ones(),
  };
}

/** Overwrites `to` with `from`; both are nests of one machine. */
export function copyNest(from: Nest, to: Nest): void {
  to.temporal.set(from.temporal);
  to.order.set(from.order);
  to.spatial.set(from.spatial);
  to.alongX.set(from.alongX);
  to.keep.set(from.keep);
  to.temporalLast.set(from.temporalLast);
  to.spatialLast.set(from.spatialLast);
}

/** The flat nest of a mapping whose levels are those of the machine. */
export function nestOf(machine: Machine, mapping: TimeloopMapping): Nest {
  const { dimensions: D, tensors: T } = machine;
  const nest = emptyNest(machine);
  mapping.levels.forEach(({ keep, temporal, spatial }, level) => {
    keep.forEach((kept, q) => {
      nest.keep[level * T + q] = kept ? 1 : 0;
    });
    temporal.forEach(({ dimension, bound, last }, i) => {
      nest.order[level * D + i] = dimension;
      nest.temporal[level * D + dimension] = bound;
      nest.temporalLast[level * D + dimension] = last;
    });
    for (const { dimension, bound, last, axis } of spatial) {
      nest.spatial[level * D + dimension] *= bound;
      nest.spatialLast[level * D + dimension] *= last;
      if (axis === 'X') nest.alongX[level * D + dimension] *= bound;
    }
  });
  return nest;
}

/** The mapping of a nest, for people and files. */
export function mappingOfNest(machine: Machine, nest: Nest): TimeloopMapping {
  const { dimensions: D, tensors: T } = machine;
  const levels = machine.architecture.storages.map((_, level): LevelMapping => {
    const dims = Array.from(nest.order.subarray(level * D, level * D + D));
    return {
      keep: machine.problem.tensors.map((_, q) => nest.keep[level * T + q] === 1),
      temporal: dims.map((dimension): MappingLoop => {
        const at = level * D + dimension;
        return { dimension, bound: nest.temporal[at], last: nest.temporalLast[at] };
      }),
      spatial: spatialLoops(nest, level, D),
    };
  });
  return { levels };
}

/** Loops along Y outside, loops along X inside. */
function spatialLoops(nest: Nest, level: number, D: number): SpatialLoop[] {
  const loops = (axis: 'X' | 'Y'): SpatialLoop[] =>
    Array.from({ length: D }, (_, dimension): SpatialLoop => {
      const at = level * D + dimension;
      const bound = axis === 'X' ? nest.alongX[at] : nest.spatial[at] / nest.alongX[at];
      const isWhole = nest.spatialLast[at] === nest.spatial[at];
      return { dimension, bound, last: isWhole ? bound : nest.spatialLast[at], axis };
    }).filter(({ bound }) => bound > 1);
  return [...loops('Y'), ...loops('X')];
}
