import { InputError } from '../../../base/errors.ts';
import {
  type MaestroHardware,
  type MaestroLayer,
  type MaestroNetwork,
  sixDigits,
} from '../../../formats/maestro/index.ts';
import {
  csvEnergyNj,
  evaluateMaestro,
  type GammaResult,
  genomeSpace,
  genomeText,
  type MaestroResult,
} from '../../../mapping/index.ts';
import { type Column, engineering, groupDigits, textTable } from '../../../report/index.ts';
import { metricTitle } from '../convergence.ts';
import { type GammaRequest, type LayerFound, listed, proofTexts } from './proof.ts';
import type { NetworkSearchShown } from './report.ts';

const GAMMA_COLUMNS = [
  'runtime',
  'area',
  'pe_area_ratio',
  'PE',
  'L1_size',
  'L2_size',
  'PE_area',
  'L1_area',
  'L2_area',
  'best_sol',
];

function quoted(text: string): string {
  return `"${text}"`;
}

/** GAMMA's result file, with a row for each layer. Areas are in um2, the ratio in percent. */
export function gammaCsv(layers: readonly MaestroLayer[], found: readonly GammaResult[]): string {
  const rows = found.map(({ genome, cost: { cycles, pes, l1Size, l2Size, area } }, i) => {
    const whole = area.pes + area.l1 + area.l2;
    return [
      cycles,
      ...[whole, (100 * area.pes) / whole].map(sixDigits),
      pes,
      l1Size,
      l2Size,
      ...[area.pes, area.l1, area.l2].map(sixDigits),
      quoted(genomeText(genomeSpace(layers[i]), genome)),
    ].join(',');
  });
  return `${GAMMA_COLUMNS.join(',')}\n${rows.join('\n')}\n`;
}

export function convergenceCsv(layers: readonly MaestroLayer[], found: readonly GammaResult[]): string {
  const rows = found.flatMap(({ steps }, i) =>
    steps.map(({ evaluations, best }) => [layers[i].name, evaluations, best].join(',')),
  );
  return `layer,evaluations,best\n${rows.join('\n')}\n`;
}

/** Layers whose convergence a picture shows. */
const MOST_LINES = 8;

export function shownOf(
  { name, layers }: MaestroNetwork,
  found: readonly LayerFound[],
  request: GammaRequest,
): NetworkSearchShown {
  const { objective, search } = request;
  const kind = { ga: 'genetic', random: 'random', exact: 'exact', decoupled: 'decoupled' }[search];
  return {
    title: `Dataflows of ${name} by ${kind} search`,
    sentences: [
      `The goal is the least ${objective} of each layer under MAESTRO's model.`,
      ...proofTexts(layers, found, request),
    ],
    facts: [
      ['Cycles', groupDigits(found.reduce((sum, { cost }) => sum + cost.cycles, 0))],
      ['Energy in the CSV file', engineering(found.reduce((sum, { cost }) => sum + cost.energyNj, 0) * 1e-9, 'J')],
      ['Genomes', groupDigits(found.reduce((sum, { evaluations }) => sum + evaluations, 0))],
    ],
    plots: [
      {
        id: 'convergence',
        title: 'Convergence',
        note:
          found.length > MOST_LINES
            ? `The first ${MOST_LINES} of ${found.length} layers; convergence.csv has all.`
            : search === 'ga'
              ? 'The best genome of each layer after each generation.'
              : 'The best genome of each layer.',
        kind: 'plot',
        label: `Best ${objective} over evaluated genomes`,
        x: 'genomes evaluated',
        y: metricTitle(objective, 'nJ'),
        shape: 'steps',
        logX: false,
        logY: true,
        series: found.slice(0, MOST_LINES).map(({ steps }, i) => ({
          name: layers[i].name,
          points: steps.map(({ evaluations, best }) => [evaluations, best] as const),
        })),
      },
    ],
    tables: [
      {
        id: 'layers',
        title: 'Layers',
        columns: ['layer', 'cycles', 'energy, nJ', 'PEs', 'L1, elements', 'L2, elements'],
        rows: found.map(({ cost: { cycles, energyNj, pes, l1Size, l2Size } }, i) => [
          layers[i].name,
          cycles,
          energyNj,
          pes,
          l1Size,
          l2Size,
        ]),
      },
    ],
  };
}

/** The two lines that GAMMA prints for a layer. */
export function layerText(layer: MaestroLayer, { genome, cost, value }: GammaResult): string[] {
  const { cycles, pes, l1Size, l2Size, area } = cost;
  const whole = area.pes + area.l1 + area.l2;
  return [
    `${layer.name}`,
    `Mapping: ${genomeText(genomeSpace(layer), genome)}`,
    `Reward: ${sixDigits(-value)}, Runtime: ${cycles}(cycles), Area: ${(whole * 1e-6).toPrecision(4)}(mm2), PE Area_ratio: ${((100 * area.pes) / whole).toFixed(1)}%, Num_PE: ${pes}, L1 Buffer: ${l1Size}(elements), L2 Buffer: ${l2Size}(elements)`,
  ];
}

const right = (title: string): Column => ({ title, align: 'right' });

/** The results of the dataflows of the file; undefined where a layer has none, or one that this hardware cannot take. */
export function givenOf({ layers }: MaestroNetwork, hardware: MaestroHardware): readonly (MaestroResult | undefined)[] {
  return layers.map((layer) => {
    if (layer.directives.length === 0) return undefined;
    try {
      return evaluateMaestro(layer, hardware);
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  });
}

/** The gain of the search over the dataflows of the file. */
export function comparison(
  { layers }: MaestroNetwork,
  given: readonly (MaestroResult | undefined)[],
  found: readonly LayerFound[],
  request: GammaRequest,
): string[] {
  const isCompared = given.some((result) => result !== undefined);
  const columns: readonly Column[] = [
    { title: 'layer', align: 'left' },
    ...(isCompared ? ['given: cycles', 'energy'] : []).map(right),
    ...['found: cycles', 'energy', 'evaluated', 'invalid'].map(right),
  ];
  const givenCells = (result: MaestroResult | undefined): string[] =>
    result ? [String(result.runtime), engineering(csvEnergyNj(result, undefined) * 1e-9, 'J')] : ['-', '-'];
  const rows = found.map(({ cost, evaluations, invalid }, i) => [
    layers[i].name,
    ...(isCompared ? givenCells(given[i]) : []),
    String(cost.cycles),
    engineering(cost.energyNj * 1e-9, 'J'),
    String(evaluations),
    String(invalid),
  ]);
  const missing = layers.filter((layer, i) => layer.directives.length > 0 && !given[i]).map(({ name }) => name);
  return [
    ...textTable(columns, rows),
    ...(missing.length > 0
      ? [`MAESTRO has no figures for the dataflows of the file on this hardware: ${listed(missing)}`]
      : []),
    ...proofTexts(layers, found, request),
  ];
}
