import type { Dimension } from '../../formats/maestro/index.ts';
import type { ClusterLevel, Coupling } from './levels.ts';

/** Kinds of iterations: the first one, full ones, and the last, partial one. */
export const INIT = 0;
export const STEADY = 1;
export const EDGE = 2;

/** How much of a dimension a sub-cluster holds, in full and in partial iterations, and how much of that is new. */
export interface Spans {
  readonly mapped: Float64Array;
  readonly mappedEdge: Float64Array;
  readonly unique: Float64Array;
  readonly uniqueEdge: Float64Array;
}

/** The state of the running iteration case of a level, for each of its maps. */
export interface CaseState {
  readonly kind: Int32Array;
  /** 1 if the first iteration already covers the dimension. */
  readonly unrolled: Uint8Array;
  /** 1 in a partial iteration, a first one that is partial among them. */
  readonly edge: Uint8Array;
  /** Whether the spatial maps are in a partial iteration, and whether the last sub-cluster is partial. */
  spatialEdge: boolean;
  partialLast: boolean;
}

const trunc = Math.trunc;

function newSpans(n: number): Spans {
  return {
    mapped: new Float64Array(n),
    mappedEdge: new Float64Array(n),
    unique: new Float64Array(n),
    uniqueEdge: new Float64Array(n),
  };
}

/** Fills the spans of the maps of a level. */
function fillSpans(
  { isSpatial, size, offset, whole }: ClusterLevel,
  { mapped, mappedEdge, unique, uniqueEdge }: Spans,
): void {
  for (let k = 0; k < size.length; k++) {
    const s = size[k];
    const o = offset[k];
    const all = whole[k];
    const steps = Math.max(trunc((all - s) / o), 0);
    const hasEdge = steps * o + s < all || s > all;
    const rest = all - (steps + 1) * o;
    const edge = rest < 0 ? all : rest;
    mapped[k] = s;
    mappedEdge[k] = hasEdge ? edge : s;
    unique[k] = isSpatial[k] === 0 && all <= s ? 0 : Math.min(s, o);
    // Where the maps come out even, MAESTRO still takes the rest of 0.
    uniqueEdge[k] = Math.max(o - (s - edge), 0);
  }
}

const INPUT = 0;
const OUTPUT = 1;
const PRODUCTS = 2;
type Volume = typeof INPUT | typeof OUTPUT | typeof PRODUCTS;

/** Volumes that the sub-clusters of one level exchange with it, in an iteration case. */
export class Reuse {
  readonly inputs: Spans;
  /** Whether MAESTRO ends with an error in a case since the last `load`. */
  isStuck = false;
  /** The same, but Y and X count outputs. */
  private readonly outputs: Spans;
  /** Indices of the maps of Y and R, and of X and S; -1 where the level has none. */
  private readonly windows: readonly (readonly [row: number, filter: number])[];
  private readonly level: ClusterLevel;
  private readonly state: CaseState;
  /** Active sub-clusters in a partial spatial iteration. */
  private active = 1;
  private readonly isSpatial: Uint8Array;
  private readonly inOutput: Uint8Array;

  constructor(level: ClusterLevel, coupling: Coupling, state: CaseState) {
    const indexOf = (dimension: Dimension): number => level.dimensions.indexOf(dimension);
    this.level = level;
    this.state = state;
    this.inputs = newSpans(level.size.length);
    this.outputs = newSpans(level.size.length);
    this.windows = [
      [indexOf('Y'), indexOf('R')],
      [indexOf('X'), indexOf('S')],
    ];
    this.isSpatial = level.isSpatial;
    this.inOutput = this.coupled(coupling.output);
  }

  /** Takes the sizes that stand in the level. */
  load(active: number): void {
    const { level, inputs, outputs } = this;
    this.active = active;
    this.isStuck = false;
    fillSpans(level, inputs);
    fillSpans(level, outputs);
    for (const [row, filter] of this.windows) {
      if (row < 0 || filter < 0) continue;
      outputs.mapped[row] -= level.size[filter] - 1;
      outputs.mappedEdge[row] -= outputs.mappedEdge[filter] - 1;
      outputs.unique[row] = Math.min(level.offset[row], level.size[row]);
      outputs.uniqueEdge[row] = Math.min(level.offset[row], outputs.mappedEdge[row]);
    }
  }

  /** Which maps of the level a tensor depends on. */
  coupled(dimensions: readonly Dimension[]): Uint8Array {
    return Uint8Array.from(this.level.dimensions, (dimension) => (dimensions.includes(dimension) ? 1 : 0));
  }

  /** Elements of an input that all sub-clusters together receive; `changing` is the map that advances, or -1. */
  ingress(coupled: Uint8Array, changing: number): number {
    if (changing >= 0 && coupled[changing] === 0) return 0;
    return this.overSubClusters(this.dependsOnSpatial(coupled), INPUT, coupled, changing);
  }

  /** Elements of the output that leave all sub-clusters together. */
  egress(): number {
    return this.overSubClusters(this.dependsOnSpatial(this.inOutput), OUTPUT, this.inOutput, -1);
  }

