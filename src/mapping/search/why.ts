import type { Span } from '../../base/errors.ts';
import { Counter } from '../timeloop/index.ts';
import { allowsSpatial, allowsTemporal, bypasses, type Mapspace } from './space.ts';

/** A reason, and the constraint or the memory from which it follows; without one for a deadline. */
export interface Reason {
  readonly text: string;
  readonly span: Span | undefined;
}

/**
 * Why a space holds no mapping, a sentence for each reason that can be found in one constraint or level alone. After a sampled
 * search a space without such a reason may still hold some.
 */
export function whyNoMapping(space: Mapspace, deadlineCycles: number, isSampled = false): Reason[] {
  const reasons = [...factorReasons(space), ...capacityReasons(space), ...meshReasons(space)];
  if (reasons.length > 0) return reasons;
  const { machine } = space;
  const fastest = machine.macs / machine.architecture.compute.instances;
  if (fastest > deadlineCycles)
    return [
      {
        text: `${machine.macs} products on ${machine.architecture.compute.instances} multipliers take ${fastest} cycles, the deadline is ${deadlineCycles}`,
        span: undefined,
      },
    ];
  const span = firstConstraint(space) ?? machine.architecture.storages.at(-1)!.span;
  if (isSampled) return [{ text: 'no sample fits; --search exact finds one or proves that there is none', span }];
  if (Number.isFinite(deadlineCycles))
    return [{ text: `no mapping takes at most ${deadlineCycles} cycles`, span: undefined }];
  return [{ text: 'the constraints of several levels exclude each other', span }];
}

function firstConstraint({ constraints }: Mapspace): Span | undefined {
  return constraints
    .flatMap(({ temporal, spatial, axes, parallelSpan }) => [
      ...[temporal, spatial, axes?.X, axes?.Y].map((loops) => loops?.span),
      parallelSpan,
    ])
    .find((span) => span !== undefined);
}

/** The constraint on the factors of a dimension: one that no divisor meets, else the innermost one. */
function constraintOn({ constraints, machine }: Mapspace, d: number): Span | undefined {
  const size = machine.sizes[d];
  const limits = constraints
    .flatMap(({ temporal, spatial, axes }) => [temporal, spatial, axes?.X ?? [], axes?.Y ?? []].flat())
    .filter(({ fixed, least, most }) => fixed[d] !== undefined || least[d] > 1 || most[d] < size);
  const odd = limits.find(({ fixed }) => fixed[d] !== undefined && size % fixed[d] !== 0);
  return (odd ?? limits.at(-1))?.span;
}

/** Dimensions whose allowed factors have no product that is the size. */
function factorReasons(space: Mapspace): Reason[] {
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
    if (products.has(machine.sizes[d])) return [];
    return [{ text: `no allowed factors of ${name} make ${machine.sizes[d]}`, span: constraintOn(space, d) }];
  });
}

/** Levels that cannot hold even the smallest tile that the constraints allow. */
function capacityReasons(space: Mapspace): Reason[] {
  const { machine, divisors, constraints } = space;
  const { levels: L, dimensions: D, tensors: T, architecture, problem } = machine;
  const counter = new Counter(machine);
  const fewest = bypasses(space).at(-1)!;
  const extents = new Float64Array(D).fill(1);
  const reasons: Reason[] = [];
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
    const { name, span } = architecture.storages[level];
    reasons.push({ text: `${name} needs at least ${parts} = ${needed} words, has ${machine.capacity[level]}`, span });
  }
  return reasons;
}

/** Levels whose fixed spatial factors do not fit their mesh. */
function meshReasons({ machine, constraints }: Mapspace): Reason[] {
  return constraints.flatMap(({ spatial, leastParallel, parallelSpan }, level) => {
    const children = machine.fanoutX[level] * machine.fanoutY[level];
    const { name } = machine.architecture.storages[level];
    const fixed = spatial.fixed.reduce<number>((product, bound) => product * (bound ?? 1), 1);
    return [
      ...(fixed > children
        ? [
            {
              text: `${name} is to spread over ${fixed} children, has ${machine.fanoutX[level]} x ${machine.fanoutY[level]}`,
              span: spatial.span,
            },
          ]
        : []),
      ...(leastParallel > children
        ? [{ text: `${name} is to use ${leastParallel} children, has ${children}`, span: parallelSpan }]
        : []),
    ];
  });
}
