import { Counter, copyNest, cyclesOf, emptyNest, energyPj, type Machine, type Nest } from '../timeloop/index.ts';
import { Climb } from './climb.ts';
import { type InnerTiles, innerTilesInSteps } from './inner.ts';
import { type Cost, isBetter, type Objective } from './objective.ts';
import { OuterStates, setOrder } from './outer.ts';
import type { Found, SearchLimits, SearchResult } from './result.ts';
import { type Mapspace, Placements } from './space.ts';
import { spaceBound } from './space-bound.ts';
import type { Steps } from './steps.ts';

/** How many pairs and evaluations pass between two looks at the clock. */
const PAIRS_PER_LOOK = 4096;

interface Branch {
  readonly keep: Uint8Array;
  readonly outer: OuterStates;
  readonly inner: InnerTiles;
}

/** Branch and bound over the choices of the outer levels and of the innermost tile, for one choice of kept tensors after another. */
export class ExactSearch {
  private readonly space: Mapspace;
  private readonly machine: Machine;
  private readonly objective: Objective;
  private readonly isFront: boolean;
  private readonly limits: SearchLimits;
  private readonly slack: number;
  private readonly counter: Counter;
  private readonly nest: Nest;
  private readonly placements: Placements;
  private readonly rest: Float64Array;
  private readonly front: Found[] = [];
  private best: Found | undefined;
  private readonly climb: Climb;
  private evaluations = 0;
  private pruned = 0;
  private sincePause = 0;
  private isStopped = false;
  private isCut = false;
  private isLastBranch = false;
  private readonly leastBound: number;
  /** Whether a part of the space was not even begun. */
  private isUnvisited = false;
  /** The lowest first value of what was left out without being beaten. */
  private openBound = Number.POSITIVE_INFINITY;
  private outerStates = 0;
  private innerCount = 0;

  constructor(space: Mapspace, objective: Objective, isFront: boolean, limits: SearchLimits) {
    this.space = space;
    this.machine = space.machine;
    this.objective = objective;
    this.isFront = isFront;
    this.limits = limits;
    this.slack = 1 - (limits.gap ?? 0);
    this.leastBound = spaceBound(space, objective);
    this.counter = new Counter(space.machine);
    this.nest = emptyNest(space.machine);
    this.placements = new Placements(space);
    this.rest = new Float64Array(space.machine.dimensions);
    this.climb = new Climb(space, objective, limits.isCold === true, (found) => this.climbFrom(found));
  }

  /** Searches the mappings with one choice of kept tensors. Only one such part of the space is in memory at a time. */
  *visitBypass(keep: Uint8Array, isLast: boolean): Steps<void> {
    this.isLastBranch = isLast;
    if (this.isStopped) {
      this.isUnvisited = true;
      return;
    }
    const { isOver = () => false } = this.limits;
    const inner = yield* this.climb.beside(innerTilesInSteps(this.space, keep, isOver));
    if (this.stopsIf(isOver()) || inner.count === 0) return;
    const outer = yield* this.climb.beside(OuterStates.list(this.space, keep, this.objective.deadlineCycles, isOver));
    if (this.stopsIf(isOver()) || outer.count === 0) return;
    if (inner.isCut || outer.isCut) this.isCut = true;
    this.outerStates += outer.count;
    this.innerCount += inner.count;
    yield* this.run({ keep, outer, inner });
    if (isOver()) this.isStopped = true;
  }

  private climbFrom(found: Found): void {
    if (!isBetter(this.objective, found.cost, this.best?.cost)) return;
    this.best = found;
    if (this.isFront) this.addToFront(found.cost, found.nest);
    const best = this.objective.values[0](found.cost);
    this.limits.onProgress?.({
      best,
      bound: Math.min(best, this.leastBound),
      evaluations: this.evaluations + this.climb.evaluations,
    });
  }

  /** Ends the search before a part of the space is visited. */
  private stopsIf(isOver: boolean): boolean {
    if (isOver) this.isStopped = this.isUnvisited = true;
    return isOver;
  }

