import type { RankTerm, TimeloopProblem } from './types.ts';

/** The parts that dimensions play in a convolution (Y and X are rows and columns of outputs) or in a product of matrices. */
export type Role = 'G' | 'N' | 'K' | 'C' | 'Y' | 'X' | 'R' | 'S';

export interface OperationRoles {
  /** `gemm` has N x C times C x K: rows of the first factor and of the result are its batch N. */
  readonly kind: 'gemm' | 'conv' | 'depthwise';
  /** Dimensions of the problem by role; a role that is not there has the size 1. */
  readonly dimensions: ReadonlyMap<Role, number>;
  readonly strideY: number;
  readonly strideX: number;
}

/**
 * Recognises a product of matrices or a convolution by its projections, whatever its dimensions are called; returns why not
 * if it is neither.
 */
export function rolesOf({ dimensions, tensors }: TimeloopProblem): OperationRoles | string {
  const output = tensors.find(({ readWrite }) => readWrite);
  const factors = tensors.filter(({ readWrite }) => !readWrite);
  if (!output || factors.length !== 2) return `it has ${tensors.length} data spaces instead of 3`;
  const slides = factors.map(({ ranks }) => ranks.some((terms) => terms.length > 1));
  if (slides[0] && slides[1]) return 'both of its inputs slide';
  const [weights, input] = slides[0]
    ? [factors[1], factors[0]]
    : [factors[slides[1] ? 0 : 1], factors[slides[1] ? 1 : 0]];
  const within = (tensor: typeof output, d: number): boolean =>
    tensor.ranks.some((terms) => terms.some(({ dimension }) => dimension === d));
  const pairs = slidingPairs(input.ranks, (d) => within(output, d));
  if (typeof pairs === 'string') return pairs;
  const found = new Map<Role, number>();
  for (const [i, { position, filter }] of pairs.entries()) {
    found.set(i === 0 ? 'Y' : 'X', position);
    found.set(i === 0 ? 'R' : 'S', filter);
  }
  const placed = new Set(found.values());
  for (const [d, name] of dimensions.entries()) {
    if (placed.has(d)) continue;
    const role = plainRole(within(input, d), within(weights, d), within(output, d));
    if (!role) return `the dimension ${name} is in one data space only`;
    if (found.has(role)) return `${dimensions[found.get(role)!]} and ${name} play the same part`;
    found.set(role, d);
  }
  const isProduct = pairs.length === 0 && !found.has('G');
  const kind = isProduct ? 'gemm' : found.has('G') && !found.has('K') && !found.has('C') ? 'depthwise' : 'conv';
  return { kind, dimensions: found, strideY: pairs[0]?.stride ?? 1, strideX: pairs[1]?.stride ?? 1 };
}

function plainRole(inInput: boolean, inWeights: boolean, inOutput: boolean): Role | undefined {
  if (inInput && inWeights && inOutput) return 'G';
  if (inInput && inOutput) return 'N';
  if (inWeights && inOutput) return 'K';
  return inInput && inWeights ? 'C' : undefined;
}

interface SlidingPair {
  readonly position: number;
  readonly filter: number;
  readonly stride: number;
}

/** The pairs of an output's and a filter's dimension in the ranks of an input. */
function slidingPairs(
  ranks: readonly (readonly RankTerm[])[],
  isOutput: (dimension: number) => boolean,
): SlidingPair[] | string {
  const pairs: SlidingPair[] = [];
  for (const terms of ranks) {
    if (terms.length < 2) continue;
    const position = terms.find(({ dimension }) => isOutput(dimension));
    const filter = terms.find(({ dimension }) => !isOutput(dimension));
    if (terms.length > 2 || !position || !filter) return 'a rank of its input is no window over outputs';
    if (filter.coefficient !== 1) return 'its filter is dilated';
    pairs.push({ position: position.dimension, filter: filter.dimension, stride: position.coefficient });
  }
  return pairs.length > 2 ? 'its input slides along more than two ranks' : pairs;
}
