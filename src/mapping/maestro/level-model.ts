import type { MaestroHardware } from '../../formats/maestro/index.ts';
import { activeInEdges, type ClusterLevel, type Coupling } from './levels.ts';
import { type CaseState, EDGE, INIT, Reuse, STEADY } from './reuse.ts';

const trunc = Math.trunc;

/** An iteration case of a level: how often it occurs, and what it moves and costs. */
export interface IterationCase {
  times: number;
  inputIngress: number;
  weightIngress: number;
  egress: number;
  products: number;
  /** Cycles of the busiest sub-cluster; 0 if the levels below do nothing. */
  compute: number;
  /** Whether no partial sums are left to compute: MAESTRO leaves such a case out. */
  isSkipped: boolean;
  activePes: number;
  isFirst: boolean;
}

/** Receives every case of the top level, the first iteration first, the others in MAESTRO's order. */
export type Visit = (found: Readonly<IterationCase>) => void;

/** The NoC moves x elements in this many cycles. */
export function nocDelay(x: number, { hopLatency, nocBandwidth }: MaestroHardware): number {
  return hopLatency + Math.ceil(x / nocBandwidth) - 1;
}

/** Kept results of a level, whose sizes differ in a few edge cases only. */
const KEPT = 16;

/** Time and traffic of one cluster level and all below it (MAESTRO 4eb08d1). Arrays are made once. */
export class LevelModel {
  /** Sizes of the running call, by map. */
  private readonly sizes: Float64Array;
  private readonly state: CaseState;
  readonly reuse: Reuse;
  readonly level: ClusterLevel;
  private hardware: MaestroHardware;
  private readonly inner: LevelModel | undefined;
  /** For each map of this level the index of the map of the same dimension below. */
  private readonly below: Int32Array;
  /** Kinds of iterations of each map and their numbers, at map * 3 + digit. */
  private readonly kinds: Int32Array;
  private readonly numbers: Float64Array;
  private readonly flags: Uint8Array;
  private readonly radix: Int32Array;
  private active = 1;
  /** The first spatial map, by which alone MAESTRO counts sub-clusters. */
  private readonly spatialMap: number;
  private isWaiting = false;
  private readonly found: IterationCase;
  private readonly keptSizes: Float64Array;
  private readonly keptResults: Float64Array;
  private kept = 0;
  /** Cases of the first run up to the first one that is not skipped: MAESTRO adds up the sizes of inputs over them. */
  sizedCases = 0;
  /** Cycles and mean number of active PEs of the last call of `run`. */
  runtime = 0;
  activePes = 0;

  constructor(levels: readonly ClusterLevel[], at: number, coupling: Coupling, hardware: MaestroHardware) {
    const level = levels[at];
    const n = level.size.length;
    this.level = level;
    this.spatialMap = level.isSpatial.indexOf(1);
    this.hardware = hardware;
    this.inner = at + 1 < levels.length ? new LevelModel(levels, at + 1, coupling, hardware) : undefined;
    this.state = {
      kind: new Int32Array(n),
      unrolled: new Uint8Array(n),
      edge: new Uint8Array(n),
      partialLast: new Uint8Array(n),
    };
    this.reuse = new Reuse(level, coupling, this.state);
    this.sizes = new Float64Array(n);
    this.below = Int32Array.from(level.dimensions, (dimension) => levels[at + 1]?.dimensions.indexOf(dimension) ?? -1);
    this.kinds = new Int32Array(3 * n);
    this.numbers = new Float64Array(3 * n);
    this.flags = new Uint8Array(3 * n);
    this.radix = new Int32Array(n);
    this.found = {
      times: 0,
      inputIngress: 0,
      weightIngress: 0,
      egress: 0,
      products: 0,
      compute: 0,
      isSkipped: false,
      activePes: 0,
      isFirst: false,
    };
    this.keptSizes = new Float64Array(KEPT * n);
    this.keptResults = new Float64Array(2 * KEPT);
  }