  private *run(branch: Branch): Steps<void> {
    const { inner, outer } = branch;
    const { values } = this.objective;
    let leastPj = Number.POSITIVE_INFINITY;
    for (const energy of inner.energyPj) if (energy < leastPj) leastPj = energy;
    const mostParallel = inner.parallel[inner.sorted[0]];
    const keys = values.map(() => new Float64Array(outer.count));
    for (let state = 0; state < outer.count; state++) {
      const bound = this.bound(branch, state, leastPj, mostParallel);
      for (let i = 0; i < keys.length; i++) keys[i][state] = values[i](bound);
    }
    const sorted = Int32Array.from(keys[0], (_, state) => state).sort((a, b) => {
      for (const key of keys) if (key[a] !== key[b]) return key[a] - key[b];
      return a - b;
    });
    for (let i = 0; i < sorted.length; i++) {
      const bound = this.bound(branch, sorted[i], leastPj, mostParallel);
      if (this.isStopped || !this.isPromising(bound)) {
        this.leaveOpen(bound);
        this.pruned++;
        // All that follow have no lower bound; of a front only this state is excluded.
        if (this.isFront && !this.isStopped) continue;
        this.pruned += sorted.length - i - 1;
        break;
      }
      yield* this.visitState(branch, sorted[i]);
      this.report(bound);
    }
  }

  private report(bound: Cost): void {
    const { best } = this;
    if (!best) return;
    const [value] = this.objective.values;
    // The bound of a branch holds for all mappings only once the other branches are done.
    const all = this.isLastBranch && !this.isCut ? Math.min(value(bound), this.openBound) : this.leastBound;
    this.limits.onProgress?.({
      best: value(best.cost),
      bound: Math.min(value(best.cost), all),
      evaluations: this.evaluations + this.climb.evaluations,
    });
  }

  /** A lower bound of every mapping with this outer state and an inner tile of this bound. */
  private bound({ outer }: Branch, state: number, innerPj: number, parallel: number): Cost {
    const { machine } = this;
    const steps = machine.macs / (parallel * this.outerParallel());
    return {
      energyPj: outer.energyPj[state] + innerPj * (1 - 1e-12),
      cycles: Math.max(outer.cycles[state], steps) + machine.latencyCycles,
      lastLevelWords: outer.lastLevelWords[state],
    };
  }

  /** Children of the levels above the last two, all of them. */
  private outerParallel(): number {
    let fan = 1;
    for (let level = 0; level < this.machine.levels - 2; level++)
      fan *= this.machine.fanoutX[level] * this.machine.fanoutY[level];
    return fan;
  }

  private isPromising(bound: Cost): boolean {
    if (bound.cycles > this.objective.deadlineCycles) return false;
    if (!this.isFront) return isBetter(this.objective, bound, this.best?.cost, this.slack);
    return !this.front.some(
      ({ cost }) => cost.energyPj * this.slack <= bound.energyPj && cost.cycles * this.slack <= bound.cycles,
    );
  }

  /** Notes the bound of something that is not looked into. */
  private leaveOpen(bound: Cost): void {
    if (bound.cycles > this.objective.deadlineCycles) return;
    this.openBound = Math.min(this.openBound, this.objective.values[0](bound));
  }

  private *visitState(branch: Branch, state: number): Steps<void> {
    const { inner, keep, outer } = branch;
    const { machine, nest } = this;
    copyNest(emptyNest(machine), nest);
    nest.keep.set(keep);
    outer.enter(state, nest, this.rest);
    const { sorted, parallel, energyPj } = inner;
    let i = 0;
    while (i < sorted.length) {
      const across = parallel[sorted[i]];
      let j = i;
      for (; j < sorted.length && parallel[sorted[j]] === across; j++) {
        const bound = this.bound(branch, state, energyPj[sorted[j]], across);
        if (!this.isPromising(bound)) {
          this.leaveOpen(bound);
          break;
        }
        if (this.divides(inner, sorted[j])) this.visitTile(inner, sorted[j]);
        this.sincePause++;
        if (this.sincePause >= PAIRS_PER_LOOK) {
          this.sincePause = 0;
          yield;
          if (this.limits.isOver?.()) {
            this.isStopped = true;
            this.leaveOpen(bound);
            return;
          }
        }
      }
      // The rest of this group costs more at the same parallelism.
      while (j < sorted.length && parallel[sorted[j]] === across) j++;
      this.pruned++;
      i = j;
    }
  }

