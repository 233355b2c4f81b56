import { accelergyFiles } from '../energy/index.ts';
import { layerActivityCsv } from '../report/activity.ts';
import { counted, groupDigits } from '../report/format.ts';
import { engineering, percent } from '../report/numbers.ts';
import { textTable } from '../report/table.ts';
import { type LayerSimulation, type ScaleSimConfig, scaleSimReports, timelineProgress } from '../scalesim/index.ts';
import { layerMacs } from '../workload/index.ts';
import { scaleSimDesign } from './simulate-design.ts';

/** The files of a simulation by our own model. Error: `out-of-range` for an interval too short to write. */
export function modelFiles(
  config: ScaleSimConfig,
  simulations: readonly LayerSimulation[],
  interval: number | undefined,
): Record<string, string> {
  const { architecture, actionCounts } = accelergyFiles(...scaleSimDesign(config, simulations));
  return {
    ...scaleSimReports(simulations.map(({ report }) => report)),
    'architecture.yaml': architecture,
    'action_counts.yaml': actionCounts,
    ...(interval === undefined ? {} : { 'activity.csv': activity(simulations, interval) }),
  };
}

function activity(simulations: readonly LayerSimulation[], interval: number): string {
  const layers = simulations.map(({ layer, timeline }) => ({
    name: layer.name,
    start: timeline.start,
    stop: timeline.stop,
    progress: () => timelineProgress(timeline),
  }));
  return layerActivityCsv(layers, interval, { option: 'an --interval' });
}

/** Layers in the table of the slowest. */
const SLOWEST = 5;

/** Totals, what DRAM has to do, and the layers that take longest. */
export function modelSummary(config: ScaleSimConfig, simulations: readonly LayerSimulation[]): string {
  const { rows, columns } = config.array;
  const total = (value: (simulation: LayerSimulation) => number): number =>
    simulations.reduce((sum, simulation) => sum + value(simulation), 0);
  const cycles = total(({ report }) => report.totalCycles);
  const waiting = percent(total(({ report }) => report.stallCycles) / cycles);
  const used = percent(total(({ layer }) => layerMacs(layer)) / (cycles * rows * columns));
  const waits = config.bandwidth === 'CALC' ? 'none of them waiting' : `${waiting} of them waiting for DRAM`;
  const layers = counted(simulations.length, 'layer', 'layers');
  return [
    `${layers}, ${counted(cycles, 'cycle', 'cycles')}, ${waits}; utilisation ${used}`,
    dramLines(config, simulations),
    '',
    ...slowestLayers(config, simulations, cycles),
    '',
  ].join('\n');
}

function dramLines({ bandwidth }: ScaleSimConfig, simulations: readonly LayerSimulation[]): string {
  const words = (['ifmap', 'filter', 'ofmap'] as const).map((operand) => {
    const moved = simulations.reduce((sum, { report }) => sum + report.dram[operand].words, 0);
    const most = Math.max(...simulations.map(({ highestRates }) => highestRates[operand]));
    const needed = bandwidth === 'CALC' ? `, ${threeDigits(most)} a cycle so that nothing waits` : '';
    return `  ${operand.padEnd(6)} ${engineering(moved, 'words')}${needed}`;
  });
  return ['DRAM', ...words].join('\n');
}

/** Rounded up: with less, something would wait. */
function threeDigits(rate: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(rate)));
  return (Math.ceil(rate * 10 ** digits - 1e-9) / 10 ** digits).toFixed(digits);
}

function slowestLayers(
  { bandwidth }: ScaleSimConfig,
  simulations: readonly LayerSimulation[],
  cycles: number,
): string[] {
  const slowest = [...simulations].sort((a, b) => b.report.totalCycles - a.report.totalCycles).slice(0, SLOWEST);
  const title = simulations.length > SLOWEST ? 'slowest layers' : 'layer';
  const waits = bandwidth !== 'CALC';
  const numbers = ['cycles', 'of all', ...(waits ? ['waiting'] : []), 'utilisation', 'DRAM words'];
  const columns = [
    { title, align: 'left' as const },
    ...numbers.map((name) => ({ title: name, align: 'right' as const })),
  ];
  const rows = slowest.map(({ layer, report: { totalCycles, stallCycles, overallUtilization, dram } }) => [
    layer.name,
    groupDigits(totalCycles),
    percent(totalCycles / cycles),
    ...(waits ? [percent(stallCycles / totalCycles)] : []),
    percent(overallUtilization / 100),
    groupDigits(dram.ifmap.words + dram.filter.words + dram.ofmap.words),
  ]);
  return textTable(columns, rows);
}
