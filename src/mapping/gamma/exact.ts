import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { drained, type Steps } from '../search/index.ts';
import { GenomeBounds } from './bounds.ts';
import { type OuterBranch, outerBranches } from './branches.ts';
import { Frontier } from './frontier.ts';
import { type GammaLimits, type GammaResult, Judge } from './judge.ts';
import { OuterVisit, outerWalk } from './outer-visit.ts';
import { searchGammaInSteps } from './search.ts';

/** Genomes of the genetic search from which the bounds start, and more of them for layers with so many products, whose lists take long. */
const START = 1000;
const LARGE_START = 10_000;
const LARGE_MACS = 1_000_000;

/**
 * The best genome, proven: all tiles, all orders, all cluster sizes, every dimension parallel. Branch and bound over the outermost level's
 * parallel dimension, sub-clusters and tiles, then over those of the inner levels. Bounds are sums of MAESTRO's own counts over one
 * dimension at a time; every value compared comes from the full model. Deterministic but for `isOver`. Undefined if no genome is valid.
 */
export function searchGammaExactly(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  limits: GammaLimits,
): GammaResult | undefined {
  return drained(searchGammaExactlyInSteps(layer, hardware, limits));
}

/** The same with a pause whenever `isOver` is asked. */
export function* searchGammaExactlyInSteps(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  limits: GammaLimits,
): Steps<GammaResult | undefined> {
  const judge = new Judge(layer, hardware, { ...limits, evaluations: Number.POSITIVE_INFINITY });
  const bounds = new GenomeBounds(judge.space, layer, hardware, limits);
  const started = limits.isCold ? 0 : yield* start(layer, hardware, limits, judge, bounds.macs > LARGE_MACS);
  const frontier = new Frontier(judge, limits, bounds.simpleBound);
  const branches = yield* boundedBranches(bounds, hardware, limits, frontier);
  if (!frontier.isEnded) yield* passes(branches, new OuterVisit(bounds, judge, frontier), judge, frontier, limits);
  return frontier.result(started);
}

/** Scores the best genomes of genetic searches; returns how many genomes those evaluated. */
function* start(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  { isOver, ...whole }: GammaLimits,
  judge: Judge,
  isLarge: boolean,
): Steps<number> {
  const first = yield* searchGammaInSteps(layer, hardware, { ...whole, evaluations: START });
  if (first) judge.score(first.genome);
  let started = first?.evaluations ?? START;
  if (isLarge) {
    const more = yield* searchGammaInSteps(layer, hardware, { ...whole, isOver, evaluations: LARGE_START });
    if (more) judge.score(more.genome);
    started += more?.evaluations ?? 0;
  }
  judge.step();
  return started;
}

interface BoundedBranch {
  readonly branch: OuterBranch;
  readonly bound: number;
}

/** The branches whose tiles can fit the buffers, those with the least bound first. */
function* boundedBranches(
  bounds: GenomeBounds,
  hardware: MaestroHardware,
  limits: GammaLimits,
  frontier: Frontier,
): Steps<BoundedBranch[]> {
  const branches: BoundedBranch[] = [];
  for (const branch of outerBranches(bounds.dimensions, hardware, limits)) {
    if (yield* frontier.pause()) break;
    const bound = bounds.boundOf(branch, outerWalk(branch, bounds.tablesOf(branch)).values);
    if (bound < Number.POSITIVE_INFINITY) branches.push({ branch, bound });
  }
  return branches.sort((a, b) => a.bound - b.bound);
}

/** Ceilings of the passes, as parts of the way from the least bound to the best value; the last pass has none. */
const CEILINGS = [1 / 64, 1 / 16, 1 / 8, 1 / 4, 1 / 2];

function* passes(
  branches: readonly BoundedBranch[],
  visit: OuterVisit,
  judge: Judge,
  frontier: Frontier,
  { wordsFirst }: GammaLimits,
): Steps<void> {
  const [first] = branches;
  if (!first) return;
  const ceilings = wordsFirst || !judge.best ? [] : CEILINGS;
  for (const part of [...ceilings, undefined]) {
    const best = judge.best?.value ?? Number.POSITIVE_INFINITY;
    const ceiling = part === undefined ? Number.POSITIVE_INFINITY : first.bound + part * (best - first.bound);
    frontier.beginPass(ceiling);
    for (const { branch, bound } of branches) {
      if (!wordsFirst && bound >= ceiling) break;
      yield* visit.visit(branch);
      if (frontier.isEnded) return;
    }
  }
}