  private divides({ temporal, spatial, lanes }: InnerTiles, tile: number): boolean {
    const { divisors, machine } = this.space;
    const D = machine.dimensions;
    for (let d = 0; d < D; d++) {
      const list = divisors[d];
      const at = tile * D + d;
      if (this.rest[d] % (list[temporal[at]] * list[spatial[at]] * list[lanes[at]]) !== 0) return false;
    }
    return true;
  }

  private visitTile({ temporal, spatial, lanes }: InnerTiles, tile: number): void {
    const { machine, nest, rest, space } = this;
    const { levels: L, dimensions: D } = machine;
    const [last, above] = [(L - 1) * D, (L - 2) * D];
    let active = 0;
    for (let d = 0; d < D; d++) {
      const list = space.divisors[d];
      const at = tile * D + d;
      nest.temporal[last + d] = list[temporal[at]];
      nest.spatial[last + d] = list[lanes[at]];
      if (L < 2) continue;
      nest.spatial[above + d] = list[spatial[at]];
      const passes = rest[d] / (list[temporal[at]] * list[spatial[at]] * list[lanes[at]]);
      const { fixed, least, most } = space.constraints[L - 2].temporal;
      if ((fixed[d] !== undefined && fixed[d] !== passes) || passes < least[d] || passes > most[d]) return;
      nest.temporal[above + d] = passes;
      if (passes > 1) active |= 1 << d;
    }
    if (L < 2) {
      this.evaluate();
      return;
    }
    for (const order of space.orders[L - 2].of(active)) {
      setOrder(nest, L - 2, D, order);
      this.evaluate();
    }
  }

  private evaluate(): void {
    const { placements, best } = this;
    const least = this.cost();
    if (!placements.matter) this.consider(least);
    else if (this.isFront || isBetter(this.objective, least, best?.cost))
      placements.visit(this.nest, () => this.consider(this.cost()));
  }

  private cost(): Cost {
    const { machine, counter, nest } = this;
    const counts = counter.count(nest);
    this.evaluations++;
    this.sincePause++;
    let lastLevelWords = 0;
    for (let q = 0; q < machine.tensors; q++) lastLevelWords += counts.reads[q] + counts.updates[q];
    return { energyPj: energyPj(machine, counts), cycles: cyclesOf(machine, counts), lastLevelWords };
  }

  private consider(cost: Cost): void {
    if (cost.cycles > this.objective.deadlineCycles) return;
    if (this.isFront) this.addToFront(cost, this.nest);
    if (isBetter(this.objective, cost, this.best?.cost)) this.best = { nest: this.placements.kept(this.nest), cost };
  }

  private addToFront(cost: Cost, nest: Nest): void {
    const { front } = this;
    if (front.some((other) => other.cost.energyPj <= cost.energyPj && other.cost.cycles <= cost.cycles)) return;
    const left = front.filter((other) => other.cost.energyPj < cost.energyPj || other.cost.cycles < cost.cycles);
    front.splice(0, front.length, ...left, { nest: this.placements.kept(nest), cost });
  }

  result(): SearchResult {
    const best = this.best ?? (this.isStopped ? this.climb.last() : undefined);
    const { front, pruned, outerStates, innerCount, evaluations } = this;
    const value = best ? this.objective.values[0](best.cost) : Number.POSITIVE_INFINITY;
    const bound = this.isCut || this.isUnvisited ? Math.min(this.leastBound, value) : Math.min(value, this.openBound);
    const reason = this.isStopped ? 'stopped' : this.isCut ? 'space cut' : bound < value ? 'gap' : 'proven';
    return {
      best,
      front: [...front].sort((a, b) => a.cost.cycles - b.cost.cycles),
      lowerBound: bound,
      evaluations: evaluations + this.climb.evaluations,
      pruned,
      outerStates,
      innerTiles: innerCount,
      reason,
    };
  }
}
