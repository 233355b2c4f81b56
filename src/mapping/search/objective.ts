import type { TimeloopMetric } from '../../formats/timeloop/index.ts';

export const OBJECTIVES = ['energy', 'delay', 'edp', 'ed2p', 'pareto'] as const;
export type ObjectiveName = (typeof OBJECTIVES)[number];

/** A cost, or a lower bound of one: energy in pJ, cycles, and words that cross the outermost memory's border. */
export interface Cost {
  readonly energyPj: number;
  readonly cycles: number;
  readonly lastLevelWords: number;
}

/** Lower is better; none of the values falls when energy, cycles or words rise. */
export type Value = (cost: Cost) => number;

const VALUES: Readonly<Record<Exclude<ObjectiveName, 'pareto'> | TimeloopMetric, Value>> = {
  energy: ({ energyPj }) => energyPj,
  delay: ({ cycles }) => cycles,
  edp: ({ energyPj, cycles }) => energyPj * cycles,
  ed2p: ({ energyPj, cycles }) => energyPj * cycles * cycles,
  'last-level-accesses': ({ lastLevelWords }) => lastLevelWords,
};

/** Values compared one after the other; the last one decides among costs that are equal before. */
export interface Objective {
  readonly name: string;
  readonly values: readonly Value[];
  /** Slower mappings are not wanted. */
  readonly deadlineCycles: number;
}

/** The objective of a name, or of Timeloop's list of metrics. Ties go to less energy, then to fewer cycles. */
export function objectiveOf(
  metrics: readonly (Exclude<ObjectiveName, 'pareto'> | TimeloopMetric)[],
  deadlineCycles = Number.POSITIVE_INFINITY,
): Objective {
  const named = metrics.map((metric) => VALUES[metric]);
  return { name: metrics.join(', '), values: [...named, VALUES.energy, VALUES.delay], deadlineCycles };
}

/** Whether a cost could be better than the best one found: `slack` times the first value must be below. */
export function isBetter({ values }: Objective, cost: Cost, best: Cost | undefined, slack = 1): boolean {
  if (!best) return true;
  for (const value of values) {
    const [a, b] = [value(cost), value(best)];
    if (a < b) return slack === 1 || a < slack * b;
    if (a > b) return false;
  }
  return false;
}
