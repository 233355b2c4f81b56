import type { RunResult } from '../cosim/run.ts';
import { findDataflow } from '../systolic/index.ts';
import { engineering, percent } from './numbers.ts';
import { runAssumptions } from './summary.ts';
import { type Column, textTable } from './table.ts';

/** What `isotherm run` prints: the design and its clocks, a row a layer, the totals, and what is not in them. */
export function runText(result: RunResult): string {
  return [...heading(result), '', ...layerTable(result), '', ...notes(result)].join('\n');
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

function layerTable({ components, layers, componentJ, energyJ, macs, timeS, experiment }: RunResult): string[] {
  const { rows, columns: arrayColumns } = experiment.design.spec.array;
  const right = (title: string): Column => ({ title, align: 'right' });
  const columns: Column[] = [
    { title: 'layer', align: 'left' },
    ...['MACs', 'cycles', 'util', 'time', 'stalled', 'DRAM', 'energy', ...components].map(right),
  ];
  const total = {
    name: 'total',
    macs,
    cycles: layers.reduce((sum, l) => sum + l.cycles, 0),
    timeS,
    stallS: layers.reduce((sum, l) => sum + l.stallS, 0),
    dramBytes: layers.reduce((sum, l) => sum + l.dramBytes, 0),
    energyJ: energyJ.total,
    componentJ,
  };
  const cells = (l: typeof total): string[] => [
    l.name,
    engineering(l.macs, ''),
    groupDigits(l.cycles),
    percent(l.macs / (l.cycles * rows * arrayColumns)),
    engineering(l.timeS, 's'),
    l.stallS === 0 ? '-' : percent(l.stallS / l.timeS),
    engineering(l.dramBytes, 'B'),
    engineering(l.energyJ, 'J'),
    ...Array.from(l.componentJ, (j) => percent(j / l.energyJ)),
  ];
  return textTable(columns, layers.map(cells), [cells(total)]);
}

function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

function notes(result: RunResult): string[] {
  const lines = ['Not modelled at a fixed operating point: leakage, clock and idle energy, temperature.'];
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
