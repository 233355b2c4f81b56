import type { Machine } from '../timeloop/index.ts';
import type { Objective } from './objective.ts';
import { allowsSpatial, type Mapspace } from './space.ts';

/**
 * A lower bound of the first value over every mapping of a space, whatever its tiles and orders. Multipliers take an operand each step
 * from the lowest memory that keeps its tensor, or share it over all children on the way. Each word enters once every memory that must keep it.
 * No more multipliers are busy than products of allowed spatial factors.
 */
export function spaceBound(space: Mapspace, { values }: Objective): number {
  const { machine } = space;
  const { macs, computePj, tensors: T, sharedBandwidth, latencyCycles } = machine;
  let energyPj = macs * computePj;
  for (let q = 0; q < T; q++) energyPj += tensorPj(space, q);
  const words = denseWords(machine);
  const cycles = Math.max(macs / mostParallel(space), words / sharedBandwidth[0]) + latencyCycles;
  return values[0]({ energyPj: energyPj * (1 - 1e-12), cycles: cycles * (1 - 1e-12), lastLevelWords: words });
}

/**
 * A lower bound of the first value over every mapping: each word crosses the border of the outermost memory once, and every
 * multiplier is busy. Tensors with holes or overlaps between tiles count nothing.
 */
export function simpleBound(machine: Machine, { values }: Objective): number {
  const { readPj, updatePj, block, clusterSize } = machine;
  const words = denseWords(machine);
  const cheapest = Math.min(readPj[0], updatePj[0]) / block[0] / clusterSize[0];
  const steps = machine.macs / machine.architecture.compute.instances;
  return values[0]({
    energyPj: machine.macs * machine.computePj + words * cheapest,
    cycles: Math.max(steps, words / machine.sharedBandwidth[0]) + machine.latencyCycles,
    lastLevelWords: words,
  });
}

/** Words of the tensors without holes or overlaps between tiles. */
function denseWords(machine: Machine): number {
  let words = 0;
  for (let q = 0; q < machine.tensors; q++) if (isDense(machine, q)) words += machine.tensorWords[q];
  return words;
}

/** Whether each word of a tensor is used, and tiles of it never overlap. */
function isDense({ dimensions: D, slides, coefficientOf }: Machine, q: number): boolean {
  return slides[q] === 0 && coefficientOf.subarray(q * D, q * D + D).every((coefficient) => coefficient <= 1);
}

/** The least energy of a tensor's accesses, over the choices of the lowest memory that keeps it. */
function tensorPj({ machine, constraints }: Mapspace, q: number): number {
  const { levels: L } = machine;
  const mustKeep = (level: number): boolean => level === 0 || constraints[level].keep[q] === true;
  let least = Number.POSITIVE_INFINITY;
  for (let lowest = L - 1; lowest >= 0; lowest--) {
    if (lowest > 0 && constraints[lowest].keep[q] === false) continue;
    least = Math.min(least, multiplierPj(machine, q, lowest) + passingPj(machine, q, lowest, mustKeep));
    if (mustKeep(lowest)) break;
  }
  return least;
}

/** Energy of the words between multipliers and the lowest memory that keeps the tensor. */
function multiplierPj(machine: Machine, q: number, lowest: number): number {
  const { levels: L, dimensions: D, macs, rankOf, sizes, slides, tensorWords, written } = machine;
  let shared = 1;
  for (let level = lowest; level < L; level++) shared *= fanOf(machine, level);
  let same = 1;
  for (let d = 0; d < D; d++) if (rankOf[q * D + d] < 0) same *= sizes[d];
  // Children along two dimensions of a sliding rank may want the same word, too.
  const words = macs / (slides[q] === 1 ? shared : Math.min(shared, same));
  if (q !== written) return words * perWord(machine, machine.readPj, lowest);
  let copies = 1;
  for (let level = 0; level < lowest; level++) copies *= fanOf(machine, level);
  const readBack = slides[q] === 1 ? 0 : Math.max(0, words - tensorWords[q] * copies);
  return words * perWord(machine, machine.updatePj, lowest) + readBack * perWord(machine, machine.readPj, lowest);
}

/** Energy of bringing each word of a tensor down to its lowest memory once, or of its results up. */
function passingPj(machine: Machine, q: number, lowest: number, mustKeep: (level: number) => boolean): number {
  if (!isDense(machine, q)) return 0;
  const { readPj, fillPj, updatePj, tensorWords, written } = machine;
  let perTensorWord = 0;
  for (let level = 0; level <= lowest; level++) {
    if (level < lowest && !mustKeep(level)) continue;
    if (level < lowest) perTensorWord += perWord(machine, q === written ? updatePj : readPj, level);
    if (level > 0 && q !== written) perTensorWord += perWord(machine, fillPj, level);
  }
  return tensorWords[q] * perTensorWord;
}

/** Least energy of a word: whole blocks, and all instances of a cluster in use. */
function perWord({ block, clusterSize }: Machine, energies: Float64Array, level: number): number {
  return energies[level] / block[level] / clusterSize[level];
}

function fanOf({ fanoutX, fanoutY }: Machine, level: number): number {
  return fanoutX[level] * fanoutY[level];
}

/** The most multipliers that are busy: at each level the largest product of one divisor of each dimension that its children allow. */
function mostParallel(space: Mapspace): number {
  const { machine, divisors } = space;
  let parallel = 1;
  for (let level = 0; level < machine.levels; level++) {
    const most = fanOf(machine, level);
    let products = new Set([1]);
    divisors.forEach((list, d) => {
      const factors = list.filter((factor) => factor <= most && allowsSpatial(space, level, d, factor));
      products = new Set([...products].flatMap((product) => factors.map((factor) => product * factor)));
      for (const product of products) if (product > most) products.delete(product);
    });
    parallel *= Math.max(1, ...products);
  }
  return Math.min(parallel, machine.macs);
}
