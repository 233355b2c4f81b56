import type { Span } from '../../base/errors.ts';

/** One term of a rank: `coefficient * dimension`. */
export interface RankTerm {
  /** Index of the dimension in the problem. */
  readonly dimension: number;
  readonly coefficient: number;
}

/** A tensor ("data space") of a problem. */
export interface ProblemTensor {
  readonly name: string;
  readonly readWrite: boolean;
  /** A rank is a sum of terms: R + 2 P for an ifmap row at stride 2. */
  readonly ranks: readonly (readonly RankTerm[])[];
}

/** The operation to map: a nest of loops over `dimensions`, each of them `sizes[i]` long. */
export interface TimeloopProblem {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly sizes: readonly number[];
  readonly tensors: readonly ProblemTensor[];
  /** Numbers of the instance that are no size and no coefficient: Timeloop passes over them. */
  readonly unused?: readonly string[];
}

/** A memory of the architecture. Bandwidths are in words per cycle and instance; no limit is Infinity. */
export interface TimeloopStorage {
  readonly name: string;
  readonly class: string;
  readonly instances: number;
  /** Instances along X; along Y there are `instances / meshX`. */
  readonly meshX: number;
  /** The axis of the outer one of two fan-outs to its children, which are levels of their own; undefined for a single one. */
  readonly outerAxis?: 'X' | 'Y' | undefined;
  readonly wordBits: number;
  /** Words of one access. */
  readonly blockSize: number;
  /** Instances that share an access, 1 by default. */
  readonly clusterSize?: number;
  /** Words that one instance can hold of the running tile: the size over the number of buffers. */
  readonly capacityWords: number;
  readonly readBandwidth: number;
  readonly writeBandwidth: number;
  readonly sharedBandwidth: number;
  readonly fillLatencyCycles: number;
  readonly drainLatencyCycles: number;
  /** Energy of every access in pJ, written in the architecture; it overrides the energy reference table. */
  readonly accessEnergyPj?: number | undefined;
  /** The place where it is written. */
  readonly span?: Span | undefined;
}

/** The multipliers. */
export interface TimeloopCompute {
  readonly name: string;
  readonly instances: number;
  readonly meshX: number;
}

/** Memories from the outermost (DRAM) to the innermost, and the multipliers below them. */
export interface TimeloopArchitecture {
  readonly storages: readonly TimeloopStorage[];
  readonly compute: TimeloopCompute;
}

/** A row of an energy reference table: the component as the table names it, the action and its arguments. */
export interface ErtRow {
  readonly component: string;
  readonly action: string;
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
}

/** Energies of one component in pJ per access (of a whole block). */
export interface StorageEnergies {
  readonly readPj: number;
  readonly fillPj: number;
  readonly updatePj: number;
  /** The rows from which they come; undefined for an energy that the architecture gives. */
  readonly rows?: { readonly read: ErtRow; readonly fill: ErtRow; readonly update: ErtRow } | undefined;
}

/** The energies that Timeloop takes from an energy reference table. */
export interface TimeloopEnergies {
  /** One entry for each storage of the architecture. */
  readonly storages: readonly StorageEnergies[];
  readonly computePj: number;
  readonly computeRow?: ErtRow | undefined;
}

/** A loop of a level. The last iteration of all runs `last` times instead of `bound`. */
export interface MappingLoop {
  readonly dimension: number;
  readonly bound: number;
  readonly last: number;
}

export interface SpatialLoop extends MappingLoop {
  readonly axis: 'X' | 'Y';
}

/** The mapping of one storage level. */
export interface LevelMapping {
  /** For each tensor whether the level keeps it. */
  readonly keep: readonly boolean[];
  /** Loops from the outermost to the innermost; every dimension once. */
  readonly temporal: readonly MappingLoop[];
  /** Loops over the instances below, from the outermost (Y) to the innermost (X); only bounds above 1. */
  readonly spatial: readonly SpatialLoop[];
}

/** Levels in the order of the architecture's storages. */
export interface TimeloopMapping {
  readonly levels: readonly LevelMapping[];
}

/** The demands of a constraint on the loops of one level, temporal or spatial. */
export interface LoopConstraint {
  /** Fixed bounds by dimension; undefined is free. */
  readonly fixed: readonly (number | undefined)[];
  readonly least: readonly number[];
  readonly most: readonly number[];
  /** Innermost dimensions in their order, the innermost first. */
  readonly innermost: readonly number[];
  /** The last ones of the permutation, if it names every dimension. */
  readonly isWholeOrder: boolean;
  /** The place of the last directive with factors. */
  readonly span?: Span | undefined;
}

export interface LevelConstraints {
  readonly temporal: LoopConstraint;
  readonly spatial: LoopConstraint;
  /** Demands on the loops along one axis. With any, a dimension may lie on both axes. */
  readonly axes?: { readonly X?: LoopConstraint; readonly Y?: LoopConstraint } | undefined;
  /** Dimensions of the spatial permutation that lie along X. */
  readonly split?: number | undefined;
  /** For each tensor: true must be kept, false must pass by, undefined is free. */
  readonly keep: readonly (boolean | undefined)[];
  /** Least number of parallel children, and its place. */
  readonly leastParallel: number;
  readonly parallelSpan?: Span | undefined;
}

export const METRICS = ['delay', 'energy', 'edp', 'last-level-accesses'] as const;
export type TimeloopMetric = (typeof METRICS)[number];
