import type { Found, Objective, SampleLimits, SearchLimits } from '../../mapping/index.ts';

/** The best value after so many evaluations, and the lower bound that was proven by then, if any. */
export interface ConvergenceStep {
  readonly evaluations: number;
  readonly best: number;
  readonly bound?: number | undefined;
}

/** Most steps that are kept; from there on every second one is dropped. */
const MOST_STEPS = 2000;

/** Notes how a search comes to its result. */
export class Convergence {
  private kept: ConvergenceStep[] = [];

  /** The callbacks of a search, with those of `limits`. Only changes of the best value or of the bound are kept. */
  noting(
    objective: Objective,
    limits: SearchLimits,
  ): Required<Pick<SearchLimits & SampleLimits, 'onProgress' | 'onBetter'>> {
    const [value] = objective.values;
    return {
      onProgress: (progress) => {
        limits.onProgress?.(progress);
        this.add(progress);
      },
      onBetter: ({ cost }: Found, evaluations: number) => this.add({ evaluations, best: value(cost) }),
    };
  }

  get steps(): readonly ConvergenceStep[] {
    return this.kept;
  }

  /** Notes a step; the last one of a search has its final bound. */
  add({ evaluations, best, bound }: ConvergenceStep): void {
    const last = this.kept.at(-1);
    if (last && last.best === best && (bound === undefined || last.bound === bound)) return;
    if (last?.evaluations === evaluations) this.kept.pop();
    this.kept.push({ evaluations, best, ...(bound !== undefined && { bound }) });
    if (this.kept.length > MOST_STEPS) this.kept = this.kept.filter((_, i) => i % 2 === 0 || i === MOST_STEPS);
  }
}

/** The first metric of an objective with its unit, as the title of an axis: `EDP, pJ cycles`. */
export function metricTitle(objective: string, energyUnit: 'pJ' | 'nJ'): string {
  const [metric] = objective.split(', ');
  const titles: Readonly<Record<string, string>> = {
    energy: `energy, ${energyUnit}`,
    delay: 'delay, cycles',
    edp: `EDP, ${energyUnit} cycles`,
    ed2p: `ED²P, ${energyUnit} cycles²`,
    'last-level-accesses': 'last-level accesses, words',
  };
  return titles[metric] ?? metric;
}

/** One line for the terminal: the best value after each power of ten of evaluations, as a multiple of the last one. */
export function convergenceText(steps: readonly ConvergenceStep[]): string[] {
  const last = steps.at(-1);
  if (!last || steps.length < 2 || last.best === 0) return [];
  const parts: string[] = [];
  for (let at = 1; at < last.evaluations; at *= 10) {
    const step = steps.findLast(({ evaluations }) => evaluations <= at);
    if (step) parts.push(`${times(step.best / last.best)} after ${at}`);
  }
  return parts.length === 0 ? [] : [`Best value found: ${parts.join(', ')}, 1x after ${last.evaluations}`];
}

function times(ratio: number): string {
  return `${ratio >= 1000 ? ratio.toExponential(1).replace('+', '') : Number(ratio.toPrecision(3))}x`;
}
