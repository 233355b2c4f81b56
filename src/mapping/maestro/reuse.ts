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

/** Index of a map by dimension, or -1. */
const indexOf = ({ maps }: ClusterLevel, dimension: Dimension): number =>
  maps.findIndex((map) => map.dimension === dimension);

const trunc = Math.trunc;

/** Spans of the maps of a level; with `outputs`, Y and X count outputs of a filter of R x S. */
function spansOf(level: ClusterLevel, outputs: boolean): Spans {
  const { maps, sizes } = level;
  const n = maps.length;
  const mapped = new Float64Array(n);
  const mappedEdge = new Float64Array(n);
  const unique = new Float64Array(n);
  const uniqueEdge = new Float64Array(n);
  maps.forEach(({ dimension, isSpatial, size, offset }, k) => {
    const whole = sizes.get(dimension)!;
    const steps = Math.max(trunc((whole - size) / offset), 0);
    const hasEdge = steps * offset + size < whole || size > whole;
    const rest = whole - (steps + 1) * offset;
    const edge = rest < 0 ? whole : rest;
    mapped[k] = size;
    mappedEdge[k] = hasEdge ? edge : size;
    unique[k] = !isSpatial && whole <= size ? 0 : Math.min(size, offset);
    // Where the maps come out even, MAESTRO still takes the rest of 0.
    uniqueEdge[k] = Math.max(offset - (size - edge), 0);
  });
  if (outputs) {
    for (const [row, filter] of [
      ['Y', 'R'],
      ['X', 'S'],
    ] as const) {
      const [k, f] = [indexOf(level, row), indexOf(level, filter)];
      if (k < 0 || f < 0) continue;
      const { size, offset } = maps[k];
      mapped[k] = mapped[k] - maps[f].size + 1;
      mappedEdge[k] = mappedEdge[k] - mappedEdge[f] + 1;
      unique[k] = Math.min(offset, size);
      uniqueEdge[k] = Math.min(offset, mappedEdge[k]);
    }
  }
  return { mapped, mappedEdge, unique, uniqueEdge };
}

/** Volumes that the sub-clusters of one level exchange with it, in an iteration case. */
export class Reuse {
  readonly inputs: Spans;
  private readonly outputs: Spans;
  private readonly level: ClusterLevel;
  private readonly state: CaseState;
  /** Active sub-clusters in a partial spatial iteration. */
  private readonly active: number;
  private readonly isSpatial: Uint8Array;
  private readonly inOutput: Uint8Array;

  constructor(level: ClusterLevel, coupling: Coupling, state: CaseState, active: number) {
    this.level = level;
    this.state = state;
    this.active = active;
    this.inputs = spansOf(level, false);
    this.outputs = spansOf(level, true);
    this.isSpatial = Uint8Array.from(level.maps, (map) => (map.isSpatial ? 1 : 0));
    this.inOutput = Uint8Array.from(level.maps, (map) => (coupling.output.includes(map.dimension) ? 1 : 0));
  }

  /** Which maps of the level a tensor depends on. */
  coupled(dimensions: readonly Dimension[]): Uint8Array {
    return Uint8Array.from(this.level.maps, (map) => (dimensions.includes(map.dimension) ? 1 : 0));
  }

  /** Elements of an input that all sub-clusters together receive; `changing` is the map that advances, or -1. */
  ingress(coupled: Uint8Array, changing: number): number {
    if (changing >= 0 && coupled[changing] === 0) return 0;
    return this.overSubClusters(this.dependsOnSpatial(coupled), (first, partial) =>
      this.inputVolume(coupled, changing, first, partial),
    );
  }

  /** Elements of the output that leave all sub-clusters together. */
  egress(): number {
    return this.overSubClusters(this.dependsOnSpatial(this.inOutput), (first, partial) =>
      this.outputVolume(first, partial),
    );
  }

  /** Products that the busiest sub-cluster computes. */
  criticalSums(): number {
    const { spatialEdge, partialLast } = this.state;
    const isPartial = spatialEdge && this.dependsOnSpatial(this.inOutput) && this.active === 1 && partialLast;
    return this.partialSums(true, isPartial);
  }

  /** Products of all sub-clusters together. */
  products(): number {
    return this.overSubClusters(true, (first, partial) => this.partialSums(first, partial), true);
  }

  private dependsOnSpatial(coupled: Uint8Array): boolean {
    for (let k = 0; k < coupled.length; k++) if (coupled[k] === 1 && this.isSpatial[k] === 1) return true;
    return false;
  }

  /** The sum over the active sub-clusters. If `alike`, all full ones do the same as the first. */
  private overSubClusters(
    isSpatial: boolean,
    volume: (first: boolean, partial: boolean) => number,
    alike = false,
  ): number {
    if (!isSpatial) return volume(true, false);
    const { spatialEdge, partialLast } = this.state;
    if (!spatialEdge) return volume(true, false) + (this.level.subClusters - 1) * volume(alike, false);
    const last = partialLast ? 1 : 0;
    const first = volume(true, this.active === 1 && partialLast);
    if (this.active <= 1) return first;
    const full = Math.max(this.active - last - 1, 0);
    return first + (full > 0 ? full * volume(alike, false) : 0) + (last > 0 ? volume(false, true) : 0);
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
        else volume *= k === changing && !inited ? Math.max(unique[k], 1) : mapped[k];
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
