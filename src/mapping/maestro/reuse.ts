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
  /** 1 if the last sub-cluster of a spatial map has a part only. */
  readonly partialLast: Uint8Array;
}

/** The maps of a level that a tensor depends on. */
export interface TensorMaps {
  /** Their indices: all, those over time, and those over sub-clusters; and by index whether a map is one of them. */
  readonly maps: Int32Array;
  readonly temporal: Int32Array;
  readonly spatial: Int32Array;
  readonly has: Uint8Array;
  /** The spatial map whose last sub-cluster MAESTRO looks at, if there are several: the last one of the tensor's dimensions. */
  readonly decisive: number;
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
  readonly input: TensorMaps;
  readonly weight: TensorMaps;
  readonly output: TensorMaps;
  private readonly all: TensorMaps;
  /** What `sumUp` found. */
  products = 0;
  busiest = 0;

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
    this.input = this.mapsOf(coupling.input);
    this.weight = this.mapsOf(coupling.weight);
    this.output = this.mapsOf(coupling.output);
    this.all = this.mapsOf(level.dimensions);
  }

  /** Takes the sizes that stand in the level. */
  load(active: number): void {
    const { level, inputs, outputs } = this;
    this.active = active;
    this.isStuck = false;
    fillSpans(level, inputs);
    outputs.mapped.set(inputs.mapped);
    outputs.mappedEdge.set(inputs.mappedEdge);
    outputs.unique.set(inputs.unique);
    outputs.uniqueEdge.set(inputs.uniqueEdge);
    for (const [row, filter] of this.windows) {
      if (row < 0 || filter < 0) continue;
      outputs.mapped[row] -= level.size[filter] - 1;
      outputs.mappedEdge[row] -= outputs.mappedEdge[filter] - 1;
      outputs.unique[row] = Math.min(level.offset[row], level.size[row]);
      outputs.uniqueEdge[row] = Math.min(level.offset[row], outputs.mappedEdge[row]);
    }
  }

  /** The map of R or S that slides along a map of Y or X; -1 for all others. */
  filterOf(k: number): number {
    for (const [row, filter] of this.windows) if (row === k) return filter;
    return -1;
  }

  private mapsOf(dimensions: readonly Dimension[]): TensorMaps {
    const has = Uint8Array.from(this.level.dimensions, (dimension) => (dimensions.includes(dimension) ? 1 : 0));
    const maps = Int32Array.from([...has.keys()].filter((k) => has[k] === 1));
    const ofKind = (isSpatial: number): Int32Array => maps.filter((k) => this.isSpatial[k] === isSpatial);
    const decisive = dimensions
      .map((dimension) => this.level.dimensions.indexOf(dimension))
      .findLast((k) => k >= 0 && this.isSpatial[k] === 1);
    return { maps, temporal: ofKind(0), spatial: ofKind(1), has, decisive: decisive ?? -1 };
  }

  /** Elements of an input that all sub-clusters together receive; `changing` is the map that advances, or -1. */
  ingress(tensor: TensorMaps, changing: number): number {
    if (changing >= 0 && tensor.has[changing] === 0) return 0;
    return this.overSubClusters(INPUT, tensor, changing, this.inputOverTime(tensor, changing));
  }

  /** Elements of the output that leave all sub-clusters together. */
  egress(): number {
    return this.overSubClusters(OUTPUT, this.output, -1, this.outputOverTime(this.output));
  }

  /** Finds the products of all sub-clusters together, and those of the busiest one. */
  sumUp(): void {
    const overTime = this.outputOverTime(this.all);
    const isPartial = this.active === 1 && this.isEdgeOf(this.output) && this.isPartialLastOf(this.output);
    this.products = this.overSubClusters(PRODUCTS, this.all, -1, overTime);
    this.busiest = overTime * this.outputOverSpace(this.all, true, isPartial, true);
  }

  /** Whether a spatial map of a tensor is in a partial iteration. */
  private isEdgeOf({ spatial }: TensorMaps): boolean {
    for (let i = 0; i < spatial.length; i++) if (this.state.edge[spatial[i]] === 1) return true;
    return false;
  }

  private isPartialLastOf({ decisive }: TensorMaps): boolean {
    return this.state.partialLast[decisive] === 1;
  }

  /** The sum over the active sub-clusters, which have their part over time in common. All full ones do as many products as the first. */
  private overSubClusters(what: Volume, tensor: TensorMaps, changing: number, overTime: number): number {
    if (tensor.spatial.length === 0) return overTime;
    const isLikeFirst = what === PRODUCTS;
    if (!this.isEdgeOf(tensor)) {
      const others = (this.level.subClusters - 1) * this.overSpace(what, tensor, changing, isLikeFirst, false);
      return overTime * (this.overSpace(what, tensor, changing, true, false) + others);
    }
    const last = this.isPartialLastOf(tensor) ? 1 : 0;
    const first = this.overSpace(what, tensor, changing, true, this.active === 1 && last === 1);
    if (this.active <= 1) return overTime * first;
    const full = Math.max(this.active - last - 1, 0);
    const others = full > 0 ? full * this.overSpace(what, tensor, changing, isLikeFirst, false) : 0;
    const end = last > 0 ? this.overSpace(what, tensor, changing, false, true) : 0;
    return overTime * (first + others + end);
  }

  /** The part of one sub-cluster's volume that the spatial maps give. */
  private overSpace(what: Volume, tensor: TensorMaps, changing: number, first: boolean, partial: boolean): number {
    if (what === INPUT) return this.inputOverSpace(tensor, changing, first, partial);
    return this.outputOverSpace(tensor, first, partial, what === PRODUCTS);
  }

  /** Whether a map inside the changing one starts again. */
  private isInited({ maps }: TensorMaps, changing: number): boolean {
    const { kind, unrolled } = this.state;
    for (let i = maps.length - 1; i >= 0 && maps[i] > changing; i--)
      if (kind[maps[i]] === INIT && unrolled[maps[i]] === 0) return true;
    return false;
  }

  private inputOverTime(tensor: TensorMaps, changing: number): number {
    const { kind, edge } = this.state;
    const { mapped, mappedEdge, unique } = this.inputs;
    const { temporal } = tensor;
    let volume = 1;
    for (let i = 0; i < temporal.length; i++) {
      const k = temporal[i];
      if (kind[k] === INIT) volume *= edge[k] === 1 ? mappedEdge[k] : mapped[k];
      else if (k === changing && !this.isInited(tensor, changing)) {
        // A map that is larger than what the level above hands down in general, but not here.
        if (unique[k] === 0) this.isStuck = true;
        volume *= unique[k];
      } else volume *= mapped[k];
    }
    return volume;
  }

  private inputOverSpace(tensor: TensorMaps, changing: number, first: boolean, partial: boolean): number {
    const { kind, edge } = this.state;
    const { mapped, mappedEdge, unique, uniqueEdge } = this.inputs;
    const { spatial } = tensor;
    let volume = 1;
    for (let i = 0; i < spatial.length; i++) {
      const k = spatial[i];
      if (changing < 0) {
        const isEdge = edge[k] === 1 && (this.active === 1 ? first || partial : partial);
        volume *= isEdge ? mappedEdge[k] : mapped[k];
        continue;
      }
      const whole = partial ? mappedEdge[k] : mapped[k];
      const isNew = kind[k] === INIT ? k > changing : k === changing && !this.isInited(tensor, changing);
      volume *= !first && isNew ? (partial ? uniqueEdge[k] : unique[k]) : whole;
    }
    return volume;
  }

  /** The part of an output volume, or of products, that the maps over time give. */
  private outputOverTime({ temporal }: TensorMaps): number {
    const { kind, edge } = this.state;
    let volume = 1;
    for (let i = 0; i < temporal.length; i++) {
      const k = temporal[i];
      const { mapped, mappedEdge } = this.output.has[k] === 1 ? this.outputs : this.inputs;
      const isEdge = kind[k] === EDGE || (kind[k] === INIT && edge[k] === 1);
      volume *= isEdge ? mappedEdge[k] : mapped[k];
    }
    return volume;
  }

  private outputOverSpace({ spatial }: TensorMaps, first: boolean, partial: boolean, summed: boolean): number {
    let volume = 1;
    for (let i = 0; i < spatial.length; i++) volume *= this.outputSpan(spatial[i], first, partial, summed);
    return volume;
  }

  /** The part of a spatial map in an output volume, or in the products that go into it if `summed`. */
  private outputSpan(k: number, first: boolean, partial: boolean, summed: boolean): number {
    const { kind, edge } = this.state;
    const { mapped, mappedEdge, unique, uniqueEdge } = this.output.has[k] === 1 ? this.outputs : this.inputs;
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
