import type { TimeloopInput, TimeloopMapping } from '../../formats/timeloop/index.ts';
import type { Found, TensorStats, TimeloopEvaluation } from '../../mapping/index.ts';
import { type BarChart, engineering, groupDigits, type MapReport, type NestLevel } from '../../report/index.ts';
import { type ConvergenceStep, metricTitle } from './convergence.ts';

/** Words that cross the border between two memories, or between a memory and the multipliers. */
export interface BoundaryTraffic {
  readonly name: string;
  /** Words of all instances by tensor, both ways. */
  readonly words: readonly { readonly tensor: string; readonly words: number }[];
}

function statsAt({ levels }: TimeloopEvaluation, level: string, tensor: string): TensorStats | undefined {
  const stats = levels[level][tensor];
  return typeof stats === 'object' ? stats : undefined;
}

/**
 * The words that leave each memory for the one below, or come from there: reads and updates. With bypass a tensor crosses from the
 * next memory that keeps it.
 */
export function trafficOf({ architecture, problem }: TimeloopInput, evaluation: TimeloopEvaluation): BoundaryTraffic[] {
  return architecture.storages.map(({ name }, level) => ({
    name: `${name} to ${(architecture.storages[level + 1] ?? architecture.compute).name}`,
    words: problem.tensors.flatMap(({ name: tensor }) => {
      const stats = statsAt(evaluation, name, tensor);
      return stats ? [{ tensor, words: (stats.reads + stats.updates) * stats.instances }] : [];
    }),
  }));
}

/** Traffic as bars of text, one a border. */
export function trafficText(traffic: readonly BoundaryTraffic[], unit = 'words'): string[] {
  const sums = traffic.map(({ words }) => words.reduce((sum, part) => sum + part.words, 0));
  const most = Math.max(...sums);
  const wide = Math.max(...traffic.map(({ name }) => name.length));
  const digits = Math.max(...sums.map((sum) => groupDigits(sum).length));
  return traffic.map(({ name }, i) => {
    const bar = '#'.repeat(Math.max(1, Math.round((40 * sums[i]) / most)));
    return `${name.padEnd(wide)}  ${groupDigits(sums[i]).padStart(digits)} ${unit}  ${bar}`;
  });
}

function nestOf(
  { architecture, problem }: TimeloopInput,
  mapping: TimeloopMapping,
  evaluation: TimeloopEvaluation,
): NestLevel[] {
  return architecture.storages.map(({ name, capacityWords, instances }, level) => {
    const { temporal, spatial } = mapping.levels[level];
    const loop = (dimension: number, bound: number, last: number): string =>
      `for ${problem.dimensions[dimension]} in 0..${bound - 1}${last === bound ? '' : ` (the last time 0..${last - 1})`}`;
    return {
      name,
      instances: Math.min(
        instances,
        Math.max(1, ...problem.tensors.map((t) => statsAt(evaluation, name, t.name)?.instances ?? 1)),
      ),
      capacityWords,
      tiles: problem.tensors.flatMap(({ name: tensor }) => {
        const stats = statsAt(evaluation, name, tensor);
        if (!stats) return [];
        const arrived = level === 0 ? 0 : Math.max(stats.fills, stats.partition);
        const used = stats.reads + stats.updates;
        return [{ tensor, words: stats.capacity, ...(arrived > 0 && { reuse: used / arrived }) }];
      }),
      loops: [
        ...temporal
          .filter(({ bound }) => bound > 1)
          .map(({ dimension, bound, last }) => ({ text: loop(dimension, bound, last), isSpatial: false })),
        ...spatial.map(({ dimension, bound, last, axis }) => ({
          text: `${loop(dimension, bound, last)} across ${axis}`,
          isSpatial: true,
        })),
      ],
    };
  });
}

