import type { EnergyTotals } from '../../cosim/index.ts';
import { componentColours, descending, type Ink, KIND_COLOURS, OTHER_COLOUR } from '../data/palette.ts';
import type { LayerData, ReportData } from '../data/report-data.ts';
import { groupDigits } from '../numbers.ts';
import { type BarChart, sumOf } from './bars.ts';

/** The categories of energy use. */
export const CATEGORIES: readonly {
  readonly key: Exclude<keyof EnergyTotals, 'total'>;
  readonly name: string;
  readonly colour: Ink;
}[] = [
  { key: 'dynamic', name: 'dynamic', colour: KIND_COLOURS[0] },
  { key: 'idle', name: 'idle and stalled clocks', colour: KIND_COLOURS[1] },
  { key: 'leakage', name: 'leakage', colour: KIND_COLOURS[2] },
  { key: 'dram', name: 'DRAM', colour: OTHER_COLOUR },
  { key: 'transition', name: 'transitions', colour: KIND_COLOURS[3] },
];

/** The energy of the run by cause, as one bar. */
export function causeBars({ summary: { energyJ } }: ReportData): BarChart {
  return {
    kind: 'bars',
    id: 'energy',
    title: 'Whole run, by cause',
    note: '',
    quantity: 'energy_j',
    unit: 'J',
    parts: CATEGORIES.map(({ name, colour }) => ({ name, ink: colour })),
    rows: [{ name: 'total', values: CATEGORIES.map(({ key }) => energyJ[key]) }],
    mark: null,
  };
}

/** The chart folds networks with more layers than this. */
const MOST_BARS = 25;

/** The energy of one bar: one layer, several layers, or the part outside layers. J, by the parts of a split. */
interface Bar {
  readonly name: string;
  readonly partJ: readonly number[];
}

/** A way to divide energies: the parts, and the energy of each in a layer and outside of all layers, J. */
interface Split {
  readonly parts: readonly { readonly name: string; readonly colour: Ink }[];
  readonly ofLayer: (layer: LayerData) => readonly number[];
  readonly totalJ: readonly number[];
}

/** The ways to divide the energy of layers. */
export const LAYER_SPLITS = ['component', 'cause'] as const;

/**
 * Energy of one inference by layer, one bar per layer, all on one scale. If no inference ended, the energy of the run.
 */
export function layerBars(data: ReportData, by: (typeof LAYER_SPLITS)[number]): BarChart {
  const { layers, summary } = data;
  const { inferences, energyJ } = summary;
  const split = by === 'component' ? componentSplit(data) : causeSplit(data);
  const per = 1 / Math.max(1, inferences);
  return {
    kind: 'bars',
    id: `layers-by-${by}`,
    title: 'Layers',
    note: inferences > 0 ? `per inference: the run's energy / ${groupDigits(inferences)}` : 'of the run',
    quantity: 'energy_j',
    unit: 'J',
    parts: split.parts.map(({ name, colour }) => ({ name, ink: colour })),
    rows: [...foldedLayers(layers, split), ...ofNoLayer(layers, split, energyJ.total)].map(({ name, partJ }) => ({
      name,
      values: partJ.map((joules) => per * joules),
    })),
    mark: null,
  };
}

/** Energies by component. Components that share a colour form one part; changes of operating points are the last. */
function componentSplit({ components, summary: { energyJ } }: ReportData): Split {
  const colours = componentColours(components.map((component) => component.energyJ));
  const own = components.flatMap((_, c) => (colours[c] === OTHER_COLOUR ? [] : [c]));
  const shared = components.flatMap((_, c) => (colours[c] === OTHER_COLOUR ? [c] : []));
  const sharedName = shared.map((c) => components[c].name).join(', ');
  const changes = energyJ.transition > 0;
  const partsOf = (joules: readonly number[], transitionJ: number): number[] => [
    ...own.map((c) => joules[c]),
    ...(shared.length > 0 ? [sumOf(shared.map((c) => joules[c]))] : []),
    ...(changes ? [transitionJ] : []),
  ];
  return {
    parts: [
      ...own.map((c) => ({ name: components[c].name, colour: colours[c] })),
      ...(shared.length > 0 ? [{ name: sharedName, colour: OTHER_COLOUR }] : []),
      ...(changes ? [{ name: 'transitions', colour: KIND_COLOURS[3] }] : []),
    ],
    ofLayer: ({ componentJ }) => partsOf(componentJ, 0),
    totalJ: partsOf(
      components.map((component) => component.energyJ),
      energyJ.transition,
    ),
  };
}

/** Energies by cause. */
function causeSplit({ summary: { energyJ } }: ReportData): Split {
  return {
    parts: CATEGORIES,
    ofLayer: (layer) => {
      const { idleJ, leakageJ, dramJ } = layer;
      // Where nothing happens, the difference of equal sums may keep a last digit.
      const dynamicJ = Math.max(0, layer.energyJ - idleJ - leakageJ - dramJ);
      const byKey = { dynamic: dynamicJ, idle: idleJ, leakage: leakageJ, dram: dramJ, transition: 0 };
      return CATEGORIES.map(({ key }) => byKey[key]);
    },
    totalJ: CATEGORIES.map(({ key }) => energyJ[key]),
  };
}

/** More than equal sums in two orders differ by. */
const SUM_ROUNDING = 1e-9;

/** Energy between inferences and of operating point changes, so that the bars sum to the total. */
function ofNoLayer(layers: readonly LayerData[], { ofLayer, totalJ }: Split, allJ: number): Bar[] {
  const sums = totalJ.map(() => 0);
  for (const layer of layers) {
    ofLayer(layer).forEach((joules, i) => {
      sums[i] += joules;
    });
  }
  const own = totalJ.map((joules, i) => Math.max(0, joules - sums[i]));
  return sumOf(own) <= SUM_ROUNDING * allJ ? [] : [{ name: 'outside layers', partJ: own }];
}

/**
 * The bars of a network. A short network has one bar per layer. A long one joins repeated layers, which have equally
 * long schedules and names that differ only in their first number. If it is still too long, its largest bars remain and
 * the others are joined.
 */
function foldedLayers(layers: readonly LayerData[], { ofLayer }: Split): readonly Bar[] {
  const single = layers.map((layer) => ({ name: layer.name, partJ: ofLayer(layer) }));
  if (layers.length <= MOST_BARS) return single;
  const repeats = new Map<string, Bar[]>();
  layers.forEach((layer, i) => {
    const key = `${pattern(layer.name)} ${layer.scheduleCycles}`;
    repeats.set(key, [...(repeats.get(key) ?? []), single[i]]);
  });
  const bars = Array.from(repeats.values(), (same) =>
    same.length === 1 ? same[0] : joined(`${pattern(same[0].name)}, ${same.length} layers`, same),
  );
  if (bars.length <= MOST_BARS) return bars;
  const ranked = descending(bars.map(({ partJ }) => sumOf(partJ)));
  const large = new Set(ranked.slice(0, MOST_BARS - 1));
  const rest = bars.filter((_, i) => !large.has(i));
  return [...bars.filter((_, i) => large.has(i)), joined(`${rest.length} smaller`, rest)];
}

/** Turns `blocks.3.mlp.fc1` into `blocks.*.mlp.fc1`. */
function pattern(name: string): string {
  return name.replace(/\d+/, '*');
}

function joined(name: string, bars: readonly Bar[]): Bar {
  return { name, partJ: bars[0].partJ.map((_, c) => sumOf(bars.map((b) => b.partJ[c]))) };
}
