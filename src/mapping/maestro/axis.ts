import { EDGE, INIT, STEADY } from './reuse.ts';

/** Factors that one dimension at one cluster level gives to the counts of a layer: each count is a product over the dimensions. */
export interface AxisFigures {
  /** Iterations that compute something, and those of them that are whole. */
  iterations: number;
  wholeIterations: number;
  /** Elements that leave in all iterations, and in the first one; a dimension of no result counts iterations. */
  leaving: number;
  leavingFirst: number;
  /** Elements that enter: in the first iteration; in all iterations while an inner map changes; when this map changes and the maps inside have one iteration, or several; in first ones while an outer map changes. */
  first: number;
  inside: number;
  changing: number;
  renewed: number;
  outside: number;
  /** Elements that enter at least, over all iterations. */
  covered: number;
  /** Whether the first iteration covers the dimension. */
  isCovered: number;
  /** Products of all sub-clusters, those of iterations that MAESTRO leaves out among them in `sums`. */
  products: number;
  sums: number;
  /** No fewer than the products of all sub-clusters. */
  mostProducts: number;
  /** Products of the busiest sub-cluster. */
  critical: number;
}

const trunc = Math.trunc;

/**
 * One map at one cluster level, seen alone. MAESTRO's volumes are products over the maps, so that sums over its iteration cases are
 * products of sums over the iterations of each map. `LevelModel` evaluates whole dataflows by the same rules; a test compares both.
 */
export class Axis {
  count = 0;
  readonly kind = new Int32Array(3);
  readonly times = new Float64Array(3);
  private readonly flags = new Int32Array(3);
  private size = 1;
  offset = 1;
  private subClusters = 1;
  private active = 1;
  private mapped = 1;
  private mappedEdge = 1;
  private unique = 1;
  private uniqueEdge = 1;
  /** The same for outputs. */
  private made = 1;
  private madeEdge = 1;
  private madeUnique = 1;
  private madeUniqueEdge = 1;
  /** Sizes that an iteration hands down to its whole sub-clusters and to its partial one; -1 if there is none. */
  handedWhole = -1;
  handedPartial = -1;
  private readonly isSpatial: boolean;
  private readonly inOutput: boolean;
  private readonly filter: number;

  /** `filter` is the size of R or S that slides along this dimension, or 0. */
  constructor(isSpatial: boolean, inOutput: boolean, filter: number) {
    this.isSpatial = isSpatial;
    this.inOutput = inOutput;
    this.filter = filter;
  }

  /** Takes a map of a level that covers `whole`. */
  load(size: number, offset: number, whole: number, subClusters: number): void {
    this.size = size;
    this.offset = offset;
    this.subClusters = subClusters;
    const steps = Math.max(trunc((whole - size) / offset), 0);
    const hasEdge = steps * offset + size < whole || size > whole;
    const rest = whole - (steps + 1) * offset;
    const edge = rest < 0 ? whole : rest;
    this.mapped = size;
    this.mappedEdge = hasEdge ? edge : size;
    this.unique = !this.isSpatial && whole <= size ? 0 : Math.min(size, offset);
    this.uniqueEdge = Math.max(offset - (size - edge), 0);
    const halo = this.filter === 0 ? 0 : this.filter - 1;
    const isWindow = this.filter > 0 && this.inOutput;
    this.made = this.mapped - (isWindow ? halo : 0);
    this.madeEdge = this.mappedEdge - (isWindow ? halo : 0);
    this.madeUnique = isWindow ? Math.min(offset, size) : this.unique;
    this.madeUniqueEdge = isWindow ? Math.min(offset, this.madeEdge) : this.uniqueEdge;
    this.active = this.isSpatial ? this.activeInEdge(whole) : 1;
  }

  private activeInEdge(whole: number): number {
    const { size, offset, subClusters } = this;
    if (whole <= size) return 1;
    if (whole <= size + offset * (subClusters - 1)) {
      const active = trunc((whole - size) / offset) + 1;
      return offset * (active - 1) + size < whole ? active + 1 : active;
    }
    const n = trunc((trunc((whole - size) / offset) + 1) / subClusters) - 1;
    const rest = whole - (n + 1) * offset * subClusters;
    return rest < size ? 1 : trunc((rest - size) / offset) + 1;
  }

  /** Lists the kinds of iterations at a size that the level above hands down. */
  list(whole: number): void {
    const { size, offset, subClusters } = this;
    this.count = 0;
    if (!this.isSpatial) {
      this.add(INIT, 1, (whole <= size ? 1 : 0) | (whole < size ? 2 : 0));
      const n = trunc((whole - size) / offset);
      if (size < whole && n > 0) this.add(STEADY, n, 0);
      if (whole >= size && n * offset + size < whole) this.add(EDGE, 1, 2);
      return;
    }
    const covered = size + offset * (subClusters - 1);
    this.add(INIT, 1, (whole <= covered ? 1 : 0) | (whole < covered ? 6 : 0));
    const n = trunc((trunc((whole - size) / offset) + 1) / subClusters) - 1;
    if (covered < whole && n > 0) this.add(STEADY, n, 0);
    const stride = offset * subClusters;
    if (!(whole > covered && (n + 1) * stride + covered > whole && n * stride + covered !== whole)) return;
    const rest = whole - (n + 1) * stride;
    const active = rest < size ? 1 : trunc((rest - size) / offset) + 1;
    this.add(EDGE, 1, (active - 1) * offset + size < rest ? 6 : 2);
  }

  private add(kind: number, times: number, flags: number): void {
    const i = this.count++;
    this.kind[i] = kind;
    this.times[i] = times;
    this.flags[i] = flags;
  }

  private isEdge(i: number): boolean {
    return (this.flags[i] & 2) !== 0;
  }