  /** Products that the busiest sub-cluster computes. */
  criticalSums(): number {
    const { spatialEdge, partialLast } = this.state;
    const isPartial = spatialEdge && this.dependsOnSpatial(this.inOutput) && this.active === 1 && partialLast;
    return this.partialSums(true, isPartial);
  }

  /** Products of all sub-clusters together. */
  products(): number {
    return this.overSubClusters(true, PRODUCTS, this.inOutput, -1);
  }

  private dependsOnSpatial(coupled: Uint8Array): boolean {
    for (let k = 0; k < coupled.length; k++) if (coupled[k] === 1 && this.isSpatial[k] === 1) return true;
    return false;
  }

  /** The sum over the active sub-clusters. All full ones do as many products as the first. */
  private overSubClusters(isSpatial: boolean, what: Volume, coupled: Uint8Array, changing: number): number {
    if (!isSpatial) return this.volume(what, coupled, changing, true, false);
    const { spatialEdge, partialLast } = this.state;
    const isLikeFirst = what === PRODUCTS;
    if (!spatialEdge) {
      const others = (this.level.subClusters - 1) * this.volume(what, coupled, changing, isLikeFirst, false);
      return this.volume(what, coupled, changing, true, false) + others;
    }
    const last = partialLast ? 1 : 0;
    const first = this.volume(what, coupled, changing, true, this.active === 1 && partialLast);
    if (this.active <= 1) return first;
    const full = Math.max(this.active - last - 1, 0);
    const others = full > 0 ? full * this.volume(what, coupled, changing, isLikeFirst, false) : 0;
    return first + others + (last > 0 ? this.volume(what, coupled, changing, false, true) : 0);
  }

  private volume(what: Volume, coupled: Uint8Array, changing: number, first: boolean, partial: boolean): number {
    if (what === INPUT) return this.inputVolume(coupled, changing, first, partial);
    return what === OUTPUT ? this.outputVolume(first, partial) : this.partialSums(first, partial);
  }

  private inputVolume(coupled: Uint8Array, changing: number, first: boolean, partial: boolean): number {
    const { kind, unrolled, edge } = this.state;
    const { mapped, mappedEdge, unique, uniqueEdge } = this.inputs;
    let inited = false;
    for (let k = changing + 1; k < coupled.length; k++)
      if (coupled[k] === 1 && kind[k] === INIT && unrolled[k] === 0) inited = true;
    let volume = 1;
    for (let k = 0; k < coupled.length; k++) {
      if (coupled[k] === 0) continue;
      if (this.isSpatial[k] === 0) {
        if (kind[k] === INIT) volume *= edge[k] === 1 ? mappedEdge[k] : mapped[k];
        else if (k === changing && !inited) {
          // A map that is larger than what the level above hands down in general, but not here.
          if (unique[k] === 0) this.isStuck = true;
          volume *= unique[k];
        } else volume *= mapped[k];
      } else if (changing < 0) {
        const isEdge = edge[k] === 1 && (this.active === 1 ? first || partial : partial);
        volume *= isEdge ? mappedEdge[k] : mapped[k];
      } else {
        const whole = partial ? mappedEdge[k] : mapped[k];
        const isNew = kind[k] === INIT ? k > changing : k === changing && !inited;
        volume *= !first && isNew ? (partial ? uniqueEdge[k] : unique[k]) : whole;
      }
    }
    return volume;
  }

  private outputVolume(first: boolean, partial: boolean): number {
    let volume = 1;
    for (let k = 0; k < this.inOutput.length; k++)
      if (this.inOutput[k] === 1) volume *= this.outputSpan(k, first, partial, false);
    return volume;
  }

  private partialSums(first: boolean, partial: boolean): number {
    let volume = 1;
    for (let k = 0; k < this.inOutput.length; k++) volume *= this.outputSpan(k, first, partial, true);
    return volume;
  }

  /** The part of one dimension in an output volume, or in the products that go into it if `summed`. */
  private outputSpan(k: number, first: boolean, partial: boolean, summed: boolean): number {
    const { kind, edge } = this.state;
    const { mapped, mappedEdge, unique, uniqueEdge } = this.inOutput[k] === 1 ? this.outputs : this.inputs;
    if (this.isSpatial[k] === 0) {
      if (kind[k] === INIT) return edge[k] === 1 ? mappedEdge[k] : mapped[k];
      return kind[k] === STEADY ? mapped[k] : mappedEdge[k];
    }
    const shared = first ? mapped[k] : unique[k] || 1;
    if (kind[k] === STEADY) return shared;
    if (kind[k] === INIT) {
      if (edge[k] === 0 || !partial) return shared;
      return this.active === 1 || summed ? mappedEdge[k] : uniqueEdge[k];
    }
    // Here MAESTRO takes the inputs' span for an output.
    if (this.active === 1 && (first || partial)) return this.inputs.mappedEdge[k];
    return partial ? uniqueEdge[k] : shared;
  }
}
