import type { MaestroHardware, MaestroNetwork } from '../../../formats/maestro/index.ts';
import { MAC_NJ, type MaestroResult, wholeEnergyNj } from '../../../mapping/index.ts';
import { type BarChart, engineering, groupDigits, type MapReport } from '../../../report/index.ts';
import { type BoundaryTraffic, sumOf, trafficText } from '../report.ts';
import { accessEnergies, maestroTraffic, nestOf, nestText, TENSORS } from './nest.ts';

/** Layers whose nests the page and the terminal show. */
const MOST_ON_PAGE = 100;
const MOST_IN_TEXT = 4;

/** The part that a search adds to the report of its network. */
export interface NetworkSearchShown {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly facts: MapReport['facts'];
  readonly plots: MapReport['plots'];
  readonly tables: MapReport['tables'];
}

/** The report of a network under MAESTRO's model, and of the search that found its dataflows. */
export function networkReport(
  network: MaestroNetwork,
  hardware: MaestroHardware,
  results: readonly MaestroResult[],
  warnings: readonly string[],
  search: NetworkSearchShown | undefined,
): MapReport {
  const { name, layers } = network;
  const cycles = results.reduce((sum, { runtime }) => sum + runtime, 0);
  const joules = results.reduce((sum, result) => sum + 1e-9 * wholeEnergyNj(result), 0);
  const cut = layers.length > MOST_ON_PAGE ? ` Loops of the first ${MOST_ON_PAGE} of ${layers.length} layers.` : '';
  return {
    title: search?.title ?? `Dataflows of ${name}`,
    sentences: [
      ...(search?.sentences ?? ["Cycles and accesses by MAESTRO's model."]),
      `L2 and L1 hold two of the tiles shown (double buffers).${cut}`,
      ...warnings.map((text) => `${text}.`),
    ],
    facts: search?.facts ?? [
      ['Cycles', groupDigits(cycles)],
      ['Energy with all accesses', engineering(joules, 'J')],
      ['PEs', groupDigits(hardware.pes)],
    ],
    nests: layers.slice(0, MOST_ON_PAGE).map((layer, i) => ({
      name: layers.length > 1 ? layer.name : '',
      levels: nestOf(layer, hardware, results[i]),
    })),
    bars: barsOf(results),
    plots: search?.plots ?? [],
    tables: [...(search?.tables ?? []), ...(layers.length > 1 ? [trafficTable(network, results)] : [])],
  };
}

/** The traffic of all layers together. */
function trafficOf(results: readonly MaestroResult[]): BoundaryTraffic[] {
  const [first, ...rest] = results.map(maestroTraffic);
  return first.map(({ name, words }, border) => ({
    name,
    words: words.map((part, t) => ({
      tensor: part.tensor,
      words: rest.reduce((sum, traffic) => sum + traffic[border].words[t].words, part.words),
    })),
  }));
}

function barsOf(results: readonly MaestroResult[]): BarChart[] {
  const parts = TENSORS.map((name, t) => ({ name, ink: `c${t}` as const }));
  const common = { kind: 'bars', mark: null } as const;
  const energies = results.map(accessEnergies);
  const products = results.reduce((sum, { macs }) => sum + 1e-9 * MAC_NJ * macs, 0);
  return [
    {
      ...common,
      id: 'traffic',
      title: 'Traffic',
      note: 'elements that cross each border, both ways; those in L1 count for each product',
      quantity: 'elements',
      unit: '',
      parts,
      rows: trafficOf(results).map(({ name, words }) => ({ name, values: words.map((part) => part.words) })),
    },
    {
      ...common,
      id: 'energy',
      title: 'Energy',
      note: 'all accesses of each memory, and the products; the CSV file leaves some of them out',
      quantity: 'energy_j',
      unit: 'J',
      parts: [...parts, { name: 'products', ink: 'c3' }],
      rows: [
        ...(['L2', 'L1'] as const).map((name) => ({
          name,
          values: [...TENSORS.map((tensor) => energies.reduce((sum, energy) => sum + energy[name][tensor], 0)), 0],
        })),
        { name: 'PEs', values: [0, 0, 0, products] },
      ],
    },
  ];
}

function trafficTable({ layers }: MaestroNetwork, results: readonly MaestroResult[]): MapReport['tables'][number] {
  return {
    id: 'layer-traffic',
    title: 'Traffic of each layer, elements',
    columns: ['layer', ...maestroTraffic(results[0]).map(({ name }) => name)],
    rows: results.map((result, i) => [layers[i].name, ...maestroTraffic(result).map(({ words }) => sumOf(words))]),
  };
}

/** The nests of a few layers, and the traffic of all. */
export function networkText(
  { layers }: MaestroNetwork,
  hardware: MaestroHardware,
  results: readonly MaestroResult[],
): string[] {
  const nests =
    layers.length > MOST_IN_TEXT
      ? [`The loops of the ${layers.length} layers are in report.html.`]
      : layers.flatMap((layer, i) => [
          ...(layers.length > 1 ? [layer.name] : []),
          ...nestText(nestOf(layer, hardware, results[i])),
          '',
        ]);
  return [...nests, ...trafficText(trafficOf(results), 'elements')];
}
