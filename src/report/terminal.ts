import { celsiusText } from '../base/units.ts';
import type { RunResult, ThermalResult } from '../cosim/index.ts';
import { findDataflow } from '../systolic/index.ts';
import { type Against, againstTexts } from './files/against.ts';
import { isEpochSensitive, layerTotals, meanPoints, runAssumptions } from './files/summary.ts';
import { type LayerChoice, layerTables } from './layer-rows.ts';
import { counted, engineering, groupDigits, percent, residualText } from './numbers.ts';
import { reportView } from './view.ts';

/** How much of a run the terminal shows. */
export interface TextOptions extends Partial<LayerChoice> {
  /** Columns of the terminal; no limit by default. */
  readonly width?: number | undefined;
  /** `quiet`: the verdict alone; `verbose`: all assumptions too. */
  readonly detail?: 'quiet' | 'verbose' | undefined;
  /** The same work under other policies. */
  readonly against?: Against | undefined;
}

/** Layers in a table that says nothing else. */
const TOP_LAYERS = 12;

/**
 * The output of `isotherm run`: the verdict, what ran, the layers of an inference, and notes. If `width`
 * columns cannot hold the table of layers, several tables replace it.
 */
export function runText(result: RunResult, options: TextOptions = {}): string {
  const { width = Number.POSITIVE_INFINITY, top = TOP_LAYERS, sort, detail, against } = options;
  if (detail === 'quiet') return heading(result, against).join('\n');
  const [first, ...rest] = layerTables(reportView(result), { top, sort }, width);
  const { completed } = result.inferences;
  return [
    ...heading(result, against),
    '',
    ...(completed > 1 ? ['one inference, on average', ''] : []),
    ...first,
    ...rest.flatMap((table) => ['', ...table]),
    '',
    ...notes(result, detail === 'verbose'),
  ].join('\n');
}

/** The verdict: limits that were to be kept first, then the energy; then what ran, and how well that is known. */
function heading(result: RunResult, against?: Against): string[] {
  const { experiment, energyJ, macs, simulatedS, inferences, policy } = result;
  const { spec } = experiment.design;
  const totals = layerTotals(result);
  const { completed } = inferences;
  return [
    ...(result.deadline ? [`deadline     ${deadlineText(result)}`] : []),
    ...(result.thermal ? [`temperature  ${temperatureText(result.thermal)}`] : []),
    ...result.targets.filter(isExceeded).map((target) => `target       ${targetText(target)}`),
    `energy       ${energyText(result)}`,
    `             ${engineering(energyJ.total / simulatedS, 'W')}, ${engineering(macs === 0 ? 0 : energyJ.total / macs, 'J')} per MAC (${parts(result)})`,
    ...(against ? againstTexts(against).map((text, i) => `${i === 0 ? 'compared     ' : '             '}${text}`) : []),
    `inferences   ${groupDigits(completed)} in ${engineering(simulatedS, 's')}${latency(result)}, ${percent(totals.timeS === 0 ? 0 : totals.stallS / totals.timeS)} stalled`,
    `design       ${experiment.workload.name} on ${spec.name} (${arraysText(spec)}, ${dataflowsText(experiment)})`,
    `policy       ${policy}: ${clocks(result)}`,
    ...(result.start ? [`start        ${startText(result)}`] : []),
    ...(isEpochSensitive(result.epochChange) ? [`epoch        warning: ${epochText(result)}`] : []),
    ...(result.epochRefusal === undefined ? [] : [`epoch        not checked at half of it: ${result.epochRefusal}`]),
    `conserved    ${conserved(result)}`,
  ];
}

/** The dataflow, or how many layers have each where a mapping gives them several. */
function dataflowsText({ design: { spec }, workload, mapping }: RunResult['experiment']): string {
  const nameOf = (id: string): string => findDataflow(id).description.split(':')[0];
  const ids = workload.layers.map((_, l) => mapping?.layers[l]?.dataflow ?? spec.array.dataflow);
  const counts = [...new Set(ids)].map((id) => [nameOf(id), ids.filter((other) => other === id).length] as const);
  if (counts.length === 1) return counts[0][0];
  return counts.map(([name, count]) => `${name} in ${count} ${count === 1 ? 'layer' : 'layers'}`).join(', ');
}

