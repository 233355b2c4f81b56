import { layerMacs } from '../workload/index.ts';
import { engineering, groupDigits, percent } from './numbers.ts';
import { type Column, textTable } from './table.ts';
import type { ReportLayer, ReportView } from './view.ts';

/** The orders of layers in a table, from the most to the least; `network` is the order in which they run. */
export const LAYER_ORDERS = ['energy', 'time', 'stalled', 'dram', 'network'] as const;
export type LayerOrder = (typeof LAYER_ORDERS)[number];

/** The layers that a table shows. */
export interface LayerChoice {
  /** Most layers to show; the others become one row. */
  readonly top: number;
  /** Default: by energy if some layers are left out, else as they run. */
  readonly sort?: LayerOrder | undefined;
}

/** A column of the table of layers, and its cell for a layer. */
interface LayerColumn extends Column {
  readonly cell: (layer: ReportLayer) => string;
}

/**
 * The table of layers per inference, whose total is one inference. If `width` columns cannot hold it, several tables
 * replace it: timing, traffic, then energy.
 */
export function layerTables(view: ReportView, choice: LayerChoice, width: number): string[][] {
  const all = perInference(view);
  const { shown, rest } = chosen(all, choice);
  const footer = [...(rest.length > 0 ? [sumRow(`${rest.length} others`, rest)] : []), sumRow('total', all)];
  const table = (columns: readonly LayerColumn[], gap?: number): string[] => {
    const cells = (layer: ReportLayer): string[] => columns.map((column) => column.cell(layer));
    return textTable(columns, shown.map(cells), footer.map(cells), gap);
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

/** Layers with the mean of all times they ran. A run may end within an inference, so layers may differ in how often they ran. */
function perInference({ layers, run: { schedules } }: ReportView): ReportLayer[] {
  return layers.map((layer, i) => {
    const times = layer.macs / layerMacs(schedules[i].layer);
    const share = times > 0 ? 1 / times : 0;
    const { macs, cycles, timeS, stallS, dramBytes, energyJ, componentJ } = layer;
    return {
      ...layer,
      macs: macs * share,
      cycles: cycles * share,
      timeS: timeS * share,
      stallS: stallS * share,
      dramBytes: dramBytes * share,
      energyJ: energyJ * share,
      componentJ: componentJ.map((joules) => joules * share),
    };
  });
}

const MEASURES: Readonly<Record<Exclude<LayerOrder, 'network'>, (layer: ReportLayer) => number>> = {
  energy: (layer) => layer.energyJ,
  time: (layer) => layer.timeS,
  stalled: (layer) => layer.stallS,
  dram: (layer) => layer.dramBytes,
};

function chosen(layers: readonly ReportLayer[], { top, sort }: LayerChoice) {
  const order = sort ?? (layers.length > top ? 'energy' : 'network');
  const sorted = order === 'network' ? layers : layers.toSorted((a, b) => MEASURES[order](b) - MEASURES[order](a));
  return { shown: sorted.slice(0, top), rest: sorted.slice(top) };
}

function sumRow(name: string, layers: readonly ReportLayer[]): ReportLayer {
  const sum = (of: (layer: ReportLayer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const components = layers[0]?.componentJ.length ?? 0;
  return {
    name,
    macs: sum((l) => l.macs),
    cycles: sum((l) => l.cycles),
    timeS: sum((l) => l.timeS),
    stallS: sum((l) => l.stallS),
    dramBytes: sum((l) => l.dramBytes),
    energyJ: sum((l) => l.energyJ),
    componentJ: Float64Array.from({ length: components }, (_, c) => sum((l) => l.componentJ[c])),
  };
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
