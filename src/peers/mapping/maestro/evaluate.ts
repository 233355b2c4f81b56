import type { SourceText } from '../../../base/source.ts';
import {
  type MaestroHardware,
  type MaestroNetwork,
  readMaestroHardware,
  readMaestroNetwork,
} from '../../../formats/maestro/index.ts';
import {
  csvEnergyNj,
  evaluateMaestro,
  type MaestroResult,
  type TensorElements,
  wholeEnergyNj,
} from '../../../mapping/index.ts';
import { type Column, engineering, mapReportHtml, textTable } from '../../../report/index.ts';
import { jsonText, type MapOutcome } from '../outcome.ts';
import { maestroCsv } from './csv.ts';
import { TENSORS } from './nest.ts';
import { type NetworkSearchShown, networkReport, networkText } from './report.ts';

/** Does MAESTRO's job: the layers of a network, each with its dataflow, on a hardware. Errors: those of the readers. */
export function evaluateNetwork(networkSource: SourceText, hardwareSource: SourceText): MapOutcome {
  return networkOutcome(readMaestroNetwork(networkSource), readMaestroHardware(hardwareSource), {});
}

/**
 * The files and the text of an evaluated network. `search` says how its dataflows were found, at the end of the totals; `shown` is
 * that for the report.
 */
export function networkOutcome(
  network: MaestroNetwork,
  hardware: MaestroHardware,
  search: object,
  shown?: NetworkSearchShown,
): MapOutcome {
  const results = network.layers.map((layer) => evaluateMaestro(layer, hardware));
  const stats = statsOf(network, results, search);
  const warnings = warningsOf(network.layers, hardware, results);
  return {
    files: {
      'maestro.csv': maestroCsv(network, hardware, results),
      'stats.json': jsonText(stats),
      'report.html': mapReportHtml(networkReport(network, hardware, results, warnings, shown)),
    },
    summary: [
      ...summaryOf(network, hardware, results),
      ...warnings,
      '',
      ...networkText(network, hardware, results),
    ].join('\n'),
  };
}

function statsOf({ layers }: MaestroNetwork, results: readonly MaestroResult[], search: object): object {
  const sum = (value: (result: MaestroResult, i: number) => number): number =>
    results.reduce((all, result, i) => all + value(result, i), 0);
  const cycles = sum(({ runtime }) => runtime);
  const energyPj = 1000 * sum((result, i) => csvEnergyNj(result, results[i - 1]));
  const whole = 1000 * sum(wholeEnergyNj);
  return {
    model: 'maestro',
    energyPj,
    cycles,
    edp: energyPj * cycles,
    evaluations: results.length,
    ...search,
    corrected: {
      energyPj: whole,
      edp: whole * cycles,
      why: [
        "the CSV file's energy leaves out products and reads of outputs, and takes the L1 accesses of the layer before where a dataflow has a Cluster",
      ],
    },
    layers: results.map((result, i) => ({
      layer: layers[i].name,
      cycles: result.runtime,
      macs: result.macs,
      energyPj: 1000 * csvEnergyNj(result, results[i - 1]),
      correctedEnergyPj: 1000 * wholeEnergyNj(result),
      levels: levelsOf(result),
    })),
  };
}

/** The accesses of both memories by tensor, with the tile that each keeps twice. */
function levelsOf(result: MaestroResult): object {
  const both = (level: 'l1' | 'l2', tiles: TensorElements): object =>
    Object.fromEntries(
      TENSORS.map((tensor) => [
        tensor,
        { tile: tiles[tensor], reads: result[tensor][`${level}Reads`], writes: result[tensor][`${level}Writes`] },
      ]),
    );
  return { L2: both('l2', result.l2Tiles), L1: both('l1', result.l1Tiles) };
}

const right = (title: string): Column => ({ title, align: 'right' });
const COLUMNS: readonly Column[] = [
  { title: 'layer', align: 'left' },
  ...['cycles', 'MACs/cycle', 'energy', 'with all accesses', 'L1', 'L2', 'PEs used'].map(right),
];

function summaryOf(
  { name, layers }: MaestroNetwork,
  hardware: MaestroHardware,
  results: readonly MaestroResult[],
): string[] {
  const rows = results.map((result, i) => [
    layers[i].name,
    String(result.runtime),
    (result.macs / result.runtime).toPrecision(4),
    engineering(csvEnergyNj(result, results[i - 1]) * 1e-9, 'J'),
    engineering(wholeEnergyNj(result) * 1e-9, 'J'),
    String(result.l1Size),
    String(result.l2Size),
    result.activePes.toPrecision(4),
  ]);
  return [`${name} on ${hardware.pes} PEs`, ...textTable(COLUMNS, rows)];
}

/** Buffers that do not fit the hardware; MAESTRO only warns of them. */
function warningsOf(
  layers: MaestroNetwork['layers'],
  hardware: MaestroHardware,
  results: readonly MaestroResult[],
): string[] {
  return results.flatMap((result, i) => {
    const over = (what: string, needed: number, given: number, unit: string): string[] =>
      needed > given ? [`${layers[i].name} needs ${needed} ${unit} of ${what}, the hardware has ${given}`] : [];
    return [
      ...over('L1', result.l1Size, hardware.l1Size, 'elements'),
      ...over('L2', result.l2Size, hardware.l2Size, 'elements'),
      ...over('NoC bandwidth', result.peakBandwidth, hardware.nocBandwidth, 'elements/cycle'),
      ...over('off-chip bandwidth', result.offchipBandwidth, hardware.offchipBandwidth, 'elements/cycle'),
    ];
  });
}
