import { fail } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import {
  type MaestroHardware,
  type MaestroLayer,
  type MaestroNetwork,
  readMaestroHardware,
  readMaestroNetwork,
  sixDigits,
  writeMaestroNetwork,
} from '../../formats/maestro/index.ts';
import {
  csvEnergyNj,
  directivesOf,
  evaluateMaestro,
  type GammaLimits,
  type GammaResult,
  gammaValue,
  genomeSpace,
  genomeText,
  type Steps,
  searchGammaAtRandomInSteps,
  searchGammaExactlyInSteps,
  searchGammaInSteps,
} from '../../mapping/index.ts';
import { type Column, engineering, groupDigits, type MapReport, mapReportHtml, textTable } from '../../report/index.ts';
import { certificateOf, type GammaRequest, isSampled, type LayerFound, proofTexts } from './gamma-proof.ts';
import { networkOutcome } from './maestro.ts';
import type { MapOutcome } from './outcome.ts';

/**
 * Searches a dataflow for each layer of a network under MAESTRO's model, as GAMMA does. The dataflows of the file are only
 * compared with. Errors: those of the readers; `no-mapping` if no genome fits the buffers or the area.
 */
export function* searchNetwork(
  networkSource: SourceText,
  hardwareSource: SourceText,
  request: GammaRequest,
): Steps<MapOutcome> {
  const hardware = readMaestroHardware(hardwareSource);
  const network = readMaestroNetwork(networkSource);
  const found: LayerFound[] = [];
  for (const [i, layer] of network.layers.entries()) {
    const endOf = (parts: number) => request.endOf?.(parts * (network.layers.length - i));
    found.push(yield* searchLayer(layer, hardware, { ...request, seed: request.seed + i, endOf }));
  }
  const layers = network.layers.map((layer, i): MaestroLayer => {
    return { ...layer, directives: directivesOf(genomeSpace(layer), found[i].genome) };
  });
  const best: MaestroNetwork = { ...network, layers };
  // A chip has one number of PEs; layers that searched it use as many of them as they found.
  const pes = Math.max(...found.map(({ cost }) => cost.pes));
  const outcome = networkOutcome(best, { ...hardware, pes }, certificateOf(network.layers, hardware, found, request));
  return {
    files: {
      ...outcome.files,
      'mapping.m': writeMaestroNetwork(best),
      'gamma.csv': gammaCsv(network.layers, found),
      'convergence.csv': convergenceCsv(network.layers, found),
      'report.html': mapReportHtml(reportOf(network, found, request)),
    },
    summary: [
      ...found.flatMap((result, i) => layerText(network.layers[i], result)),
      '',
      ...comparison(network, hardware, found, request),
      '',
      outcome.summary,
    ].join('\n'),
  };
}

function* searchLayer(layer: MaestroLayer, hardware: MaestroHardware, request: GammaRequest): Steps<LayerFound> {
  return (yield* foundOf(layer, hardware, request)) ?? failNoMapping(layer, hardware, request);
}

function* foundOf(
  layer: MaestroLayer,
  hardware: MaestroHardware,
  request: GammaRequest,
): Steps<LayerFound | undefined> {
  const limitsFor = (parts: number): GammaLimits => {
    const isOver = request.endOf?.(parts);
    return { ...request, ...(isOver && { isOver }) };
  };
  switch (request.search) {
    case 'ga':
      return yield* searchGammaInSteps(layer, hardware, limitsFor(1));
    case 'random':
      return yield* searchGammaAtRandomInSteps(layer, hardware, limitsFor(1));
    case 'exact':
      return yield* searchGammaExactlyInSteps(layer, hardware, limitsFor(1));
    default: {
      const joint = yield* searchGammaExactlyInSteps(layer, hardware, limitsFor(2));
      const first = yield* searchGammaExactlyInSteps(layer, hardware, { ...limitsFor(1), wordsFirst: true });
      return (
        first && joint && { ...first, value: gammaValue(request.objective, first.cost), steps: joint.steps, joint }
      );
    }
  }
}

