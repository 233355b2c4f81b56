import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { csvEnergyNj, MaestroModel } from '../maestro/index.ts';
import type { Progress } from '../search/index.ts';
import { directivesOf, type Genome, type GenomeSpace, genomeSpace, structureKey } from './genome.ts';

/** The cost of a genome by MAESTRO, in its units, and GAMMA's own area. */
export interface GammaCost {
  readonly cycles: number;
  readonly energyNj: number;
  readonly pes: number;
  /** Elements of L1 in a PE, and of L2. */
  readonly l1Size: number;
  readonly l2Size: number;
  /** Words that cross the lower border of L2: those that the outermost level takes in and gives out. */
  readonly words: number;
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
  /** Fewest words over the border of L2 come first, the objective decides among those. */
  readonly wordsFirst?: boolean | undefined;
  /** Fewest and most cluster levels; GAMMA's command has 2 and 2. */
  readonly levels: readonly [fewest: number, most: number];
  /** Searches the number of PEs up to this one, too (DiGamma). */
  readonly peLimit?: number | undefined;
  /** Largest area by GAMMA's own measure, in mm2. */
  readonly areaBudgetMm2?: number | undefined;
  /** The exact search stops within this part of the optimum. */
  readonly gap?: number | undefined;
  /** The exact search begins without a genome from the genetic search: slower, with the same optimum. */
  readonly isCold?: boolean;
  /** Asked now and then, once there are some genomes; the search ends when it returns true. */
  readonly isOver?: () => boolean;
  /** Told by the exact search how far it is. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Genomes that are evaluated however short the time is. */
const FEWEST = 20;

/** The proof of an exact search. */
export interface GammaProof {
  /** No genome of the space has a lower value. */
  readonly lowerBound: number;
  readonly outcome: 'proven' | 'gap' | 'stopped' | 'space cut';
  /** Choices of tiles that were looked at. */
  readonly nodes: number;
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
  /** Genomes that do not fit the buffers or the area, of which MAESTRO does not count all products, or that it takes for faster than all PEs at work. */
  readonly invalid: number;
  /** The best value at each generation; of a random search at each better genome. */
  readonly steps: readonly GammaStep[];
  /** No genome has a lower value; for a sampled search, which has no proof. */
  readonly leastBound?: number;
  /** Whether a sampled search had no valid genome, so that one with tiles of 1 stands in. */
  readonly isStandIn?: boolean;
  readonly proof?: GammaProof;
}

/** Area in um2 of a PE and of an element of a buffer (0.086 a bit), as GAMMA 3d6caf8 has them. */
const PE_UM2 = 282;
const ELEMENT_UM2 = 0.688;

export function areaOf(pes: number, l1Size: number, l2Size: number): GammaArea {
  return { pes: PE_UM2 * pes, l1: ELEMENT_UM2 * l1Size * pes, l2: ELEMENT_UM2 * l2Size };
}

/** Ranks are infinite if the genome is invalid. */
export interface Scored extends Ranks {
  readonly genome: Genome;
  readonly cost: GammaCost | undefined;
}

/** Evaluates genomes for one layer and keeps the best. */
export class Judge {
  best: Scored | undefined;
  evaluations = 0;
  invalid = 0;
  /** Whether sub-clusters of the last genome wait for elements at a level below the outermost one. */
  isWaiting = false;
  readonly steps: GammaStep[] = [];
  readonly space: GenomeSpace;
  private readonly macs: number;
  private readonly layer: MaestroLayer;
  private readonly hardware: MaestroHardware;
  private readonly limits: GammaLimits;
  private readonly models = new Map<string, MaestroModel>();

  constructor(layer: MaestroLayer, hardware: MaestroHardware, limits: GammaLimits) {
    this.space = genomeSpace(layer);
    this.macs = this.space.sizes.reduce((product, size) => product * size, 1);
    this.layer = layer;
    this.hardware = hardware;
    this.limits = limits;
  }