  /** Takes the sizes that stand in the levels. */
  load(hardware: MaestroHardware): void {
    this.hardware = hardware;
    this.active = activeInEdges(this.level);
    this.reuse.load(this.active);
    this.kept = 0;
    this.sizedCases = 0;
    this.isWaiting = false;
    this.firstDone = undefined;
    this.inner?.load(hardware);
  }

  /** Whether iterations of a level below this one waited for elements since the last `load`. */
  get isInnerWaiting(): boolean {
    return this.inner !== undefined && (this.inner.isWaiting || this.inner.isInnerWaiting);
  }

  /** Whether MAESTRO ends with an error at this level or below. */
  get isStuck(): boolean {
    return this.reuse.isStuck || (this.inner?.isStuck ?? false);
  }

  /** The level whose first run ended first, from which MAESTRO takes the size of L1: that of the PEs, if they have any work. */
  firstDone: LevelModel | undefined;

  runWhole(visit: Visit): void {
    this.sizes.set(this.level.whole);
    this.run(visit);
  }

  private run(visit?: Visit): void {
    if (!visit && this.recall()) return;
    this.listCases();
    const n = this.sizes.length;
    let total = 1;
    for (let k = 0; k < n; k++) total *= this.radix[k];
    let [runtime, iterations, pes] = [0, 0, 0];
    const isFirstRun = this.sizedCases === 0;
    for (let number = -1; number < total - 1; number++) {
      const times = this.enter(number);
      const found = this.measure(times, number < 0);
      visit?.(found);
      if (isFirstRun && iterations === 0) this.sizedCases++;
      if (found.isSkipped) continue;
      const ingress = nocDelay(found.inputIngress + found.weightIngress, this.hardware);
      const egress = nocDelay(found.egress, this.hardware);
      if (!found.isFirst && ingress > found.compute && ingress > egress) this.isWaiting = true;
      runtime += times * (found.isFirst ? found.compute + ingress : Math.max(ingress, found.compute, egress));
      iterations += times;
      pes += times * found.activePes;
    }
    this.firstDone ??= this.inner?.firstDone ?? this;
    this.runtime = runtime;
    this.activePes = iterations === 0 ? 0 : pes / iterations;
    if (!visit) this.keep();
  }

  private recall(): boolean {
    const n = this.sizes.length;
    for (let entry = 0; entry < this.kept; entry++) {
      let k = 0;
      while (k < n && this.keptSizes[entry * n + k] === this.sizes[k]) k++;
      if (k < n) continue;
      this.runtime = this.keptResults[2 * entry];
      this.activePes = this.keptResults[2 * entry + 1];
      return true;
    }
    return false;
  }

  private keep(): void {
    if (this.kept === KEPT) return;
    this.keptSizes.set(this.sizes, this.kept * this.sizes.length);
    this.keptResults[2 * this.kept] = this.runtime;
    this.keptResults[2 * this.kept + 1] = this.activePes;
    this.kept++;
  }

  /** The kinds of iterations of each map. Flags: 1 unrolled, 2 partial, 4 the last sub-cluster is partial. */
  private listCases(): void {
    for (let k = 0; k < this.sizes.length; k++) {
      this.radix[k] = 0;
      if (this.level.isSpatial[k] === 1) this.listSpatial(k);
      else this.listTemporal(k);
    }
  }

  private addKind(k: number, kind: number, times: number, flags: number): void {
    const at = 3 * k + this.radix[k]++;
    this.kinds[at] = kind;
    this.numbers[at] = times;
    this.flags[at] = flags;
  }

  private listTemporal(k: number): void {
    const whole = this.sizes[k];
    const size = this.level.size[k];
    const offset = this.level.offset[k];
    this.addKind(k, INIT, 1, (whole <= size ? 1 : 0) | (whole < size ? 2 : 0));
    const n = trunc((whole - size) / offset);
    if (size < whole && n > 0) this.addKind(k, STEADY, n, 0);
    if (whole >= size && n * offset + size < whole) this.addKind(k, EDGE, 1, 2);
  }

