import { Counter, copyNest, cyclesOf, emptyNest, energyPj, type Machine, type Nest } from '../timeloop/index.ts';
import { isBetter, type Objective } from './objective.ts';
import type { Found, SearchResult } from './result.ts';
import { Sampler } from './sampler.ts';
import { allowsSpatial, allowsTemporal, type Mapspace, Placements, placeOnAxes } from './space.ts';
import { spaceBound } from './space-bound.ts';
import { drained, type Steps } from './steps.ts';

export interface SampleLimits {
  /** Mappings to evaluate; only those that fit count. */
  readonly evaluations: number;
  readonly seed: number;
  readonly isOver?: () => boolean;
  /** Called in each pause with the evaluations so far. */
  readonly onEvaluations?: (evaluations: number) => void;
  /** Called when a better mapping is found, with the evaluations so far. */
  readonly onBetter?: (found: Found, evaluations: number) => void;
}

/** Attempts for each evaluation wanted, after which a search gives up on a space in which almost nothing fits. */
const ATTEMPTS = 200;

/** Attempts between two pauses, which are also those between two looks at the clock. */
const ATTEMPTS_PER_PAUSE = 256;

/** Evaluates mappings that fit and keeps the best. */
class Judge {
  best: Found | undefined;
  evaluations = 0;
  attempts = 0;
  private readonly space: Mapspace;
  private readonly objective: Objective;
  private readonly limits: SampleLimits;
  private readonly counter: Counter;
  private readonly placements: Placements;

  constructor(space: Mapspace, objective: Objective, limits: SampleLimits) {
    this.space = space;
    this.placements = new Placements(space);
    this.objective = objective;
    this.limits = limits;
    this.counter = new Counter(space.machine);
  }

  get isDone(): boolean {
    const { evaluations, isOver } = this.limits;
    if (this.evaluations >= evaluations || this.attempts >= ATTEMPTS * evaluations) return true;
    return this.attempts % ATTEMPTS_PER_PAUSE === 0 && isOver !== undefined && isOver();
  }

  /** Whether it is time for others to act. */
  get isPause(): boolean {
    return this.attempts % ATTEMPTS_PER_PAUSE === 0;
  }

  *pause(): Steps<void> {
    this.limits.onEvaluations?.(this.evaluations);
    yield;
  }

  get bound(): number {
    return spaceBound(this.space, this.objective);
  }

  /** The first value of the objective, of the best placement on the axes; undefined if the mapping does not fit. */
  judge(nest: Nest): number | undefined {
    this.attempts++;
    if (!this.fits(nest)) return undefined;
    if (!this.placements.matter) return this.evaluate(nest);
    let least: number | undefined;
    this.placements.visit(nest, () => {
      if (least !== undefined && this.evaluations >= this.limits.evaluations) return;
      const value = this.evaluate(nest);
      if (value !== undefined && (least === undefined || value < least)) least = value;
    });
    return least;
  }

  /** The first value of the objective; undefined if the mapping misses the deadline. */
  private evaluate(nest: Nest): number | undefined {
    const { machine } = this.space;
    const counts = this.counter.count(nest);
    this.evaluations++;
    let lastLevelWords = 0;
    for (let q = 0; q < machine.tensors; q++) lastLevelWords += counts.reads[q] + counts.updates[q];
    const cost = { energyPj: energyPj(machine, counts), cycles: cyclesOf(machine, counts), lastLevelWords };
    if (cost.cycles > this.objective.deadlineCycles) return undefined;
    if (isBetter(this.objective, cost, this.best?.cost)) {
      const copy = emptyNest(machine);
      copyNest(nest, copy);
      copy.temporalLast.set(copy.temporal);
      copy.spatialLast.set(copy.spatial);
      this.best = { nest: copy, cost };
      this.limits.onBetter?.(this.best, this.evaluations);
    }
    return this.objective.values[0](cost);
  }

  private fits(nest: Nest): boolean {
    const { space, counter } = this;
    const { levels: L, dimensions: D, tensors: T, capacity } = space.machine;
    for (let level = 0; level < L; level++) {
      let across = 1;
      for (let d = 0; d < D; d++) {
        const at = level * D + d;
        if (!allowsTemporal(space, level, d, nest.temporal[at]) || !allowsSpatial(space, level, d, nest.spatial[at]))
          return false;
        across *= nest.spatial[at];
      }
      if (across < space.constraints[level].leastParallel) return false;
      if (!placeOnAxes(space, level, nest.spatial.subarray(level * D, level * D + D), nest.alongX)) return false;
    }
    counter.measure(nest);
    for (let level = 0; level < L; level++) {
      let words = 0;
      for (let q = 0; q < T; q++) if (nest.keep[level * T + q] === 1) words += counter.tileWords(level, q);
      if (words > capacity[level]) return false;
    }
    return true;
  }
}

