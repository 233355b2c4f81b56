import { Generator } from '../../base/random.ts';
import { drained, type Steps } from '../search/index.ts';
import { Designs, designOf, type Genes, type Individual } from './designs.ts';
import { MOST_PES, MOST_TILE } from './problem.ts';
import { budgetOf, type ConfuciuxQuestion, type Design } from './solve.ts';

/** The best design after so many scored ones, and the mean reward of the generation's designs within the budget. */
export interface ConfuciuxStep {
  readonly evaluations: number;
  readonly best: number;
  readonly mean: number;
  readonly used: number;
}

/** A design that a sampled search found, and how it came there. Rewards of costs are negative, as ConfuciuX prints them. */
export interface ConfuciuxSearch {
  readonly design: Design;
  readonly reward: number;
  readonly used: number;
  readonly evaluations: number;
  /** The best random design, from which the genetic search starts. */
  readonly start: ConfuciuxStep;
  /** One entry a generation; of a random search one for each better design. */
  readonly steps: readonly ConfuciuxStep[];
}

export interface ConfuciuxLimits {
  /** Designs to score. */
  readonly evaluations: number;
  readonly seed: number;
  readonly isOver?: () => boolean;
}

/** ConfuciuX 2885eef: designs of a generation, its parents, the tries to mutate a child, and the chance of an exchange. */
const POPULATION = 20;
const PARENTS = 8;
const TRIES = 3;
const EXCHANGED = 0.2;

/** The share of the designs that ConfuciuX's first stage scores: 2/3 of the epochs at one design, 1/3 at a population. */
const FIRST_STAGE = 1 / (1 + POPULATION / 2);

/** Scores random designs within the budget; undefined if none is within it. */
export function searchConfuciuxAtRandom(
  question: ConfuciuxQuestion,
  limits: ConfuciuxLimits,
): ConfuciuxSearch | undefined {
  return drained(searchConfuciuxAtRandomInSteps(question, limits));
}

/** `searchConfuciuxAtRandom` as a generator, which yields between designs so that a caller can stop it. */
export function* searchConfuciuxAtRandomInSteps(
  question: ConfuciuxQuestion,
  limits: ConfuciuxLimits,
): Steps<ConfuciuxSearch | undefined> {
  const designs = new Designs(question, budgetOf(question));
  const steps: ConfuciuxStep[] = [];
  const best = yield* bestOfRandom(designs, new Generator(limits.seed), limits.evaluations, steps, limits);
  return best && resultOf(designs, best, steps[0], steps);
}

/**
 * ConfuciuX's second stage, a genetic search near one design. Random designs stand in for its first stage, reinforcement
 * learning; they take the same share of the evaluations. Undefined if no design is within the budget.
 *
 * A child takes three small changes of a PE count or a tile, each undone if it exceeds what the budget leaves. As in
 * ConfuciuX, that rest is the one of the design that stood at the child's place, and PE counts leave the grid.
 */
export function searchConfuciuxGenetically(
  question: ConfuciuxQuestion,
  limits: ConfuciuxLimits,
): ConfuciuxSearch | undefined {
  return drained(searchConfuciuxGeneticallyInSteps(question, limits));
}

/** `searchConfuciuxGenetically` as a generator, which yields between generations so that a caller can stop it. */
export function* searchConfuciuxGeneticallyInSteps(
  question: ConfuciuxQuestion,
  limits: ConfuciuxLimits,
): Steps<ConfuciuxSearch | undefined> {
  const designs = new Designs(question, budgetOf(question));
  const { evaluations, seed, isOver = () => false } = limits;
  const random = new Generator(seed);
  const first = Math.max(1, Math.round(evaluations * FIRST_STAGE));
  const found = yield* bestOfRandom(designs, random, first, [], limits);
  if (!found) return undefined;
  const start = stepOf(designs, found, [found]);
  let best = found;
  let population: Individual[] = Array.from({ length: POPULATION }, () => best);
  const steps: ConfuciuxStep[] = [];
  while (designs.evaluations < evaluations && !isOver()) {
    yield;
    const valid = population.filter(({ reward }) => reward > Number.NEGATIVE_INFINITY).length;
    population = [...population].sort((a, b) => b.reward - a.reward);
    const parents = population.slice(0, Math.max(1, Math.min(PARENTS, valid)));
    const children = mutated(designs, parents, population, random);
    for (let i = 1; i < children.length; i++) exchange(children[i], random);
    children[0] = parents[0].genes.slice();
    population = children.slice(0, evaluations - designs.evaluations).map((genes) => designs.score(genes));
    for (const individual of population) if (individual.reward > best.reward) best = individual;
    steps.push(stepOf(designs, best, population));
  }
  return resultOf(designs, best, start, steps);
}

function* bestOfRandom(
  designs: Designs,
  random: Generator,
  evaluations: number,
  steps: ConfuciuxStep[],
  { isOver = () => false }: ConfuciuxLimits,
): Steps<Individual | undefined> {
  let best: Individual | undefined;
  for (let i = 0; i < evaluations && !(best && isOver()); i++) {
    if (i % POPULATION === 0) yield;
    const genes = designs.draw(random);
    if (!genes) return undefined;
    const individual = designs.score(genes);
    if (best && individual.reward <= best.reward) continue;
    best = individual;
    steps.push(stepOf(designs, best, [best]));
  }
  return best;
}

function mutated(
  designs: Designs,
  parents: readonly Individual[],
  population: readonly Individual[],
  random: Generator,
): Genes[] {
  const { question, budget } = designs;
  const children = population.map(({ genes }) => genes.slice());
  let attempts = 2 * children.length;
  for (let i = 0; i < children.length && attempts > 0; attempts--) {
    const child = parents[i % parents.length].genes.slice();
    children[i] = child;
    let left = budget.budget - population[i].used;
    let isChanged = false;
    for (let t = 0; t < TRIES; t++) {
      const gene = random.next() < 0.5 ? 0 : 1;
      const layer = Math.floor(random.next() * question.layers);
      const most = gene === 0 ? MOST_PES : MOST_TILE;
      const before = designs.weight(child, layer);
      const at = 2 * layer + gene;
      const saved = child[at];
      const by = Math.trunc((2 * random.next() - 1) * question.multiplier * Math.floor(most / 2));
      child[at] = Math.min(Math.max(1, saved + by), most);
      const more = designs.weight(child, layer) - before;
      if (more > left) child[at] = saved;
      else {
        left -= more;
        isChanged = true;
      }
    }
    if (isChanged) i++;
  }
  return children;
}

/** Exchanges the PE counts, or the tiles, of two layers. */
function exchange(genes: Genes, random: Generator): void {
  if (random.next() >= EXCHANGED) return;
  const layers = genes.length / 2;
  const gene = random.next() < 0.5 ? 0 : 1;
  const a = 2 * Math.floor(random.next() * layers) + gene;
  const b = 2 * Math.floor(random.next() * layers) + gene;
  [genes[a], genes[b]] = [genes[b], genes[a]];
}

function stepOf({ evaluations }: Designs, best: Individual, scored: readonly Individual[]): ConfuciuxStep {
  const rewards = scored.map(({ reward }) => reward).filter(Number.isFinite);
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  return { evaluations, best: best.reward, mean: rewards.length > 0 ? mean : best.reward, used: best.used };
}

function resultOf(
  { evaluations }: Designs,
  { genes, reward, used }: Individual,
  start: ConfuciuxStep,
  steps: readonly ConfuciuxStep[],
): ConfuciuxSearch {
  return { design: designOf(genes), reward, used, evaluations, start, steps };
}