  private hasPartial(i: number): boolean {
    return (this.flags[i] & 6) === 6;
  }

  /** The busiest sub-cluster's share of the products in iterations of kind i. */
  critical(i: number): number {
    const isPartial = this.inOutput && this.active === 1 && this.hasPartial(i);
    return this.outputSpan(i, true, isPartial, true);
  }

  /** Finds the sizes that iterations of kind i hand down. */
  hand(i: number): void {
    const isEdge = this.isEdge(i);
    this.handedPartial = -1;
    if (!this.isSpatial) {
      this.handedWhole = isEdge ? this.mappedEdge : this.mapped;
      return;
    }
    const last = this.hasPartial(i) ? 1 : 0;
    const clusters = isEdge ? this.active : this.subClusters;
    if (last === 1) this.handedPartial = this.mappedEdge;
    this.handedWhole = clusters - last <= 0 ? -1 : isEdge && this.active === 1 ? this.mappedEdge : this.mapped;
  }

  /** All figures of iterations over `whole`. */
  figures(whole: number, out: AxisFigures): void {
    this.list(whole);
    let [iterations, wholes, leaving, inside, changing, renewed, products, sums, most, critical] = NOTHING;
    for (let i = 0; i < this.count; i++) {
      const times = this.times[i];
      const made = this.overSubClusters(i, PRODUCT);
      leaving += times * (this.inOutput ? this.overSubClusters(i, LEAVING) : 1);
      sums += times * made;
      most += times * Math.abs(made);
      const busiest = this.critical(i);
      if (busiest <= 0) continue;
      iterations += times;
      critical += times * busiest;
      products += times * made;
      if (!this.isEdge(i)) wholes += times;
      inside += times * this.overSubClusters(i, INSIDE);
      if (this.kind[i] === INIT) continue;
      changing += times * this.overSubClusters(i, CHANGING);
      renewed += times * this.overSubClusters(i, INSIDE);
    }
    out.iterations = iterations;
    out.wholeIterations = wholes;
    out.leaving = leaving;
    out.leavingFirst = this.inOutput ? this.overSubClusters(0, LEAVING) : 1;
    out.first = this.overSubClusters(0, FIRST);
    out.outside = this.overSubClusters(0, OUTSIDE);
    out.inside = inside;
    out.changing = changing;
    out.renewed = renewed;
    const start = Math.min(out.first, out.outside);
    out.covered = start + Math.max(0, Math.min(changing, renewed, inside - start));
    out.isCovered = this.flags[0] & 1;
    out.products = products;
    out.sums = sums;
    out.mostProducts = most;
    out.critical = critical;
  }

  private overSubClusters(i: number, what: What): number {
    if (!this.isSpatial) return this.span(i, what, true, false);
    const isLikeFirst = what === PRODUCT;
    if (!this.isEdge(i))
      return this.span(i, what, true, false) + (this.subClusters - 1) * this.span(i, what, isLikeFirst, false);
    const last = this.hasPartial(i) ? 1 : 0;
    const first = this.span(i, what, true, this.active === 1 && last === 1);
    if (this.active <= 1) return first;
    const whole = Math.max(this.active - last - 1, 0);
    const others = whole > 0 ? whole * this.span(i, what, isLikeFirst, false) : 0;
    return first + others + (last > 0 ? this.span(i, what, false, true) : 0);
  }

  private span(i: number, what: What, first: boolean, partial: boolean): number {
    if (what === LEAVING || what === PRODUCT) return this.outputSpan(i, first, partial, what === PRODUCT);
    const { mapped, mappedEdge, unique, uniqueEdge } = this;
    const isInit = this.kind[i] === INIT;
    if (!this.isSpatial) {
      if (isInit) return this.isEdge(i) ? mappedEdge : mapped;
      return what === CHANGING ? unique : mapped;
    }
    if (what === FIRST) {
      const isEdge = this.isEdge(i) && (this.active === 1 ? first || partial : partial);
      return isEdge ? mappedEdge : mapped;
    }
    const isNew = isInit ? what === OUTSIDE : what === CHANGING;
    if (!first && isNew) return partial ? uniqueEdge : unique;
    return partial ? mappedEdge : mapped;
  }

  private outputSpan(i: number, first: boolean, partial: boolean, summed: boolean): number {
    const isEdge = this.isEdge(i);
    const kind = this.kind[i];
    if (!this.isSpatial) return kind === EDGE || (kind === INIT && isEdge) ? this.madeEdge : this.made;
    const shared = first ? this.made : this.madeUnique || 1;
    if (kind === STEADY) return shared;
    if (kind === INIT) {
      if (!isEdge || !partial) return shared;
      return this.active === 1 || summed ? this.madeEdge : this.madeUniqueEdge;
    }
    if (this.active === 1 && (first || partial)) return this.mappedEdge;
    return partial ? this.madeUniqueEdge : shared;
  }
}

const NOTHING = new Float64Array(10);

const FIRST = 0;
const INSIDE = 1;
const CHANGING = 2;
const OUTSIDE = 3;
const LEAVING = 4;
const PRODUCT = 5;
type What = typeof FIRST | typeof INSIDE | typeof CHANGING | typeof OUTSIDE | typeof LEAVING | typeof PRODUCT;

/** Figures of an axis, all 0, to be overwritten. */
export function emptyFigures(): AxisFigures {
  return {
    iterations: 0,
    wholeIterations: 0,
    leaving: 0,
    leavingFirst: 0,
    first: 0,
    inside: 0,
    changing: 0,
    renewed: 0,
    outside: 0,
    covered: 0,
    isCovered: 0,
    products: 0,
    sums: 0,
    mostProducts: 0,
    critical: 0,
  };
}
