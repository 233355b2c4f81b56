import { celsiusText } from '../base/units.ts';
import type { RunResult, ThermalResult } from '../cosim/index.ts';
import { findDataflow } from '../systolic/index.ts';
import { layerTotals, meanPoints, runAssumptions } from './files/summary.ts';
import { engineering, groupDigits, percent } from './numbers.ts';
import { type Column, textTable } from './table.ts';
import { type ReportLayer, type ReportView, reportView } from './view.ts';

/**
 * The output of `isotherm run`: the design and its policy, the verdict, one row per layer, and the energy outside
 * layers. If `width` columns cannot hold the table of layers, two tables replace it, timing and then energy.
 */
export function runText(result: RunResult, width = Number.POSITIVE_INFINITY): string {
  const [first, ...rest] = layerTables(reportView(result), width);
  return [...heading(result), '', ...first, ...rest.flatMap((table) => ['', ...table]), '', ...notes(result)].join(
    '\n',
  );
}

function heading(result: RunResult): string[] {
  const { experiment, energyJ, macs, simulatedS, inferences, policy } = result;
  const { spec } = experiment.design;
  const totals = layerTotals(result);
  const { completed } = inferences;
  const dataflow = findDataflow(spec.array.dataflow).description.split(':')[0];
  const lines = [
    `${experiment.workload.name} on ${spec.name} (${arraysText(spec)}, ${dataflow})`,
    `policy ${policy}: ${clocks(result)}`,
    '',
    `inferences   ${completed} in ${engineering(simulatedS, 's')}${latency(result)}, ${percent(totals.timeS === 0 ? 0 : totals.stallS / totals.timeS)} stalled`,
    `energy       ${engineering(energyJ.total, 'J')}${perInference(result)}, ` +
      `${engineering(energyJ.total / simulatedS, 'W')}, ${engineering(macs === 0 ? 0 : energyJ.total / macs, 'J')} per MAC (${parts(result)})`,
  ];
  if (result.deadline) lines.push(`deadline     ${deadlineText(result)}`);
  if (result.thermal) lines.push(`temperature  ${temperatureText(result.thermal)}`);
  if (result.start) lines.push(`start        ${startText(result)}`);
  lines.push(`conserved    ${conserved(result)}`);
  return lines;
}

/** Energy per inference and, with a batch, per image, so that neither is mistaken for the other. */
function perInference({ energyJ, inferences: { completed }, experiment }: RunResult): string {
  const { batch } = experiment.spec;
  if (completed === 0) return '';
  const each = (count: number): string => engineering(energyJ.total / count, 'J');
  if (batch === 1) return `, ${each(completed)} per inference`;
  return `, ${each(completed)} per batch of ${batch}, ${each(completed * batch)} per image`;
}

/** The facts of a run as label and value, for the report. */
export function runFacts(result: RunResult): (readonly [string, string])[] {
  const { spec } = result.experiment.design;
  return [
    ['Network', result.experiment.workload.name],
    ['Accelerator', `${spec.name}, ${arraysText(spec)} PEs`],
    ['Policy', result.policy],
    ['Clocks', clocks(result)],
    [
      'Inferences',
      `${groupDigits(result.inferences.completed)} in ${engineering(result.simulatedS, 's')}${latency(result)}`,
    ],
  ];
}

/** `2 x 2 arrays of 16 x 16`; for a single array, its size. */
function arraysText({ array, partitions }: RunResult['experiment']['design']['spec']): string {
  const size = `${array.rows} x ${array.columns}`;
  const { rows, columns } = partitions;
  return rows * columns === 1 ? size : `${rows} x ${columns} arrays of ${size}`;
}

/** The clock of each domain: its point if it never changes, else its time mean. Domains at the same point are listed together. */
function clocks(result: RunResult): string {
  const mean = result.transitions > 0 ? ' on average' : '';
  const domainsAt = new Map<string, string[]>();
  for (const [domain, { frequencyHz, voltageV }] of Object.entries(meanPoints(result))) {
    const point = `${engineering(frequencyHz, 'Hz')}, ${voltageV.toFixed(2)} V${mean}`;
    domainsAt.set(point, [...(domainsAt.get(point) ?? []), domain]);
  }
  return [...domainsAt].map(([point, domains]) => `${domains.join(', ')} at ${point}`).join('; ');
}

function latency({ inferences: { completed, startS, endS } }: RunResult): string {
  if (completed === 0) return '';
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < completed; i++) {
    least = Math.min(least, endS[i] - startS[i]);
    most = Math.max(most, endS[i] - startS[i]);
  }
  const [a, b] = [engineering(least, 's'), engineering(most, 's')];
  return a === b ? `, ${a} each` : `, ${a} to ${b} each`;
}

function parts({ energyJ }: RunResult): string {
  const { total, ...categories } = energyJ;
  return Object.entries(categories)
    .filter(([, energy]) => energy > 0)
    .map(([name, energy]) => `${name} ${percent(energy / total)}`)
    .join(', ');
}

function deadlineText({ deadline, inferences }: RunResult): string {
  const { limitS, misses, worstSlackS } = deadline!;
  const begun = inferences.startS.length;
  const verdict = misses === 0 ? 'met' : `missed by ${misses} of ${begun}`;
  return `${engineering(limitS, 's')}, ${verdict}${worstSlackS === null ? '' : `; worst slack ${engineering(worstSlackS, 's')}`}`;
}

