import { Generator } from '../../base/random.ts';
import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { drained, type Steps } from '../search/index.ts';
import { GenomeBounds } from './bounds.ts';
import { copyGenome, type Gene, type GenomeSpace, genomeKey } from './genome.ts';
import { type GammaLimits, type GammaResult, Judge, type Scored } from './judge.ts';
import { type GenomeLimits, Operators } from './operators.ts';

function operatorsOf(space: GenomeSpace, { pes }: MaestroHardware, limits: GammaLimits, random: Generator): Operators {
  const [fewestLevels, mostLevels] = limits.levels;
  const genomes: GenomeLimits = {
    pes: limits.peLimit ?? pes,
    searchesPes: limits.peLimit !== undefined,
    fewestLevels,
    mostLevels,
  };
  return new Operators(space, genomes, random);
}

/** A way to search: it lets the judge score genomes until the judge is done. */
type Method = (judge: Judge, operators: Operators, limits: GammaLimits) => Steps<void>;

function* searched(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  limits: GammaLimits,
  method: Method,
): Steps<GammaResult | undefined> {
  const judge = new Judge(layer, hardware, limits);
  const operators = operatorsOf(judge.space, hardware, limits, new Generator(limits.seed));
  yield* method(judge, operators, limits);
  const isStandIn = judge.best === undefined;
  // Few random genomes fit small buffers. Tiles of 1 fit if anything does.
  for (let i = 0; i < SMALLEST && !judge.best; i++) {
    const genome = operators.start(true);
    operators.repair(genome);
    judge.score(genome);
  }
  const result = judge.result();
  const { simpleBound } = new GenomeBounds(judge.space, layer, hardware, limits);
  return result && { ...result, isStandIn, leastBound: Math.min(result.value, simpleBound) };
}

/** Genomes with tiles of 1 that are tried; they differ in their parallel dimension. */
const SMALLEST = 20;

/** Random genomes between two pauses. */
const PAUSE = 100;

function* atRandom(judge: Judge, operators: Operators): Steps<void> {
  while (!judge.isDone) {
    if (judge.evaluations % PAUSE === 0) yield;
    const before = judge.best;
    const genome = operators.draw();
    operators.repair(genome);
    judge.score(genome);
    if (judge.best !== before) judge.step();
  }
}

/** Genomes of a generation: those of GAMMA's command, and from this many evaluations on those of its library. */
const SMALL = 20;
const LARGE = 100;
const MANY_EVALUATIONS = 2000;
const PARENTS = 0.4;
const ELITE = 0.05;

function* byGenerations(judge: Judge, operators: Operators, limits: GammaLimits): Steps<void> {
  const size = limits.evaluations < MANY_EVALUATIONS ? SMALL : LARGE;
  const elite = Math.max(1, Math.round(ELITE * size));
  let population: Scored[] = [];
  for (let i = 0; i < size && !judge.isDone; i++) {
    const genome = operators.start(i < 2);
    operators.repair(genome);
    population.push(judge.score(genome));
  }
  judge.step();
  for (let generation = 0; !judge.isDone; generation++) {
    yield;
    const unique = uniqueOf(population);
    const parents = unique.slice(0, Math.max(1, Math.floor(PARENTS * unique.length)));
    const children = offspring(operators, parents, size, generation === 0, limits);
    // GAMMA evaluates its elite anew, and counts it.
    const next = [...unique.slice(0, elite).map(({ genome }) => genome), ...children];
    population = next.slice(0, limits.evaluations - judge.evaluations).map((genome) => judge.score(genome));
    judge.step();
  }
}

type Search = (layer: MaestroLayer, hardware: MaestroHardware, limits: GammaLimits) => GammaResult | undefined;
type SearchInSteps = (...given: Parameters<Search>) => Steps<ReturnType<Search>>;

/** Evaluates random genomes; undefined if none of them is valid. */
export const searchGammaAtRandomInSteps: SearchInSteps = (...given) => searched(...given, atRandom);
export const searchGammaAtRandom: Search = (...given) => drained(searchGammaAtRandomInSteps(...given));

/**
 * GAMMA's genetic search (S.-C. Kao and T. Krishna, ICCAD 2020; the operators of its code at 3d6caf8) for the dataflow of one
 * layer under MAESTRO's model; with `peLimit` DiGamma's for the PEs as well. Undefined if no genome is valid. Two things differ
 * from its code: the area budget always holds (there only if the area is one of the two fitnesses), and genomes that MAESTRO
 * takes for faster than all PEs at work are invalid.
 */
export const searchGammaInSteps: SearchInSteps = (...given) => searched(...given, byGenerations);
export const searchGamma: Search = (...given) => drained(searchGammaInSteps(...given));

/** The different genomes, the best first. */
function uniqueOf(population: readonly Scored[]): Scored[] {
  const found = new Map(population.map((scored) => [genomeKey(scored.genome), scored]));
  return [...found.values()].sort((a, b) => compare(a.value, b.value) || compare(a.tie, b.tie));
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function offspring(
  operators: Operators,
  parents: readonly Scored[],
  size: number,
  isFirst: boolean,
  { levels: [fewest, most], peLimit }: GammaLimits,
): Gene[][] {
  const children: Gene[][] = [];
  while (children.length < size) {
    const pair = [0, 1].map(() => copyGenome(parents[operators.pick(parents.length)].genome));
    operators.cross(pair[0], pair[1]);
    for (const child of pair) {
      operators.mutate(child);
      operators.swapOrder(child);
      // GAMMA's command fixes the levels by a file of constraints, and then leaves these three operators out.
      if (fewest < most) {
        operators.exchangeParallel(child);
        operators.changeLevels(child);
      }
      operators.repair(child);
      if (peLimit !== undefined) operators.changePes(child, isFirst);
      if (children.length < size) children.push(child);
    }
  }
  return children;
}