  get isDone(): boolean {
    if (this.evaluations >= this.limits.evaluations) return true;
    return this.evaluations >= FEWEST && this.limits.isOver?.() === true;
  }

  /** The PEs of the hardware; undefined if they are searched. */
  get pes(): number | undefined {
    return this.limits.peLimit === undefined ? this.hardware.pes : undefined;
  }

  score(genome: Genome): Scored {
    this.evaluations++;
    const cost = this.cost(genome);
    if (!cost) this.invalid++;
    const scored = { genome, cost, ...ranksOf(this.limits, cost) };
    if (cost && (!this.best || isBetter(scored, this.best))) this.best = scored;
    return scored;
  }

  private cost(genome: Genome): GammaCost | undefined {
    const hardware = this.limits.peLimit === undefined ? this.hardware : { ...this.hardware, pes: genome[0].size };
    const { pes } = hardware;
    const layer = { ...this.layer, directives: directivesOf(this.space, genome) };
    const model = this.model(genome, layer);
    const result = model.evaluate(layer, hardware);
    this.isWaiting = model.isInnerWaiting;
    const { l1Size, l2Size, runtime } = result;
    const isValid = result.hasFigures && runtime >= 1 && l1Size >= 1 && l2Size >= 1;
    // Some partial tiles make MAESTRO lose products or steps. A search would find just those.
    if (!isValid || result.macs < this.macs || runtime * pes * hardware.simdLanes < this.macs) return undefined;
    if (l1Size > hardware.l1Size || l2Size > hardware.l2Size) return undefined;
    const area = areaOf(pes, l1Size, l2Size);
    const { areaBudgetMm2 = Number.POSITIVE_INFINITY } = this.limits;
    if (area.pes + area.l1 + area.l2 > areaBudgetMm2 * 1e6) return undefined;
    const words = result.input.l2Reads + result.weight.l2Reads + result.output.l2Writes;
    return { cycles: runtime, energyNj: csvEnergyNj(result, undefined), pes, l1Size, l2Size, words, area };
  }

  /** Genomes that differ in sizes only share a model. */
  private model(genome: Genome, layer: MaestroLayer): MaestroModel {
    const key = structureKey(genome);
    let model = this.models.get(key);
    if (!model) {
      if (this.models.size >= MOST_MODELS) this.models.clear();
      model = new MaestroModel(layer, this.hardware);
      this.models.set(key, model);
    }
    return model;
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

/** Models that are kept at a time. */
const MOST_MODELS = 4096;

const VALUES: Readonly<Record<GammaObjective, (energyNj: number, cycles: number) => number>> = {
  energy: (energyNj) => energyNj,
  delay: (_, cycles) => cycles,
  edp: (energyNj, cycles) => energyNj * cycles,
  ed2p: (energyNj, cycles) => energyNj * cycles * cycles,
};

/** The value to be small, and the one that decides between equal ones, of a cost or of a lower bound of one; infinite without a cost. */
export function ranksOf(
  { objective, wordsFirst }: Pick<GammaLimits, 'objective' | 'wordsFirst'>,
  cost: Pick<GammaCost, 'cycles' | 'energyNj' | 'words'> | undefined,
): Ranks {
  if (!cost) return { value: Number.POSITIVE_INFINITY, tie: Number.POSITIVE_INFINITY };
  const { energyNj, cycles, words } = cost;
  const wanted = VALUES[objective](energyNj, cycles);
  if (wordsFirst) return { value: words, tie: wanted };
  return { value: wanted, tie: objective === 'energy' ? cycles : energyNj };
}

export interface Ranks {
  readonly value: number;
  readonly tie: number;
}

/** The value of an objective. */
export function gammaValue(
  objective: GammaObjective,
  { energyNj, cycles }: Pick<GammaCost, 'cycles' | 'energyNj'>,
): number {
  return VALUES[objective](energyNj, cycles);
}

export function isBetter(a: Ranks, b: Ranks): boolean {
  return a.value < b.value || (a.value === b.value && a.tie < b.tie);
}
