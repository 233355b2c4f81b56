import type { Files } from '../../base/files.ts';
import type { Pieces } from '../../base/source.ts';
import { accelergyFiles } from '../../energy/index.ts';
import type { SimulateConfig } from '../../formats/scalesim/index.ts';
import { layerActivityCsv } from '../../report/files/index.ts';
import { counted, engineering, groupDigits, percent, textTable } from '../../report/index.ts';
import { OPERANDS } from '../../systolic/index.ts';
import { layerMacs } from '../../workload/index.ts';
import { scaleSimDesign } from './accelergy-design.ts';
import { type LayerOutcome, simulateLayer } from './model.ts';
import type { SimulationInput } from './model-input.ts';
import { timelineProgress } from './progress.ts';
import { scaleSimReports } from './reports.ts';

/** The files of a simulation by our own model. Error: `out-of-range` for an interval too short to write. */
export function modelFiles(
  bundled: Files,
  input: SimulationInput,
  results: readonly LayerOutcome[],
  interval: number | undefined,
): Record<string, string | Pieces> {
  const { architecture, actionCounts } = accelergyFiles(...scaleSimDesign(bundled, input.config, results));
  return {
    ...scaleSimReports(results.map(({ report }) => report)),
    'architecture.yaml': architecture,
    'action_counts.yaml': actionCounts,
    ...(interval === undefined ? {} : { 'activity.csv': activity(input, results, interval) }),
  };
}

function activity({ config, layouts }: SimulationInput, results: readonly LayerOutcome[], interval: number): Pieces {
  const layers = results.map(({ layer, start, stop }, i) => ({
    name: layer.name,
    start,
    stop,
    progress: () => timelineProgress(simulateLayer(layer, config, layouts?.[i]).timeline),
  }));
  return layerActivityCsv(layers, interval, { option: 'an --interval' });
}

/** Number of layers in the table of the slowest. */
const SLOWEST = 5;

/** Totals, the DRAM traffic, and the layers that take longest. */
export function modelSummary(config: SimulateConfig, results: readonly LayerOutcome[]): string {
  const { rows, columns } = config.array;
  const total = (value: (result: LayerOutcome) => number): number =>
    results.reduce((sum, result) => sum + value(result), 0);
  const cycles = total(({ report }) => report.totalCycles);
  const used = percent(total(({ layer }) => layerMacs(layer)) / (cycles * rows * columns));
  const delays = delaysOf(config, results).map(({ reason, of }) => `${percent(total(of) / cycles)} of them ${reason}`);
  const waits = delays.length > 0 ? delays.join(', ') : 'without waiting for DRAM';
  const layers = counted(results.length, 'layer', 'layers');
  return [
    `${layers}, ${counted(cycles, 'cycle', 'cycles')}, ${waits}; utilisation ${used}`,
    dramLines(config, results),
    '',
    ...slowestLayers(config, results, cycles),
    '',
  ].join('\n');
}

/** The reasons why a layer takes longer than the array needs: for each its column title, its description and its cycles. */
function delaysOf({ bandwidth }: SimulateConfig, results: readonly LayerOutcome[]) {
  const conflicts = ({ conflictCycles = 0 }: LayerOutcome): number => conflictCycles;
  const waits = (result: LayerOutcome): number => result.report.stallCycles - conflicts(result);
  const hasLayouts = results.some(({ conflictCycles }) => conflictCycles !== undefined);
  return [
    ...(bandwidth === 'CALC' ? [] : [{ title: 'waiting', reason: 'waiting for DRAM', of: waits }]),
    ...(hasLayouts ? [{ title: 'conflicts', reason: 'in bank conflicts', of: conflicts }] : []),
  ];
}

function dramLines({ bandwidth }: SimulateConfig, results: readonly LayerOutcome[]): string {
  const words = OPERANDS.map((operand) => {
    const moved = results.reduce((sum, { report }) => sum + report.dram[operand].words, 0);
    const most = results.reduce((rate, { highestRates }) => Math.max(rate, highestRates[operand]), 0);
    const needed = bandwidth === 'CALC' ? `, needs ${threeDigits(most)} per cycle so that nothing waits` : '';
    return `  ${operand.padEnd(6)} ${engineering(moved, 'words')}${needed}`;
  });
  return ['DRAM', ...words].join('\n');
}

/** Rounds a rate up to three digits: at a lower rate something would wait. */
function threeDigits(rate: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(rate)));
  return (Math.ceil(rate * 10 ** digits - 1e-9) / 10 ** digits).toFixed(digits);
}

function slowestLayers(config: SimulateConfig, results: readonly LayerOutcome[], cycles: number): string[] {
  const slowest = [...results].sort((a, b) => b.report.totalCycles - a.report.totalCycles).slice(0, SLOWEST);
  const title = results.length > SLOWEST ? 'slowest layers' : 'layer';
  const delays = delaysOf(config, results);
  const numbers = ['cycles', 'of all', ...delays.map((delay) => delay.title), 'utilisation', 'DRAM words'];
  const columns = [
    { title, align: 'left' as const },
    ...numbers.map((name) => ({ title: name, align: 'right' as const })),
  ];
  const rows = slowest.map((result) => {
    const { totalCycles, overallUtilization, dram } = result.report;
    return [
      result.layer.name,
      groupDigits(totalCycles),
      percent(totalCycles / cycles),
      ...delays.map(({ of }) => percent(of(result) / totalCycles)),
      percent(overallUtilization / 100),
      groupDigits(dram.ifmap.words + dram.filter.words + dram.ofmap.words),
    ];
  });
  return textTable(columns, rows);
}
