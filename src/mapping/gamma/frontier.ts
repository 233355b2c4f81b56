import type { Steps } from '../search/index.ts';
import { ROUNDING } from './bounds.ts';
import { type GammaCost, type GammaLimits, type GammaResult, gammaValue, type Judge, ranksOf } from './judge.ts';

/** Evaluations and nodes between two pauses, and the most nodes of a search. */
const EVALUATIONS_PER_PAUSE = 256;
export const NODES_PER_PAUSE = 1 << 14;
const MOST_NODES = 3_000_000_000;

type Least = Pick<GammaCost, 'energyNj' | 'cycles' | 'words'>;

/**
 * The line between what a search has excluded and what it has left. Passes of rising ceilings visit the choices with the least bounds
 * first, so that the ceiling of a pass is a lower bound once it is over.
 */
export class Frontier {
  nodes = 0;
  private readonly judge: Judge;
  private readonly limits: GammaLimits;
  private readonly slack: number;
  /** Least bound of the choices that the search leaves out for good. */
  private openBound = Number.POSITIVE_INFINITY;
  /** No genome that is left has a lower value. */
  private proven: number;
  private ceiling = Number.POSITIVE_INFINITY;
  /** The ceiling of the passes before. */
  private visited = 0;
  private outcome: 'stopped' | 'space cut' | undefined;
  private evaluationsAtPause = 0;
  private nodesAtPause = 0;

  /** No genome has a value below `proven`. */
  constructor(judge: Judge, limits: GammaLimits, proven: number) {
    this.judge = judge;
    this.limits = limits;
    this.slack = 1 - (limits.gap ?? 0);
    this.proven = proven;
  }

  get isEnded(): boolean {
    return this.outcome !== undefined;
  }

  /** Begins a pass over the choices with bounds below `ceiling`; those below the last one have been visited. */
  beginPass(ceiling: number): void {
    if (this.ceiling < Number.POSITIVE_INFINITY) this.visited = this.ceiling;
    this.proven = Math.max(this.proven, this.visited);
    this.ceiling = ceiling;
  }

  /** Whether costs of at least `least` can be better than the best genome so far, and belong to this pass. */
  isPromising(least: Least): boolean {
    const { limits, slack } = this;
    const { best } = this.judge;
    const wanted = gammaValue(limits.objective, least) * ROUNDING;
    if (limits.wordsFirst)
      return !best || least.words < best.value || (least.words === best.value && wanted < best.tie);
    if (wanted >= this.ceiling) return false;
    if (!best) return true;
    if (wanted >= best.value) return false;
    if (wanted < slack * best.value) return true;
    this.openBound = Math.min(this.openBound, wanted);
    return false;
  }

  /** Whether an earlier pass has evaluated the genomes with this bound. Bounds of one genome differ by rounding. */
  isKnown(least: Least): boolean {
    return !this.limits.wordsFirst && gammaValue(this.limits.objective, least) < this.visited * FRESH;
  }

  /** Lets others act; returns whether the search is to end. */
  *pause(): Steps<boolean> {
    yield;
    const { best, evaluations } = this.judge;
    this.evaluationsAtPause = evaluations;
    this.nodesAtPause = this.nodes;
    if (best) {
      const bound = Math.min(best.value, this.proven, this.openBound);
      this.limits.onProgress?.({ best: best.value, bound, evaluations });
    }
    if (this.nodes > MOST_NODES) this.end('space cut');
    else if (this.limits.isOver?.() === true) this.end('stopped');
    return this.isEnded;
  }

  private end(outcome: 'stopped' | 'space cut'): void {
    this.outcome = outcome;
    this.openBound = Math.min(this.openBound, this.proven);
  }

  /** Whether enough was done since the last pause. */
  get isTime(): boolean {
    const { judge, nodes, evaluationsAtPause, nodesAtPause } = this;
    return judge.evaluations - evaluationsAtPause >= EVALUATIONS_PER_PAUSE || nodes - nodesAtPause >= NODES_PER_PAUSE;
  }

  /** The best genome with its proof; `started` are the evaluations before the search. */
  result(started: number): GammaResult | undefined {
    const { judge, limits, nodes } = this;
    judge.step();
    const found = judge.result();
    if (!found) return undefined;
    const { value } = ranksOf(limits, found.cost);
    const lowerBound = Math.min(value, this.openBound);
    const outcome = this.outcome ?? (lowerBound < value ? 'gap' : 'proven');
    return { ...found, evaluations: found.evaluations + started, proof: { lowerBound, outcome, nodes } };
  }
}

const FRESH = 1 - 1e-9;
