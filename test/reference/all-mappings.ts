import type { LevelConstraints } from '../../src/formats/timeloop/index.ts';
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
 * dimension's spatial factor lies on one axis. Nothing is left out but orders of loops that run once.
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
  const factors = (d: number): void => {
    if (d === D) {
      if (Array.from({ length: L }, (_, level) => fitsMesh(machine, nest, level)).every(Boolean)) bypasses(0);
      return;
    }
    for (const parts of perDimension[d]) {
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

function fitsMesh(machine: Machine, { spatial }: Nest, level: number): boolean {
  const { dimensions: D } = machine;
  const factors = spatial.subarray(level * D, level * D + D);
  for (let mask = 0; mask < 2 ** D; mask++) {
    let [x, y] = [1, 1];
    factors.forEach((factor, d) => {
      if ((mask >> d) & 1) x *= factor;
      else y *= factor;
    });
    if (x <= machine.fanoutX[level] && y <= machine.fanoutY[level]) return true;
  }
  return false;
}
