import { Generator } from '../../base/random.ts';
import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { csvEnergyNj, MaestroModel } from '../maestro/index.ts';
import { drained, type Steps } from '../search/index.ts';
import {
  copyGenome,
  directivesOf,
  type Gene,
  type Genome,
  type GenomeSpace,
  genomeKey,
  genomeSpace,
} from './genome.ts';
import { type GenomeLimits, Operators } from './operators.ts';

/** What MAESTRO says of a genome, in its units, and GAMMA's own area. */
export interface GammaCost {
  readonly cycles: number;
  readonly energyNj: number;
  readonly pes: number;
  /** Elements of L1 in a PE, and of L2. */
  readonly l1Size: number;
  readonly l2Size: number;
  readonly area: GammaArea;
}

/** Areas in um2. */
export interface GammaArea {
  readonly pes: number;
  readonly l1: number;
  readonly l2: number;
}

export type GammaObjective = 'energy' | 'delay' | 'edp' | 'ed2p';

export interface GammaLimits {
  /** Genomes to evaluate, invalid ones included. */
  readonly evaluations: number;
  readonly seed: number;
  readonly objective: GammaObjective;
  /** Fewest and most cluster levels; GAMMA's command has 2 and 2. */
  readonly levels: readonly [fewest: number, most: number];
  /** Searches the number of PEs up to this one, too (DiGamma). */
  readonly peLimit?: number | undefined;
  /** Largest area by GAMMA's own measure, in mm2. */
  readonly areaBudgetMm2?: number | undefined;
  readonly isOver?: () => boolean;
}

export interface GammaStep {
  readonly evaluations: number;
  readonly best: number;
}

export interface GammaResult {
  readonly genome: Genome;
  readonly cost: GammaCost;
  readonly value: number;
  readonly evaluations: number;
  /** Genomes that do not fit the buffers or the area, or that MAESTRO takes for faster than all PEs at work. */
  readonly invalid: number;
  /** The best value at each generation; of a random search at each better genome. */
  readonly steps: readonly GammaStep[];
}

/** Area in um2 of a PE and of an element of a buffer (0.086 a bit), as GAMMA 3d6caf8 has them. */
const PE_UM2 = 282;
const ELEMENT_UM2 = 0.688;

export function areaOf(pes: number, l1Size: number, l2Size: number): GammaArea {
  return { pes: PE_UM2 * pes, l1: ELEMENT_UM2 * l1Size * pes, l2: ELEMENT_UM2 * l2Size };
}

interface Scored {
  readonly genome: Genome;
  readonly cost: GammaCost | undefined;
  /** The value to be small, and the one that decides between equal ones; infinite if invalid. */
  readonly value: number;
  readonly tie: number;
}

/** Evaluates genomes for one layer and keeps the best. */
class Judge {
  best: Scored | undefined;
  evaluations = 0;
  invalid = 0;
  readonly steps: GammaStep[] = [];
  readonly space: GenomeSpace;
  private readonly macs: number;
  private readonly layer: MaestroLayer;
  private readonly hardware: MaestroHardware;
  private readonly limits: GammaLimits;

  constructor(layer: MaestroLayer, hardware: MaestroHardware, limits: GammaLimits) {
    this.space = genomeSpace(layer);
    this.macs = this.space.sizes.reduce((product, size) => product * size, 1);
    this.layer = layer;
    this.hardware = hardware;
    this.limits = limits;
  }

  get isDone(): boolean {
    return this.evaluations >= this.limits.evaluations || this.limits.isOver?.() === true;
  }

  score(genome: Genome): Scored {
    this.evaluations++;
    const cost = this.cost(genome);
    if (!cost) this.invalid++;
    const { cycles = Number.POSITIVE_INFINITY, energyNj = Number.POSITIVE_INFINITY } = cost ?? {};
    const { objective } = this.limits;
    const value = VALUES[objective](energyNj, cycles);
    const scored = { genome, cost, value, tie: objective === 'energy' ? cycles : energyNj };
    if (cost && (!this.best || isBetter(scored, this.best))) this.best = scored;
    return scored;
  }

  private cost(genome: Genome): GammaCost | undefined {
    const hardware = this.limits.peLimit === undefined ? this.hardware : { ...this.hardware, pes: genome[0].size };
    const { pes } = hardware;
    const layer = { ...this.layer, directives: directivesOf(this.space, genome) };
    const result = new MaestroModel(layer, hardware).evaluate(layer, hardware);
    const { l1Size, l2Size, runtime } = result;
    const isValid = result.hasFigures && runtime >= 1 && l1Size >= 1 && l2Size >= 1;
    // Some partial tiles make MAESTRO lose steps. A search would find just those.
    if (!isValid || runtime * pes * hardware.simdLanes < this.macs) return undefined;
    if (l1Size > hardware.l1Size || l2Size > hardware.l2Size) return undefined;
    const area = areaOf(pes, l1Size, l2Size);
    const { areaBudgetMm2 = Number.POSITIVE_INFINITY } = this.limits;
    if (area.pes + area.l1 + area.l2 > areaBudgetMm2 * 1e6) return undefined;
    return { cycles: runtime, energyNj: csvEnergyNj(result, undefined), pes, l1Size, l2Size, area };
  }

  step(): void {
    if (this.best) this.steps.push({ evaluations: this.evaluations, best: this.best.value });
  }

  result(): GammaResult | undefined {
    const { best, evaluations, invalid, steps } = this;
    if (!best?.cost) return undefined;
    return { genome: best.genome, cost: best.cost, value: best.value, evaluations, invalid, steps };
  }
}

const VALUES: Readonly<Record<GammaObjective, (energyNj: number, cycles: number) => number>> = {
  energy: (energyNj) => energyNj,
  delay: (_, cycles) => cycles,
  edp: (energyNj, cycles) => energyNj * cycles,
  ed2p: (energyNj, cycles) => energyNj * cycles * cycles,
};

function isBetter(a: Scored, b: Scored): boolean {
  return a.value < b.value || (a.value === b.value && a.tie < b.tie);
}

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
  yield* method(judge, operatorsOf(judge.space, hardware, limits, new Generator(limits.seed)), limits);
  return judge.result();
}

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