/** A way to sample: it lets the judge look at mappings until the judge is done. */
type Method = (judge: Judge, sampler: Sampler, machine: Machine) => Steps<void>;

function* sampled(space: Mapspace, objective: Objective, limits: SampleLimits, method: Method): Steps<SearchResult> {
  const judge = new Judge(space, objective, limits);
  yield* method(judge, new Sampler(space, limits.seed), space.machine);
  return resultOf(judge);
}

function* atRandom(judge: Judge, sampler: Sampler, machine: Machine): Steps<void> {
  const nest = emptyNest(machine);
  while (!judge.isDone) {
    if (judge.isPause) yield* judge.pause();
    sampler.draw(nest);
    judge.judge(nest);
  }
}

/** Size of the population and the part of it that lives on; a child is crossed with this probability. */
const POPULATION = 40;
const ELITE = 8;
const CROSSED = 0.5;

/** Children of the best part of the population are crossed and mutated. */
function* byGenerations(judge: Judge, sampler: Sampler, machine: Machine): Steps<void> {
  let population: { nest: Nest; value: number }[] = [];
  while (!judge.isDone && population.length < POPULATION) {
    if (judge.isPause) yield* judge.pause();
    const nest = emptyNest(machine);
    sampler.draw(nest);
    const value = judge.judge(nest);
    if (value !== undefined) population.push({ nest, value });
  }
  while (!judge.isDone && population.length > 0) {
    population.sort((a, b) => a.value - b.value);
    const parents = population.slice(0, Math.max(2, POPULATION / 2));
    const next = population.slice(0, ELITE);
    while (!judge.isDone && next.length < POPULATION) {
      if (judge.isPause) yield* judge.pause();
      const nest = emptyNest(machine);
      copyNest(parents[sampler.pick(parents.length)].nest, nest);
      if (sampler.chance() < CROSSED) sampler.cross(nest, parents[sampler.pick(parents.length)].nest);
      const changes = 1 + sampler.pick(3);
      for (let i = 0; i < changes; i++) sampler.mutate(nest);
      const value = judge.judge(nest);
      if (value !== undefined) next.push({ nest, value });
    }
    population = next;
  }
}

/** Changes without a gain after which a climb starts again elsewhere. */
const PATIENCE = 200;

function* byClimbing(judge: Judge, sampler: Sampler, machine: Machine): Steps<void> {
  const [here, there] = [emptyNest(machine), emptyNest(machine)];
  while (!judge.isDone) {
    if (judge.isPause) yield* judge.pause();
    sampler.draw(here);
    let value = judge.judge(here);
    if (value === undefined) continue;
    for (let failures = 0; failures < PATIENCE && !judge.isDone; ) {
      if (judge.isPause) yield* judge.pause();
      copyNest(here, there);
      sampler.mutate(there);
      const other = judge.judge(there);
      if (other !== undefined && other < value) failures = 0;
      else failures++;
      if (other === undefined || other > value) continue;
      copyNest(there, here);
      value = other;
    }
  }
}

type Search = (space: Mapspace, objective: Objective, limits: SampleLimits) => SearchResult;
type SearchInSteps = (...given: Parameters<Search>) => Steps<SearchResult>;

/** Draws mappings at random and keeps the best. */
export const searchAtRandomInSteps: SearchInSteps = (...given) => sampled(...given, atRandom);
export const searchAtRandom: Search = (...given) => drained(searchAtRandomInSteps(...given));

/** A genetic search: children of the best part of the population are crossed and mutated. */
export const searchGeneticallyInSteps: SearchInSteps = (...given) => sampled(...given, byGenerations);
export const searchGenetically: Search = (...given) => drained(searchGeneticallyInSteps(...given));

/** Climbs from random mappings: a change that makes it better, or no worse, is kept. */
export const searchByClimbingInSteps: SearchInSteps = (...given) => sampled(...given, byClimbing);
export const searchByClimbing: Search = (...given) => drained(searchByClimbingInSteps(...given));

function resultOf({ best, evaluations, attempts, bound }: Judge): SearchResult {
  return {
    best,
    front: [],
    lowerBound: bound,
    evaluations,
    pruned: attempts - evaluations,
    outerStates: 0,
    innerTiles: 0,
    reason: 'sampled',
  };
}
