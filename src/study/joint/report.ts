import { type BarChart, type Column, engineering, type MapReport, metricName, textTable } from '../../report/index.ts';
import type { JointObjective } from './choice.ts';
import type { FoundMapping, Handover } from './handover.ts';
import type { JointLayer, JointResult } from './joint.ts';

/** The text of a choice for a terminal: its cost and what is proven, then a table of its layers. */
export function jointText(found: FoundMapping, objective: JointObjective, deadlineS: number): string {
  const { layers, domains } = found.result;
  const columns: Column[] = [
    ...CHOICE.map((title): Column => ({ title, align: 'left' })),
    ...[...domains, 'cycles', 'time', 'energy'].map((title): Column => ({ title, align: 'right' })),
  ];
  const rows = layers.map((layer) => [
    ...choiceOf(layer),
    ...layer.frequencyHz.map((hz) => engineering(hz, 'Hz')),
    String(layer.cycles),
    engineering(layer.timeS, 's'),
    engineering(layer.energyJ, 'J'),
  ]);
  return [...sentencesOf(found, objective, deadlineS), '', ...textTable(columns, rows)].join('\n');
}

/** The page of a choice: what it costs and what is proven, layers and dataflows as bars, and the table. */
export function jointReport(
  name: string,
  found: FoundMapping,
  objective: JointObjective,
  deadlineS: number,
): MapReport {
  const { result } = found;
  const { layers, domains, energyJ, timeS } = result;
  return {
    title: `Mapping of ${name}`,
    sentences: sentencesOf(found, objective, deadlineS).map((text) => `${text}.`),
    facts: [
      ['Energy of an inference', engineering(energyJ, 'J')],
      ['Time of an inference', engineering(timeS, 's')],
      ['Energy x time', engineering(energyJ * timeS, 'J·s')],
      ...(Number.isFinite(deadlineS) ? [['Deadline', engineering(deadlineS, 's')] as const] : []),
    ],
    nests: [],
    bars: barsOf(result),
    plots: [],
    tables: [
      {
        id: 'layers',
        title: 'Choice for each layer',
        columns: [...CHOICE, ...domains.map((name) => `${name}, MHz`), 'cycles', 'time, µs', 'energy, µJ'],
        rows: layers.map((layer) => [
          ...choiceOf(layer),
          ...layer.frequencyHz.map((hz) => 1e-6 * hz),
          layer.cycles,
          fourDigits(1e6 * layer.timeS),
          fourDigits(1e6 * layer.energyJ),
        ]),
      },
    ],
  };
}

const CHOICE = ['layer', 'dataflow', 'order of folds'];

function choiceOf({ layer, dataflow, order = '', streamTile }: JointLayer): string[] {
  const tiles = streamTile === undefined ? '' : `, T tiles of ${streamTile}`;
  return [layer, dataflow, `${order}${tiles}`];
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

function sentencesOf(
  { result, handover, untried, isStopped }: FoundMapping,
  objective: JointObjective,
  deadlineS: number,
): string[] {
  const { energyJ, timeS, value, lowerBound, single } = result;
  const { replayed } = handover;
  const alone = Object.entries(single).map(
    ([dataflow, best]) => `${dataflow} ${best ? costText(best) : 'misses the deadline'}`,
  );
  const proof =
    lowerBound === value
      ? `Optimal in ${metricName(objective)}, proven`
      : `Best ${metricName(objective)} found ${value.toPrecision(6)}, lower bound ${lowerBound.toPrecision(6)}, gap ${((100 * (value - lowerBound)) / value).toPrecision(3)} %${isStopped ? ': stopped' : ''}`;
  return [
    `${costText({ energyJ, timeS })} an inference; with one dataflow for all layers: ${alone.join(', ')}`,
    ...(isReplay(replayed, energyJ, timeS)
      ? []
      : [`On one array, which changes its dataflow between layers: ${costText(replayed)}`]),
    ...(replayed.timeS > deadlineS * (1 + 1e-12) ? ['There it misses the deadline'] : []),
    proof,
    ...(untried.length > 0 ? [`Stopped before ${untried.join(' and ')}`] : []),
  ];
}

function costText({ energyJ, timeS }: { readonly energyJ: number; readonly timeS: number }): string {
  return `${engineering(energyJ, 'J')} in ${engineering(timeS, 's')}`;
}

/** Whether the mapped plant costs what the plants of one dataflow each cost, but for rounding of sums. */
function isReplay(replayed: Handover['replayed'], energyJ: number, timeS: number): boolean {
  return Math.abs(replayed.energyJ / energyJ - 1) < 1e-9 && Math.abs(replayed.timeS / timeS - 1) < 1e-9;
}

/** Each layer's energy and time in the colour of its dataflow, and the choice beside one dataflow for all layers. */
function barsOf({ layers, energyJ, single }: JointResult): BarChart[] {
  const dataflows = Object.keys(single).filter((id) => layers.some(({ dataflow }) => dataflow === id));
  const inkOf = (dataflow: string): string => `c${Object.keys(single).indexOf(dataflow) % 8}`;
  const parts = dataflows.map((name) => ({ name, ink: inkOf(name) }));
  const rowsOf = (value: (layer: JointLayer) => number): BarChart['rows'] =>
    layers.map((layer) => ({
      name: layer.layer,
      values: dataflows.map((dataflow) => (dataflow === layer.dataflow ? value(layer) : 0)),
      // A single part has no legend.
      ...(dataflows.length === 1 && { ink: inkOf(layer.dataflow) }),
    }));
  const alone = Object.entries(single).flatMap(([name, best]) =>
    best ? [{ name: `${name} alone`, values: [best.energyJ], ink: inkOf(name) }] : [],
  );
  const common = { kind: 'bars', mark: null } as const;
  const note = dataflows.length > 1 ? 'in the colour of its dataflow' : `all ${dataflows[0]}`;
  return [
    {
      ...common,
      id: 'energy',
      title: 'Energy of each layer',
      note,
      quantity: 'energy_j',
      unit: 'J',
      parts,
      rows: rowsOf((layer) => layer.energyJ),
    },
    {
      ...common,
      id: 'time',
      title: 'Time of each layer',
      note,
      quantity: 'time_s',
      unit: 's',
      parts,
      rows: rowsOf((layer) => layer.timeS),
    },
    {
      ...common,
      id: 'alone',
      title: 'Against one dataflow for all layers',
      note: 'energy of an inference; a dataflow that misses the deadline has no bar',
      quantity: 'energy_j',
      unit: 'J',
      parts: [{ name: 'energy', ink: 'c3' }],
      rows: [{ name: 'best for each layer', values: [energyJ] }, ...alone],
    },
  ];
}
