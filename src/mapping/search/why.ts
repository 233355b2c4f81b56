import { Counter } from '../timeloop/index.ts';
import { bypasses } from './bypasses.ts';
import { allowsSpatial, allowsTemporal, type Mapspace } from './space.ts';

/**
 * Why a space holds no mapping, a sentence for each reason that can be found in one constraint or level alone. After a sampled
 * search a space without such a reason may still hold some.
 */
export function whyNoMapping(space: Mapspace, deadlineCycles: number, isSampled = false): string[] {
  const reasons = [...factorReasons(space), ...capacityReasons(space), ...meshReasons(space)];
  if (reasons.length > 0) return reasons;
  const { machine } = space;
  const fastest = machine.macs / machine.architecture.compute.instances;
  if (fastest > deadlineCycles)
    return [
      `${machine.macs} products on ${machine.architecture.compute.instances} multipliers take ${fastest} cycles, the deadline is ${deadlineCycles}`,
    ];
  if (isSampled) return ['no sample fits; --search exact finds one or proves that there is none'];
  if (Number.isFinite(deadlineCycles)) return [`no mapping takes at most ${deadlineCycles} cycles`];
  return ['the constraints of several levels exclude each other'];
}

/** Dimensions whose allowed factors have no product that is the size. */
function factorReasons(space: Mapspace): string[] {
  const { machine, divisors } = space;
  const { problem, levels: L } = machine;
  return problem.dimensions.flatMap((name, d) => {
    let products = new Set([1]);
    for (let level = 0; level < L; level++) {
      for (const allows of [allowsTemporal, allowsSpatial]) {
        const factors = divisors[d].filter((factor) => allows(space, level, d, factor));
        products = new Set(
          [...products].flatMap((p) => factors.map((f) => p * f)).filter((p) => machine.sizes[d] % p === 0),
        );
      }
    }
    return products.has(machine.sizes[d]) ? [] : [`no allowed factors of ${name} make ${machine.sizes[d]}`];
  });
}

/** Levels that cannot hold even the smallest tile that the constraints allow. */
function capacityReasons(space: Mapspace): string[] {
  const { machine, divisors, constraints } = space;
  const { levels: L, dimensions: D, tensors: T, architecture, problem } = machine;
  const counter = new Counter(machine);
  const fewest = bypasses(space).at(-1)!;
  const extents = new Float64Array(D).fill(1);
  const reasons: string[] = [];
  for (let level = L - 1; level >= 0; level--) {
    for (let d = 0; d < D; d++) {
      const least = (allows: typeof allowsTemporal): number => divisors[d].find((f) => allows(space, level, d, f)) ?? 1;
      const across = constraints[level].spatial.fixed[d] ?? least(allowsSpatial);
      extents[d] *= across * least(allowsTemporal);
    }
    const held = problem.tensors.flatMap(({ name }, q) =>
      fewest[level * T + q] === 1 ? [{ name, words: counter.words(extents, 0, q) }] : [],
    );
    const needed = held.reduce((sum, { words }) => sum + words, 0);
    if (needed <= machine.capacity[level]) continue;
    const parts = held.map(({ name, words }) => `${name} ${words}`).join(' + ');
    reasons.push(
      `${architecture.storages[level].name} needs at least ${parts} = ${needed} words, has ${machine.capacity[level]}`,
    );
  }
  return reasons;
}

/** Levels whose fixed spatial factors do not fit their mesh. */
function meshReasons({ machine, constraints }: Mapspace): string[] {
  return constraints.flatMap(({ spatial, leastParallel }, level) => {
    const children = machine.fanoutX[level] * machine.fanoutY[level];
    const { name } = machine.architecture.storages[level];
    const fixed = spatial.fixed.reduce<number>((product, bound) => product * (bound ?? 1), 1);
    return [
      ...(fixed > children
        ? [`${name} is to spread over ${fixed} children, has ${machine.fanoutX[level]} x ${machine.fanoutY[level]}`]
        : []),
      ...(leastParallel > children ? [`${name} is to use ${leastParallel} children, has ${children}`] : []),
    ];
  });
}