  private listSpatial(k: number): void {
    const { subClusters } = this.level;
    const whole = this.sizes[k];
    const size = this.level.size[k];
    const offset = this.level.offset[k];
    const covered = size + offset * (subClusters - 1);
    this.addKind(k, INIT, 1, (whole <= covered ? 1 : 0) | (whole < covered ? 6 : 0));
    const n = trunc((trunc((whole - size) / offset) + 1) / subClusters) - 1;
    if (covered < whole && n > 0) this.addKind(k, STEADY, n, 0);
    const stride = offset * subClusters;
    if (!(whole > covered && (n + 1) * stride + covered > whole && n * stride + covered !== whole)) return;
    const rest = whole - (n + 1) * stride;
    const active = rest < size ? 1 : trunc((rest - size) / offset) + 1;
    this.addKind(k, EDGE, 1, (active - 1) * offset + size < rest ? 6 : 2);
  }

  /** Enters case `number` and returns how often it occurs: -1 is the first iteration, the others count up digit by digit. */
  private enter(number: number): number {
    const { kind, unrolled, edge, partialLast } = this.state;
    let rest = number;
    let times = 1;
    for (let k = this.sizes.length - 1; k >= 0; k--) {
      const radix = this.radix[k];
      // Digits are shifted by one, so that the first iteration would come last; it has come first.
      const digit = number < 0 ? 0 : ((rest % radix) + 1) % radix;
      rest = Math.floor(rest / radix);
      const at = 3 * k + digit;
      const flags = this.flags[at];
      kind[k] = this.kinds[at];
      unrolled[k] = flags & 1;
      edge[k] = (flags >> 1) & 1;
      partialLast[k] = flags >> 2;
      times *= this.numbers[at];
    }
    return times;
  }

  private measure(times: number, isFirst: boolean): IterationCase {
    const { found, reuse, state } = this;
    let changing = -1;
    for (let k = 0; k < state.kind.length; k++) if (state.kind[k] !== INIT) changing = k;
    found.times = times;
    found.isFirst = isFirst;
    found.inputIngress = reuse.ingress(reuse.input, changing);
    found.weightIngress = reuse.ingress(reuse.weight, changing);
    found.egress = reuse.egress();
    reuse.sumUp();
    found.products = reuse.products;
    const sums = reuse.busiest;
    found.isSkipped = sums <= 0;
    found.compute = sums <= 0 ? 0 : this.computeTime(sums);
    return found;
  }

  /** Cycles of the busiest sub-cluster. Sets the number of active PEs, too. */
  private computeTime(sums: number): number {
    const { active, found, inner, level, spatialMap, state } = this;
    const isEdge = state.edge[spatialMap] === 1;
    const clusters = isEdge ? active : level.subClusters;
    if (!inner) {
      found.activePes = clusters;
      return Math.ceil(sums / this.hardware.simdLanes);
    }
    const isPartial = isEdge && state.partialLast[spatialMap] === 1;
    let slowest = 0;
    let pes = 0;
    if (isPartial) {
      this.handDown(true);
      inner.run();
      slowest = inner.runtime;
      pes = inner.activePes;
    }
    const full = clusters - (isPartial ? 1 : 0);
    if (full > 0) {
      this.handDown(false);
      inner.run();
      slowest = Math.max(slowest, inner.runtime);
      pes += full * inner.activePes;
    }
    // Where the levels below do nothing, MAESTRO counts the sub-clusters of this one.
    found.activePes = pes === 0 ? clusters : pes;
    return slowest;
  }

  private handDown(partial: boolean): void {
    const { state, reuse, level, active, inner } = this;
    const { mapped, mappedEdge } = reuse.inputs;
    for (let k = 0; k < this.sizes.length; k++) {
      const isEdge =
        state.edge[k] === 1 && (level.isSpatial[k] === 0 || (state.kind[k] !== STEADY && (active === 1 || partial)));
      inner!.sizes[this.below[k]] = isEdge ? mappedEdge[k] : mapped[k];
    }
  }
}
