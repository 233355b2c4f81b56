import { fail, type Span } from '../../base/errors.ts';
import type { Counter, Counts } from './counts.ts';
import type { Machine } from './machine.ts';
import type { Nest } from './nest.ts';

export function isPerfect({ temporal, temporalLast, spatial, spatialLast }: Nest): boolean {
  return (
    temporal.every((bound, at) => bound === temporalLast[at]) && spatial.every((bound, at) => bound === spatialLast[at])
  );
}

/**
 * Counts a nest with imperfect factors, whose last iterations are shorter. Totals over all instances are exact; those of
 * one instance are the mean, rounded down, and its steps are those of a full instance, as in Timeloop v3.0.3. Error:
 * `not-supported` if a tensor slides along a dimension with imperfect factors.
 */
export function countImperfect(machine: Machine, counter: Counter, nest: Nest, span?: Span): Counts {
  const counts = counter.count(nest);
  const walk = new UnevenWalk(machine, nest);
  for (let q = 0; q < machine.tensors; q++) {
    if (machine.slides[q] === 1) refuseSliding(machine, walk, q, span);
    else countTensor(machine, counts, nest, walk, q);
  }
  return counts;
}

function refuseSliding(machine: Machine, walk: UnevenWalk, q: number, span: Span | undefined): void {
  const { dimensions, tensors } = machine.problem;
  dimensions.forEach((name, d) => {
    if (walk.isPerfect(d)) return;
    fail('not-supported', `imperfect factors of ${name} beside ${tensors[q].name}, whose tiles overlap`, {
      span,
      expected: `perfect factors of ${name}`,
    });
  });
}

/** Loops of one dimension from the outermost to the innermost: at each level the temporal one, then the spatial one. */
class UnevenWalk {
  private readonly bounds: Float64Array[];
  private readonly lasts: Float64Array[];
  private readonly machine: Machine;

  constructor(machine: Machine, { temporal, temporalLast, spatial, spatialLast }: Nest) {
    const { levels: L, dimensions: D } = machine;
    const slots = (outer: Float64Array, inner: Float64Array, d: number): Float64Array =>
      Float64Array.from({ length: 2 * L }, (_, i) => (i % 2 === 0 ? outer : inner)[(i >> 1) * D + d]);
    this.machine = machine;
    this.bounds = Array.from({ length: D }, (_, d) => slots(temporal, spatial, d));
    this.lasts = Array.from({ length: D }, (_, d) => slots(temporalLast, spatialLast, d));
  }

  isPerfect(d: number): boolean {
    return this.bounds[d].every((bound, i) => bound === this.lasts[d][i]);
  }

  /** The largest extent that the loops from a slot on cover: a whole one, unless no loop outside it repeats. */
  largest(d: number, from: number): number {
    let isLast = true;
    for (let slot = 0; slot < from; slot++) if (this.lasts[d][slot] > 1) isLast = false;
    let full = 1;
    let last = 1;
    for (let slot = 2 * this.machine.levels - 1; slot >= from; slot--) {
      last = (this.lasts[d][slot] - 1) * full + last;
      full *= this.bounds[d][slot];
    }
    return isLast ? last : full;
  }

  /** Combinations of the indices of the chosen loops of dimension d that occur. */
  combinations(d: number, isChosen: (slot: number) => boolean): number {
    let full = 1;
    let last = 1;
    for (let slot = 2 * this.machine.levels - 1; slot >= 0; slot--) {
      const [bound, shortest] = [this.bounds[d][slot], this.lasts[d][slot]];
      if (isChosen(slot)) {
        last = (shortest - 1) * full + last;
        full *= bound;
      } else if (shortest > 1) last = full;
    }
    return last;
  }
}

function countTensor(machine: Machine, counts: Counts, nest: Nest, walk: UnevenWalk, q: number): void {
  const { levels: L, dimensions: D, tensors: T, written, rankOf, tensorWords } = machine;
  const { reads, fills, updates, tile, partition, ingress, multicast, instances, steps } = counts;
  let child = L;
  for (let level = L - 1; level >= 0; level--) {
    const at = level * T + q;
    if (nest.keep[at] === 0) continue;
    let parts = 1;
    for (let i = 0; i < level * D; i++) if (rankOf[q * D + (i % D)] >= 0) parts *= nest.spatial[i];
    partition[at] = Math.floor(tensorWords[q] / parts);
    tile[at] = tileWords(machine, walk, level, q);
    const [own, merged] = [
      totalArrivals(machine, nest, walk, q, child, child),
      totalArrivals(machine, nest, walk, q, child, level),
    ];
    const words =
      child === L ? (steps * instances[L]) / instances[level] / multicast[at] : Math.floor(merged / instances[level]);
    const arrivals = child === L ? steps : Math.floor(own / instances[child]);
    ingress[at] = words;
    if (child < L) multicast[at] = own / merged;
    updates[at] = q === written ? words : 0;
    reads[at] = q === written ? words - partition[at] : words;
    if (child < L) fills[child * T + q] = q === written ? Math.max(0, arrivals - partition[child * T + q]) : arrivals;
    child = level;
  }
}

/** Words of the largest tile that a level holds. */
function tileWords(
  { dimensions: D, rankOf, coefficientOf }: Machine,
  walk: UnevenWalk,
  level: number,
  q: number,
): number {
  let words = 1;
  for (let d = 0; d < D; d++) {
    if (rankOf[q * D + d] >= 0) words *= 1 + coefficientOf[q * D + d] * (walk.largest(d, 2 * level) - 1);
  }
  return words;
}

/**
 * Words that arrive at a level in all. Instances below `apart` that hold the same word count once, those above count each.
 */
function totalArrivals(
  machine: Machine,
  nest: Nest,
  walk: UnevenWalk,
  q: number,
  level: number,
  apart: number,
): number {
  const { dimensions: D, sizes, rankOf } = machine;
  const isRelevant = (d: number): boolean => rankOf[q * D + d] >= 0;
  const inside = loopsInside(nest, D, level, isRelevant);
  let words = 1;
  for (let d = 0; d < D; d++) {
    if (isRelevant(d)) words *= sizes[d];
    else
      words *= walk.combinations(d, (slot) =>
        slot % 2 === 0 ? slot >> 1 < level && !inside.has((slot >> 1) * D + d) : slot >> 1 < apart,
      );
  }
  return words;
}

/** Temporal loops above a level that run inside the innermost relevant one: a tile stays while they run. */
function loopsInside(
  { temporal, order }: Nest,
  D: number,
  level: number,
  isRelevant: (d: number) => boolean,
): ReadonlySet<number> {
  const inside = new Set<number>();
  for (let i = level * D - 1; i >= 0; i--) {
    const at = Math.floor(i / D) * D + order[i];
    if (temporal[at] > 1 && isRelevant(order[i])) break;
    inside.add(at);
  }
  return inside;
}
