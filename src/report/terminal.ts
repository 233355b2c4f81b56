import type { LayerResult, RunResult } from '../cosim/run.ts';
import type { Ert } from '../energy/index.ts';
import { findDataflow } from '../systolic/index.ts';
import { engineering, percent } from './numbers.ts';
import { runAssumptions } from './summary.ts';
import { type Column, textTable } from './table.ts';

/**
 * What `isotherm run` prints: the design and its clocks, a row a layer, the totals, and what is not in them. Where `width`
 * columns do not hold the table of layers, there are two of them, one below the other: timing and energy.
 */
export function runText(result: RunResult, width = Number.POSITIVE_INFINITY): string {
  const [first, ...rest] = layerTables(result, width);
  return [...heading(result), '', ...first, ...rest.flatMap((table) => ['', ...table]), '', ...notes(result)].join(
    '\n',
  );
}

function heading({
  experiment: { design, workload, policy },
  settings,
  timeS,
  energyJ,
  macs,
  layers,
}: RunResult): string[] {
  const { array, name } = design.spec;
  const clocks = settings.map(
    ({ domain, frequencyHz, voltageV }) => `${domain} at ${engineering(frequencyHz, 'Hz')}, ${voltageV.toFixed(2)} V`,
  );
  const stallS = layers.reduce((sum, layer) => sum + layer.stallS, 0);
  return [
    `${workload.name} on ${name} (${array.rows} x ${array.columns}, ${findDataflow(array.dataflow).description.split(':')[0]})`,
    `policy ${policy.name}: ${clocks.join('; ')}`,
    '',
    `one inference  ${engineering(timeS, 's')} (${percent(stallS / timeS)} stalled), ${engineering(energyJ.total, 'J')}, ` +
      `${engineering(energyJ.total / timeS, 'W')}, ${engineering(energyJ.total / macs, 'J')} per MAC`,
  ];
}

/** What a row shows, of a layer or of all. */
type Row = Pick<LayerResult, 'name' | 'macs' | 'cycles' | 'timeS' | 'stallS' | 'dramBytes' | 'energyJ' | 'componentJ'>;

/** A column of the table of layers and what it shows of one. */
interface LayerColumn extends Column {
  readonly cell: (layer: Row) => string;
}

function layerTables(result: RunResult, width: number): string[][] {
  const table = (columns: readonly LayerColumn[], gap?: number): string[] => {
    const cells = (layer: Row): string[] => columns.map((column) => column.cell(layer));
    return textTable(columns, result.layers.map(cells), [cells(totalRow(result))], gap);
  };
  const fits = (lines: readonly string[]): boolean => lines.every((line) => line.length <= width);
  const name: LayerColumn = { title: 'layer', align: 'left', cell: (l) => l.name };
  const [timing, energy] = [timingColumns(result), energyColumns(result)];
  const whole = table([name, ...timing, ...energy]);
  if (fits(whole)) return [whole];
  const halves = [table([name, ...timing]), table([name, ...energy])];
  return halves.every(fits) ? halves : [table([name, ...timing], 1), table([name, ...energy], 1)];
}

function totalRow({ layers, macs, timeS, energyJ, componentJ }: RunResult): Row {
  const sum = (of: (layer: LayerResult) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    name: 'total',
    macs,
    cycles: sum((l) => l.cycles),
    timeS,
    stallS: sum((l) => l.stallS),
    dramBytes: sum((l) => l.dramBytes),
    energyJ: energyJ.total,
    componentJ,
  };
}

function timingColumns({ experiment }: RunResult): LayerColumn[] {
  const { rows, columns } = experiment.design.spec.array;
  return [
    right('MACs', (l) => engineering(l.macs, '')),
    right('cycles', (l) => groupDigits(l.cycles)),
    right('util', (l) => percent(l.macs / (l.cycles * rows * columns))),
    right('time', (l) => engineering(l.timeS, 's')),
    right('stalled', (l) => (l.stallS === 0 ? '-' : percent(l.stallS / l.timeS))),
    right('DRAM', (l) => engineering(l.dramBytes, 'B')),
  ];
}

function energyColumns({ components }: RunResult): LayerColumn[] {
  return [
    right('energy', (l) => engineering(l.energyJ, 'J')),
    ...components.map((name, i) => right(name, (l) => (l.energyJ === 0 ? '-' : percent(l.componentJ[i] / l.energyJ)))),
  ];
}

function right(title: string, cell: LayerColumn['cell']): LayerColumn {
  return { title, align: 'right', cell };
}

function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function notes(result: RunResult): string[] {
  const leakage = leakageNote(result.experiment.design.ert);
  const lines = [`Not modelled at a fixed operating point: leakage${leakage}, clock and idle energy, temperature.`];
  const omitted = new Map<string, number>();
  for (const { type } of result.experiment.workload.omitted) omitted.set(type, (omitted.get(type) ?? 0) + 1);
  if (omitted.size > 0) {
    const types = [...omitted].map(([type, count]) => `${count} ${type}`);
    lines.push(`Omitted layers, no matrix products: ${types.join(', ')} (by name in summary.json).`);
  }
  const assumptions = runAssumptions(result);
  if (assumptions.length > 0) lines.push('Assumptions:', ...assumptions.map((text) => `  - ${text}`));
  return lines;
}

/** How much the tables' leakage alone would be, so that a reader sees what is left out. */
function leakageNote({ components }: Ert): string {
  const parts = components.flatMap(({ component, leakageParts }) =>
    leakageParts.map(({ powerW, temperatureK }) => ({ powerW: powerW * component.count, temperatureK })),
  );
  if (parts.length === 0) return '';
  const watts = parts.reduce((sum, { powerW }) => sum + powerW, 0);
  const temperatures = [...new Set(parts.map(({ temperatureK }) => temperatureK))];
  const at =
    temperatures.length === 1
      ? `${temperatures[0]} K and the tables' voltages`
      : "the tables' temperatures and voltages";
  return ` (${engineering(watts, 'W')} at ${at}, where known)`;
}