function temperatureText({ peakK, peakBlock, peakTimeS, limitK, timeOverLimitS }: ThermalResult): string {
  const peak = `peak ${celsiusText(peakK)} in ${peakBlock} after ${engineering(peakTimeS, 's')}`;
  if (limitK === null) return peak;
  return `${peak}; limit ${celsiusText(limitK)} ${timeOverLimitS === 0 ? 'kept' : `exceeded for ${engineering(timeOverLimitS ?? 0, 's')}`}`;
}

function startText({ start, thermal }: RunResult): string {
  const { mode, iterations, residualK, converged } = start!;
  const hottest = thermal ? `, hottest block ${celsiusText(Math.max(...thermal.startK))}` : '';
  if (residualK === null) return `${mode}${hottest}`;
  const residual = `${residualK.toPrecision(2)} K`;
  if (converged) return `${mode}${hottest} (found to ${residual} in ${iterations} passes)`;
  return `${mode}${hottest}: warning, NOT CONVERGED, ${residual} off after ${iterations} passes; ${START_ADVICE}`;
}

/** Advice for a start that does not converge. */
export const START_ADVICE = 'try start: steady or ambient, a longer duration, or a policy that switches less';

function conserved({ conservation: { energyRelative, heatRelative, macsDifference } }: RunResult): string {
  const heat = heatRelative === null ? '' : `, heat to ${heatRelative.toExponential(1)}`;
  return `energy to ${energyRelative.toExponential(1)}${heat}, MACs to ${macsDifference}`;
}

/** A column of the table of layers, and its cell for a layer. */
interface LayerColumn extends Column {
  readonly cell: (layer: ReportLayer) => string;
}

function layerTables(view: ReportView, width: number): string[][] {
  const table = (columns: readonly LayerColumn[], gap?: number): string[] => {
    const cells = (layer: ReportLayer): string[] => columns.map((column) => column.cell(layer));
    return textTable(columns, view.layers.map(cells), [cells(totalRow(view))], gap);
  };
  const fits = (lines: readonly string[]): boolean => lines.every((line) => line.length <= width);
  const name: LayerColumn = { title: 'layer', align: 'left', cell: (l) => l.name };
  const [timing, traffic, energy] = [timingColumns(view), trafficColumns(view), energyColumns(view)];
  const narrowest = [timing, traffic, energy];
  for (const groups of [
    [[...timing, ...traffic, ...energy]],
    [[...timing, ...traffic], energy],
    [timing, [...traffic, ...energy]],
    narrowest,
  ]) {
    for (const gap of groups.length === 1 ? [undefined] : [undefined, 1]) {
      const tables = groups.map((columns) => table([name, ...columns], gap));
      if (tables.every(fits)) return tables;
    }
  }
  return narrowest.map((columns) => table([name, ...columns], 1));
}

function totalRow({ run, components, layers }: ReportView): ReportLayer {
  const componentJ = new Float64Array(components.length);
  for (const layer of layers) for (let c = 0; c < componentJ.length; c++) componentJ[c] += layer.componentJ[c];
  const energyJ = layers.reduce((sum, layer) => sum + layer.energyJ, 0);
  return { name: 'total', macs: run.macs, energyJ, componentJ, ...layerTotals(run) };
}

function timingColumns({ run }: ReportView): LayerColumn[] {
  const { pes } = run.experiment.design;
  return [
    right('MACs', (l) => engineering(l.macs, '')),
    right('cycles', (l) => groupDigits(Math.round(l.cycles))),
    right('util', (l) => (l.cycles === 0 ? '-' : percent(l.macs / (l.cycles * pes)))),
    right('time', (l) => engineering(l.timeS, 's')),
    right('stalled', (l) => (l.stallS === 0 ? '-' : percent(l.stallS / l.timeS))),
    right('waits for', (l) => l.waitsFor ?? ''),
  ];
}

function trafficColumns({ run }: ReportView): LayerColumn[] {
  return [
    right('DRAM', (l) => engineering(l.dramBytes, 'B')),
    ...(run.layers.some(({ foldOrder }) => foldOrder !== null) ? [right('order', (l) => l.foldOrder ?? '')] : []),
  ];
}

function energyColumns({ components }: ReportView): LayerColumn[] {
  return [
    right('energy', (l) => engineering(l.energyJ, 'J')),
    ...components.map((name, i) => right(name, (l) => (l.energyJ === 0 ? '-' : percent(l.componentJ[i] / l.energyJ)))),
  ];
}

function right(title: string, cell: LayerColumn['cell']): LayerColumn {
  return { title, align: 'right', cell };
}

function notes(result: RunResult): string[] {
  const lines: string[] = [];
  const outside = 1 - layerTotals(result).timeS / result.simulatedS;
  if (outside > 1e-9) lines.push(`Nothing runs for ${percent(outside)} of the time; that energy belongs to no layer.`);
  const omitted = new Map<string, number>();
  for (const { type } of result.experiment.workload.omitted) omitted.set(type, (omitted.get(type) ?? 0) + 1);
  if (omitted.size > 0) {
    const types = [...omitted].map(([type, count]) => `${count} ${type}`);
    lines.push(`Layers omitted because they are not matrix products: ${types.join(', ')} (by name in summary.json).`);
  }
  return [...lines, 'Assumptions:', ...runAssumptions(result).map((text) => `  - ${text}`)];
}
