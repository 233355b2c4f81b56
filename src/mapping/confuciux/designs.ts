import type { Generator } from '../../base/random.ts';
import { MOST_TILE, type Point } from './problem.ts';
import { type Budget, type ConfuciuxQuestion, costOf, type Design, throughputOf, weightOf } from './solve.ts';

/** A design as genes: the PEs of layer i at 2 i, its tile at 2 i + 1. */
export type Genes = Int32Array;

/** A design with its reward, which is to be large (a cost with a minus), and what it takes of the budget. */
export interface Individual {
  readonly genes: Genes;
  readonly reward: number;
  readonly used: number;
}

/** Draws designs and scores them as ConfuciuX does. Equal layers share their points. */
export class Designs {
  readonly question: ConfuciuxQuestion;
  readonly budget: Budget;
  /** Designs scored. */
  evaluations = 0;
  /** Weights of each layer's choices, at (index of the PE count) * tiles + tile - 1, and their least. */
  private readonly weights: readonly Float64Array[];
  private readonly least: readonly number[];

  constructor(question: ConfuciuxQuestion, budget: Budget) {
    const { layers, table, pes, constraint } = question;
    this.question = question;
    this.budget = budget;
    this.weights = Array.from({ length: layers }, (_, layer) =>
      Float64Array.from({ length: pes.length * MOST_TILE }, (_, i) =>
        weightOf(table.point(layer, pes[Math.floor(i / MOST_TILE)], (i % MOST_TILE) + 1), constraint),
      ),
    );
    this.least = this.weights.map((of) => of.reduce((least, weight) => Math.min(least, weight)));
  }

  point(genes: Genes, layer: number): Point {
    return this.question.table.point(layer, genes[2 * layer], genes[2 * layer + 1]);
  }

  weight(genes: Genes, layer: number): number {
    return weightOf(this.point(genes, layer), this.question.constraint);
  }

  /** Scores a design; one over the budget gets minus infinity. */
  score(genes: Genes): Individual {
    const { layers, fitness } = this.question;
    this.evaluations++;
    let used = 0;
    for (let layer = 0; layer < layers; layer++) used += this.weight(genes, layer);
    if (used > this.budget.budget) return { genes, reward: Number.NEGATIVE_INFINITY, used };
    if (fitness === 'thrpt_btnk' || fitness === 'thrpt_ave')
      return { genes, reward: throughputOf(this.question, designOf(genes)), used };
    let cost = 0;
    for (let layer = 0; layer < layers; layer++) cost += costOf(this.point(genes, layer), fitness);
    return { genes, reward: -cost, used };
  }

  /**
   * A random design within the budget: layers in random order, each of them takes any choice that leaves the others their
   * lightest ones. Undefined if not even the lightest choices are within it.
   */
  draw(random: Generator): Genes | undefined {
    const { layers, pes } = this.question;
    const order = Array.from({ length: layers }, (_, layer) => layer);
    const genes = new Int32Array(2 * layers);
    let left = this.budget.budget - this.least.reduce((sum, weight) => sum + weight, 0);
    if (left < 0) return undefined;
    const fitting = new Int32Array(pes.length * MOST_TILE);
    for (let i = 0; i < layers; i++) {
      const j = i + Math.floor(random.next() * (layers - i));
      [order[i], order[j]] = [order[j], order[i]];
      const layer = order[i];
      const weights = this.weights[layer];
      let count = 0;
      for (let at = 0; at < weights.length; at++) {
        if (weights[at] - this.least[layer] <= left) fitting[count++] = at;
      }
      const chosen = fitting[Math.floor(random.next() * count)];
      left -= weights[chosen] - this.least[layer];
      genes[2 * layer] = pes[Math.floor(chosen / MOST_TILE)];
      genes[2 * layer + 1] = (chosen % MOST_TILE) + 1;
    }
    return genes;
  }
}

export function designOf(genes: Genes): Design {
  return Array.from({ length: genes.length / 2 }, (_, layer) => [genes[2 * layer], genes[2 * layer + 1]] as const);
}
