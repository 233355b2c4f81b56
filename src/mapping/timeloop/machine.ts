import type { TimeloopArchitecture, TimeloopEnergies, TimeloopProblem } from '../../formats/timeloop/index.ts';

/** A problem and an architecture as flat arrays, in which the counting and the search run. */
export interface Machine {
  readonly problem: TimeloopProblem;
  readonly architecture: TimeloopArchitecture;
  readonly energies: TimeloopEnergies | undefined;
  /** Storage levels, dimensions and tensors. */
  readonly levels: number;
  readonly dimensions: number;
  readonly tensors: number;
  readonly sizes: Float64Array;
  readonly macs: number;
  /** Index of the tensor that is read and written. */
  readonly written: number;
  /** Ranks of tensor q: [rankStart[q], rankStart[q + 1]); terms of rank r: [termStart[r], termStart[r + 1]). */
  readonly rankStart: Int32Array;
  readonly termStart: Int32Array;
  readonly termDimension: Int32Array;
  readonly termCoefficient: Float64Array;
  /** The rank of tensor q that contains dimension d, and its coefficient there: at q * dimensions + d; -1 and 0 if none. */
  readonly rankOf: Int32Array;
  readonly coefficientOf: Float64Array;
  /** Whether a rank of the tensor slides: two of its dimensions are longer than 1. */
  readonly slides: Uint8Array;
  /** Words of the whole tensor. */
  readonly tensorWords: Float64Array;
  /** Children of one instance of each level along X and along Y. */
  readonly fanoutX: Float64Array;
  readonly fanoutY: Float64Array;
  /** The axis of the outer one of two fan-outs below a level; undefined for a single fan-out. */
  readonly outerAxis: readonly ('X' | 'Y' | undefined)[];
  readonly capacity: Float64Array;
  /** Instances of each level that share an access; a cluster pays for it once. */
  readonly clusterSize: Float64Array;
  /** Clusters of each level, which are the instances if each is one of its own. */
  readonly clusters: Float64Array;
  readonly block: Float64Array;
  readonly readBandwidth: Float64Array;
  readonly writeBandwidth: Float64Array;
  readonly sharedBandwidth: Float64Array;
  readonly readPj: Float64Array;
  readonly fillPj: Float64Array;
  readonly updatePj: Float64Array;
  readonly computePj: number;
  /** Fill and drain latencies of all networks, added once. */
  readonly latencyCycles: number;
}

/** Flattens a problem and an architecture. Without energies every energy is 0. */
export function machineOf(
  problem: TimeloopProblem,
  architecture: TimeloopArchitecture,
  energies: TimeloopEnergies | undefined,
): Machine {
  const { storages, compute } = architecture;
  const sizes = Float64Array.from(problem.sizes);
  // A dimension of size 1 never moves a tile, so that its terms can be dropped.
  const ranks = problem.tensors.flatMap((tensor, q) =>
    tensor.ranks.map((terms) => ({ q, terms: terms.filter(({ dimension }) => sizes[dimension] > 1) })),
  );
  const terms = ranks.flatMap(({ terms }) => terms);
  const D = sizes.length;
  const rankOf = new Int32Array(problem.tensors.length * D).fill(-1);
  const coefficientOf = new Float64Array(rankOf.length);
  ranks.forEach(({ q, terms }, rank) => {
    for (const { dimension, coefficient } of terms) {
      rankOf[q * D + dimension] = rank;
      coefficientOf[q * D + dimension] = coefficient;
    }
  });
  const perLevel = (value: (level: number) => number): Float64Array =>
    Float64Array.from(storages, (_, level) => value(level));
  const below = (level: number) => storages[level + 1] ?? compute;
  const meshY = ({ instances, meshX }: { readonly instances: number; readonly meshX: number }): number =>
    instances / meshX;
  const starts = (counts: readonly number[]): Int32Array => {
    const at = new Int32Array(counts.length + 1);
    counts.forEach((count, i) => {
      at[i + 1] = at[i] + count;
    });
    return at;
  };
  return {
    problem,
    architecture,
    energies,
    levels: storages.length,
    dimensions: D,
    tensors: problem.tensors.length,
    sizes,
    macs: sizes.reduce((product, size) => product * size, 1),
    written: problem.tensors.findIndex(({ readWrite }) => readWrite),
    rankStart: starts(problem.tensors.map(({ ranks }) => ranks.length)),
    termStart: starts(ranks.map(({ terms }) => terms.length)),
    termDimension: Int32Array.from(terms, ({ dimension }) => dimension),
    termCoefficient: Float64Array.from(terms, ({ coefficient }) => coefficient),
    rankOf,
    coefficientOf,
    slides: Uint8Array.from(problem.tensors, (_, q) =>
      ranks.some((rank) => rank.q === q && rank.terms.length > 1) ? 1 : 0,
    ),
    tensorWords: Float64Array.from(problem.tensors, (_, q) =>
      ranks
        .filter((rank) => rank.q === q)
        .reduce(
          (words, { terms }) => words * terms.reduce((w, t) => w + t.coefficient * (sizes[t.dimension] - 1), 1),
          1,
        ),
    ),
    fanoutX: perLevel((level) => below(level).meshX / storages[level].meshX),
    fanoutY: perLevel((level) => meshY(below(level)) / meshY(storages[level])),
    outerAxis: storages.map(({ outerAxis }) => outerAxis),
    capacity: perLevel((level) => storages[level].capacityWords),
    clusterSize: perLevel((level) => storages[level].clusterSize ?? 1),
    clusters: perLevel((level) => storages[level].instances / (storages[level].clusterSize ?? 1)),
    block: perLevel((level) => storages[level].blockSize),
    readBandwidth: perLevel((level) => storages[level].readBandwidth),
    writeBandwidth: perLevel((level) => storages[level].writeBandwidth),
    sharedBandwidth: perLevel((level) => storages[level].sharedBandwidth),
    readPj: perLevel((level) => energies?.storages[level].readPj ?? 0),
    fillPj: perLevel((level) => energies?.storages[level].fillPj ?? 0),
    updatePj: perLevel((level) => energies?.storages[level].updatePj ?? 0),
    computePj: energies?.computePj ?? 0,
    latencyCycles: storages.reduce((sum, s) => sum + s.fillLatencyCycles + s.drainLatencyCycles, 0),
  };
}
