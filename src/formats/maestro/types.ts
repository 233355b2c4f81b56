import type { Span } from '../../base/errors.ts';

export const LAYER_TYPES = ['CONV', 'DSCONV', 'NGCONV', 'GEMM'] as const;
export type LayerType = (typeof LAYER_TYPES)[number];

/** Dimensions of layers. A primed one counts outputs; in sizes and directives it stands in for the unprimed one. */
export const DIMENSIONS = ['K', 'C', 'R', 'S', 'Y', 'X', 'N', 'G', 'M'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** `TemporalMap(size, offset) D` or `SpatialMap(size, offset) D`. */
export interface MapDirective {
  readonly kind: 'temporal' | 'spatial';
  readonly size: number;
  readonly offset: number;
  readonly dimension: Dimension;
  /** Whether the directive names outputs: Y' or X'. */
  readonly isOutput: boolean;
  readonly span: Span;
}

export interface ClusterDirective {
  readonly kind: 'cluster';
  readonly size: number;
  readonly span: Span;
}

export type Directive = MapDirective | ClusterDirective;

export interface MaestroLayer {
  readonly name: string;
  readonly type: LayerType;
  /** Strides of inputs; 1 if the sizes are those of outputs. */
  readonly strideX: number;
  readonly strideY: number;
  /** Sizes of the dimensions as written: Y and X count inputs unless `isOutputSized`. */
  readonly sizes: ReadonlyMap<Dimension, number>;
  /** Whether the layer gives Y' and X' instead of Y and X. */
  readonly isOutputSized: boolean;
  readonly directives: readonly Directive[];
  readonly span: Span;
}

export interface MaestroNetwork {
  readonly name: string;
  readonly layers: readonly MaestroLayer[];
}

/** A hardware file; bandwidths in elements per cycle, sizes in elements. */
export interface MaestroHardware {
  readonly pes: number;
  readonly l1Size: number;
  readonly l2Size: number;
  readonly nocBandwidth: number;
  /** Latency of a hop in cycles; MAESTRO takes it from `NoC_NumHops`. */
  readonly hopLatency: number;
  readonly offchipBandwidth: number;
  readonly simdLanes: number;
}
