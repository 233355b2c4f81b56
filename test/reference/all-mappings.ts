import type { LevelConstraints, LoopConstraint } from '../../src/formats/timeloop/index.ts';
import { Counter, cyclesOf, emptyNest, energyPj, type Machine, type Nest } from '../../src/mapping/index.ts';

/** Every way to write n as an ordered product of `slots` factors. */
function factorisations(n: number, slots: number): number[][] {
  if (slots === 1) return [[n]];
  const found: number[][] = [];
  for (let f = 1; f <= n; f++)
    if (n % f === 0) for (const rest of factorisations(n / f, slots - 1)) found.push([f, ...rest]);
  return found;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

export interface Point {
  readonly energyPj: number;
  readonly cycles: number;
}

/**
 * The cost of every mapping of a space that fits: all factors, all orders of all levels, all bypasses, one after the other. A
 * dimension's spatial factor lies on one axis, or on both where the axes have constraints of their own. Nothing is left out but orders of loops that run once, and what the constraints exclude.
 */
export function allMappings(machine: Machine, constraints: readonly LevelConstraints[]): Point[] {
  const { levels: L, dimensions: D, tensors: T } = machine;
  const nest = emptyNest(machine);
  const counter = new Counter(machine);
  const found: Point[] = [];
  const perDimension = Array.from(machine.sizes, (size) => factorisations(size, 2 * L));
  const measure = (): void => {
    const counts = counter.count(nest);
    for (let level = 0; level < L; level++) {
      let words = 0;
      for (let q = 0; q < T; q++) words += counts.tile[level * T + q];
      if (words > machine.capacity[level]) return;
    }
    found.push({ energyPj: energyPj(machine, counts), cycles: cyclesOf(machine, counts) });
  };
  const orders = (level: number): void => {
    if (level === L) {
      measure();
      return;
    }
    const moving = Array.from({ length: D }, (_, d) => d).filter((d) => nest.temporal[level * D + d] > 1);
    const still = Array.from({ length: D }, (_, d) => d).filter((d) => !moving.includes(d));
    for (const order of permutations(moving)) {
      if (!hasInnermost(order, constraints[level].temporal.innermost)) continue;
      nest.order.set([...still, ...order], level * D);
      orders(level + 1);
    }
  };
  const bypasses = (at: number): void => {
    if (at === L * T) {
      orders(0);
      return;
    }
    const fixed = at < T ? true : constraints[Math.floor(at / T)].keep[at % T];
    for (const keep of fixed === undefined ? [1, 0] : [fixed ? 1 : 0]) {
      nest.keep[at] = keep;
      bypasses(at + 1);
    }
  };
  // Where two fan-outs lie below a level, its cost depends on the axes: every placement that fits is a mapping.
  const placements = (at: number): void => {
    const level = Math.floor(at / D);
    if (level === L) {
      bypasses(0);
      return;
    }
    const whole = nest.spatial[at];
    for (const along of machine.outerAxis[level] ? factorisations(whole, 2).map(([x]) => x) : [1]) {
      if (!constraints[level].axes && along !== 1 && along !== whole) continue;
      nest.alongX[at] = along;
      const isLast = at % D === D - 1;
      if (!isLast || !machine.outerAxis[level] || fitsPlaced(machine, nest, level, constraints[level]))
        placements(at + 1);
    }
    nest.alongX[at] = 1;
  };
  const factors = (d: number): void => {
    if (d === D) {
      if (constraints.every((constraint, level) => fitsMesh(machine, nest, level, constraint))) placements(0);
      return;
    }
    for (const parts of perDimension[d]) {
      const isAllowed = constraints.every(
        ({ temporal, spatial }, level) =>
          allows(temporal, d, parts[2 * level]) && allows(spatial, d, parts[2 * level + 1]),
      );
      if (!isAllowed) continue;
      for (let level = 0; level < L; level++) {
        nest.temporal[level * D + d] = parts[2 * level];
        nest.spatial[level * D + d] = parts[2 * level + 1];
      }
      factors(d + 1);
    }
  };
  factors(0);
  return found;
}

function allows({ fixed, least, most }: LoopConstraint, d: number, factor: number): boolean {
  return factor === (fixed[d] ?? factor) && factor >= least[d] && factor <= most[d];
}

/** Whether an order, the outermost loop first, ends in those of its loops that are to be innermost, the innermost first. */
function hasInnermost(order: readonly number[], innermost: readonly number[]): boolean {
  const wanted = innermost.filter((d) => order.includes(d));
  return wanted.every((d, i) => order[order.length - 1 - i] === d);
}

/** Whether the spatial factors of a level fit the axes, and use enough children. The first `split` of a permutation lie along X. */
function fitsMesh(
  machine: Machine,
  { spatial }: Nest,
  level: number,
  { spatial: { innermost }, split, axes, leastParallel }: LevelConstraints,
): boolean {
  const { dimensions: D } = machine;
  const factors = spatial.subarray(level * D, level * D + D);
  if (factors.reduce((product, factor) => product * factor, 1) < leastParallel) return false;
  if (axes) return fitsAxes(machine, factors, level, axes);
  for (let mask = 0; mask < 2 ** D; mask++) {
    if (
      split !== undefined &&
      innermost.length > 0 &&
      innermost.some((d, i) => ((mask >> d) & 1) !== (i < split ? 1 : 0))
    )
      continue;
    let [x, y] = [1, 1];
    factors.forEach((factor, d) => {
      if ((mask >> d) & 1) x *= factor;
      else y *= factor;
    });
    if (x <= machine.fanoutX[level] && y <= machine.fanoutY[level]) return true;
  }
  return false;
}

/** Whether the placement that the nest has at a level fits. */
function fitsPlaced(
  { dimensions: D, fanoutX, fanoutY }: Machine,
  { spatial, alongX }: Nest,
  level: number,
  { spatial: { innermost }, split, axes }: LevelConstraints,
): boolean {
  let [x, y] = [1, 1];
  for (let d = 0; d < D; d++) {
    const part = alongX[level * D + d];
    const rest = spatial[level * D + d] / part;
    x *= part;
    y *= rest;
    const isSplit = split !== undefined && innermost.length > 0;
    if (isSplit && (innermost.slice(0, split).includes(d) ? rest : part) > 1) return false;
    if (!isSplit && axes && !((!axes.X || allows(axes.X, d, part)) && (!axes.Y || allows(axes.Y, d, rest))))
      return false;
  }
  return x <= fanoutX[level] && y <= fanoutY[level];
}

/** Whether any way to split the factors of a level over both axes fits the axes and their constraints. */
function fitsAxes(
  machine: Machine,
  factors: Float64Array,
  level: number,
  { X, Y }: NonNullable<LevelConstraints['axes']>,
): boolean {
  const tried = (d: number, x: number, y: number): boolean => {
    if (d === factors.length) return x <= machine.fanoutX[level] && y <= machine.fanoutY[level];
    return factorisations(factors[d], 2).some(
      ([along, across]) =>
        (X === undefined || allows(X, d, along)) &&
        (Y === undefined || allows(Y, d, across)) &&
        tried(d + 1, x * along, y * across),
    );
  };
  return tried(0, 1, 1);
}