function barsOf(input: TimeloopInput, evaluation: TimeloopEvaluation): BarChart[] {
  const { architecture, problem } = input;
  const { tensors } = problem;
  const compute = evaluation.levels[architecture.compute.name].energy_total as number;
  const parts = tensors.map(({ name }, t) => ({ name, ink: `c${t % 8}` }));
  const common = { kind: 'bars', mark: null } as const;
  return [
    {
      ...common,
      id: 'traffic',
      title: 'Traffic',
      note: 'words read from a memory for what lies below it, and results that come back, over all used instances',
      quantity: 'words',
      unit: '',
      parts,
      rows: trafficOf(input, evaluation).map(({ name, words }) => ({
        name,
        values: tensors.map((tensor) => sumOf(words.filter((part) => part.tensor === tensor.name))),
      })),
    },
    {
      ...common,
      id: 'energy',
      title: 'Energy',
      note: 'accesses of each memory by data space, and the products',
      quantity: 'energy_j',
      unit: 'J',
      parts: [...parts, { name: 'products', ink: `c${parts.length % 8}` }],
      rows: [
        ...architecture.storages.map(({ name }) => ({
          name,
          values: [...tensors.map((tensor) => 1e-12 * (statsAt(evaluation, name, tensor.name)?.energy_pJ ?? 0)), 0],
        })),
        { name: architecture.compute.name, values: [...tensors.map(() => 0), 1e-12 * compute] },
      ],
    },
  ];
}

export function sumOf(parts: readonly { readonly words: number }[]): number {
  return parts.reduce((sum, { words }) => sum + words, 0);
}

/** The part that a search adds to the report of its mapping. */
export interface SearchShown {
  readonly objective: string;
  readonly proof: string;
  readonly steps: readonly ConvergenceStep[];
  readonly lowerBound: number;
  readonly front: readonly Found[];
}

/** The report of a mapping under Timeloop's model, and of the search that found it. */
export function timeloopReport(
  input: TimeloopInput,
  mapping: TimeloopMapping,
  evaluation: TimeloopEvaluation,
  search: SearchShown | undefined,
): MapReport {
  const { energyPj, cycles, utilization, corrected } = evaluation;
  const { problem } = input;
  const sizes = problem.dimensions.map((name, d) => `${name} ${groupDigits(problem.sizes[d])}`).join(', ');
  return {
    title: `Mapping of ${problem.name || 'an operation'}`,
    sentences: [
      sizes,
      ...(search ? [search.proof] : []),
      ...(corrected
        ? [
            `Timeloop's own rules; right would be ${engineering(corrected.energyPj * 1e-12, 'J')} in ${groupDigits(corrected.cycles)} cycles`,
          ]
        : []),
    ],
    facts: [
      ['Energy', engineering(energyPj * 1e-12, 'J')],
      ['Cycles', groupDigits(cycles)],
      ['Energy x cycles', engineering(energyPj * 1e-12 * cycles, 'J cycles')],
      ['Multipliers in use', `${(100 * utilization).toFixed(1)} %`],
      ['Products', groupDigits(evaluation.computes)],
    ],
    nests: [{ name: '', levels: nestOf(input, mapping, evaluation) }],
    bars: barsOf(input, evaluation),
    plots: search ? [...convergencePlot(search), ...frontPlot(search)] : [],
    tables: [],
  };
}

function convergencePlot({ objective, steps, lowerBound }: SearchShown): MapReport['plots'][number][] {
  if (steps.length < 2) return [];
  const bounds = steps.flatMap(({ evaluations, bound }) =>
    bound === undefined || bound <= 0 || evaluations < 1 ? [] : [[evaluations, bound] as const],
  );
  const best = steps
    .filter(({ evaluations }) => evaluations >= 1)
    .map((step) => [step.evaluations, step.best] as const);
  return [
    {
      id: 'convergence',
      title: 'Convergence',
      note: 'The best value found after each number of evaluated mappings; the bound says what no mapping can beat.',
      kind: 'plot',
      label: `Best ${objective} over evaluated mappings`,
      x: 'mappings evaluated',
      y: metricTitle(objective, 'pJ'),
      shape: 'steps',
      logX: true,
      logY: true,
      series: [{ name: 'best', points: best }, ...(bounds.length > 0 ? [{ name: 'bound', points: bounds }] : [])],
      ...(bounds.length === 0 && lowerBound > 0 && { reference: { name: 'lower bound', value: lowerBound } }),
    },
  ];
}

function frontPlot({ front }: SearchShown): MapReport['plots'][number][] {
  if (front.length === 0) return [];
  return [
    {
      id: 'front',
      title: 'Pareto front',
      note: `${front.length === 1 ? 'One mapping' : `${front.length} mappings`} that no other one beats in both energy and cycles.`,
      kind: 'plot',
      label: `Energy over cycles of ${front.length} mappings`,
      x: 'cycles',
      y: 'energy, J',
      shape: 'dots',
      logX: false,
      logY: false,
      series: [{ name: 'mappings', points: front.map(({ cost }) => [cost.cycles, cost.energyPj * 1e-12] as const) }],
    },
  ];
}