/** Energy per inference and, with a batch, per image, so that neither is mistaken for the other; then in all. */
function energyText({ energyJ, inferences: { completed }, experiment }: RunResult): string {
  const { batch } = experiment.spec;
  const total = engineering(energyJ.total, 'J');
  if (completed === 0) return `${total}, no inference completed`;
  const each = (count: number): string => engineering(energyJ.total / count, 'J');
  const one =
    batch === 1
      ? `${each(completed)} per inference`
      : `${each(completed)} per batch of ${batch}, ${each(completed * batch)} per image`;
  return completed === 1 ? one : `${one}, ${total} in all`;
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
  const { limitS, misses, worstSlackS, neverBegan = 0 } = deadline!;
  const due = inferences.startS.length + neverBegan;
  const waits = neverBegan > 0 ? `, ${groupDigits(neverBegan)} of which never began` : '';
  const verdict = misses === 0 ? 'met' : `missed by ${groupDigits(misses)} of ${groupDigits(due)}${waits}`;
  return `${engineering(limitS, 's')}, ${verdict}${worstSlackS === null ? '' : `; worst slack ${engineering(worstSlackS, 's')}`}`;
}

function temperatureText({ peakK, peakBlock, peakTimeS, limitK, timeOverLimitS }: ThermalResult): string {
  const peak = `peak ${celsiusText(peakK)} in ${peakBlock} after ${engineering(peakTimeS, 's')}`;
  if (limitK === null) return peak;
  return `${peak}; limit ${celsiusText(limitK)} ${timeOverLimitS === 0 ? 'kept' : `exceeded for ${engineering(timeOverLimitS ?? 0, 's')}`}`;
}

function startText({ start, thermal }: RunResult): string {
  const { mode, iterations, residualK, converged, cycleS } = start!;
  const hottest = thermal ? `, hottest block ${celsiusText(Math.max(...thermal.startK))}` : '';
  if (residualK === null) return `${mode}${hottest}`;
  const residual = `${residualK.toPrecision(2)} K`;
  if (converged) return `${mode}${hottest} (found to ${residual} in ${iterations} passes${swingText(cycleS)})`;
  return `${mode}${hottest}: warning, NOT CONVERGED, ${residual} off after ${iterations} passes${swingText(cycleS)}; ${START_ADVICE}`;
}

function swingText(cycleS: number | undefined): string {
  return cycleS === undefined ? '' : `; mean over swings of ${engineering(cycleS, 's')}`;
}

function epochText({ epochChange, epochS }: RunResult): string {
  const change = `${epochChange! > 0 ? '+' : ''}${percent(epochChange!)}`;
  return `${change} energy at half the epoch of ${engineering(epochS, 's')}; ${EPOCH_ADVICE}`;
}

/** Hardly more than a controller swings. */
function isExceeded({ peakAboveK }: RunResult['targets'][number]): boolean {
  return peakAboveK > 1;
}

function targetText({ policy, temperatureK, peakAboveK }: RunResult['targets'][number]): string {
  const off = `${celsiusText(temperatureK)}, and the peak is ${peakAboveK.toFixed(2)} K above it`;
  return `${policy} aims at ${off}: it holds the mean of an epoch; faster changes, and a hotter start, go above`;
}

/** Advice for an epoch on which the result depends. */
export const EPOCH_ADVICE = 'the policy beats with the load: try a shorter epoch, or one that divides no period';

/** Advice for a start that does not converge. */
export const START_ADVICE = 'try start: steady or ambient, a longer duration, or a policy that switches less';

function conserved({ conservation: { energyRelative, heatRelative, macsDifference } }: RunResult): string {
  const heat = heatRelative === null ? '' : `, heat to ${residualText(heatRelative)}`;
  return `energy to ${residualText(energyRelative)}${heat}, MACs to ${macsDifference}`;
}

function notes(result: RunResult, verbose: boolean): string[] {
  const lines: string[] = [];
  const outside = 1 - layerTotals(result).timeS / result.simulatedS;
  if (outside > 1e-9) lines.push(`Nothing runs for ${percent(outside)} of the time; that energy belongs to no layer.`);
  const omitted = new Map<string, number>();
  for (const { type } of result.experiment.workload.omitted) omitted.set(type, (omitted.get(type) ?? 0) + 1);
  if (omitted.size > 0) {
    const types = [...omitted].map(([type, count]) => `${count} ${type}`);
    lines.push(`Layers omitted because they are not matrix products: ${types.join(', ')} (by name in summary.json).`);
  }
  const assumptions = runAssumptions(result);
  if (verbose) return [...lines, 'Assumptions:', ...assumptions.map((text) => `  - ${text}`)];
  return [
    ...lines,
    `${counted(assumptions.length, 'assumption', 'assumptions')}: --verbose lists them, as summary.json does.`,
  ];
}