function failNoMapping(layer: MaestroLayer, hardware: MaestroHardware, { search, evaluations }: GammaRequest): never {
  const { free, names } = genomeSpace(layer);
  const smallest = names.flatMap((dimension, d) =>
    free.includes(d)
      ? [{ kind: d === free[0] ? 'spatial' : 'temporal', size: 1, offset: 1, dimension, isOutput: false } as const]
      : [],
  );
  const directives = smallest.map((map) => {
    const isOutput = layer.type !== 'GEMM' && (map.dimension === 'Y' || map.dimension === 'X');
    return { ...map, isOutput, span: layer.span };
  });
  const { l1Size, l2Size } = evaluateMaestro({ ...layer, directives }, { ...hardware, pes: 1 });
  return fail(
    'no-mapping',
    `no dataflow of ${layer.name} fits${isSampled(search) ? ` among ${evaluations}` : ''}: tiles of 1 on one PE need ${l1Size} elements of L1 and ${l2Size} of L2, the hardware has ${hardware.l1Size} and ${hardware.l2Size}`,
    { span: layer.span, expected: 'larger buffers, a larger area, or more evaluations' },
  );
}

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
function gammaCsv(layers: readonly MaestroLayer[], found: readonly GammaResult[]): string {
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

function convergenceCsv(layers: readonly MaestroLayer[], found: readonly GammaResult[]): string {
  const rows = found.flatMap(({ steps }, i) =>
    steps.map(({ evaluations, best }) => [layers[i].name, evaluations, best].join(',')),
  );
  return `layer,evaluations,best\n${rows.join('\n')}\n`;
}

/** Layers whose convergence a picture shows. */
const MOST_LINES = 8;

function reportOf({ name, layers }: MaestroNetwork, found: readonly LayerFound[], request: GammaRequest): MapReport {
  const { objective, search } = request;
  const kind = { ga: 'genetic', random: 'random', exact: 'exact', decoupled: 'decoupled' }[search];
  return {
    title: `Dataflows of ${name} by ${kind} search`,
    sentences: [`${objective} of each layer under MAESTRO's model.`, ...proofTexts(layers, found, request)],
    facts: [
      ['Cycles', groupDigits(found.reduce((sum, { cost }) => sum + cost.cycles, 0))],
      ['Energy', engineering(found.reduce((sum, { cost }) => sum + cost.energyNj, 0) * 1e-9, 'J')],
      ['Genomes', groupDigits(found.reduce((sum, { evaluations }) => sum + evaluations, 0))],
    ],
    nest: [],
    bars: [],
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
        y: objective,
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
        columns: ['layer', 'cycles', 'energy, nJ', 'PEs', 'L1', 'L2', 'dataflow'],
        rows: found.map(({ genome, cost: { cycles, energyNj, pes, l1Size, l2Size } }, i) => [
          layers[i].name,
          cycles,
          energyNj,
          pes,
          l1Size,
          l2Size,
          genomeText(genomeSpace(layers[i]), genome),
        ]),
      },
    ],
  };
}

/** The two lines that GAMMA prints for a layer. */
function layerText(layer: MaestroLayer, { genome, cost, value }: GammaResult): string[] {
  const { cycles, pes, l1Size, l2Size, area } = cost;
  const whole = area.pes + area.l1 + area.l2;
  return [
    `${layer.name}`,
    `Mapping: ${genomeText(genomeSpace(layer), genome)}`,
    `Reward: ${sixDigits(-value)}, Runtime: ${cycles}(cycles), Area: ${(whole * 1e-6).toPrecision(4)}(mm2), PE Area_ratio: ${((100 * area.pes) / whole).toFixed(1)}%, Num_PE: ${pes}, L1 Buffer: ${l1Size}(elements), L2 Buffer: ${l2Size}(elements)`,
  ];
}

const right = (title: string): Column => ({ title, align: 'right' });

/** The gain of the search over the dataflows of the file. */
function comparison(
  { layers }: MaestroNetwork,
  hardware: MaestroHardware,
  found: readonly LayerFound[],
  request: GammaRequest,
): string[] {
  const columns: readonly Column[] = [
    { title: 'layer', align: 'left' },
    ...['given: cycles', 'energy', 'found: cycles', 'energy', 'evaluated', 'invalid'].map(right),
  ];
  const rows = found.map(({ cost, evaluations, invalid }, i) => {
    const given = evaluateMaestro(layers[i], hardware);
    return [
      layers[i].name,
      String(given.runtime),
      engineering(csvEnergyNj(given, undefined) * 1e-9, 'J'),
      String(cost.cycles),
      engineering(cost.energyNj * 1e-9, 'J'),
      String(evaluations),
      String(invalid),
    ];
  });
  return [...textTable(columns, rows), ...proofTexts(layers, found, request)];
}
