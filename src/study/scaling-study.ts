import type { Layer } from '../workload/index.ts';
import { arraysOf, designCycles, designsOf, fastestDesign, type ScalingDesign } from './scaling.ts';
import { designDramWords } from './scaling-words.ts';

/** The fastest design of its kind by the equation, and its cost. */
export interface ScalingChoice {
  readonly design: ScalingDesign;
  /** Cycles by the paper's equation. */
  readonly cycles: number;
  /** Cycles of our schedule on the same design. */
  readonly scheduleCycles: number;
  readonly dramWords: number;
  /** DRAM words / `scheduleCycles`: the mean rate at which DRAM must deliver so that no array ever waits. */
  readonly wordsPerCycle: number;
}

/** The best single array against the best partitioned design, both of 2^exponent MACs. */
export interface ScalingRow {
  readonly exponent: number;
  readonly monolithic: ScalingChoice;
  readonly partitioned: ScalingChoice;
  /** Cycles of the monolithic design / cycles of the partitioned one, by the equation. */
  readonly ratio: number;
  /** The same ratio if our schedule's cycles choose and measure both designs. */
  readonly scheduleRatio: number;
}

export interface ScalingStudy {
  readonly dataflow: string;
  /** All layers in sequence on one design; one row per budget. */
  readonly network: readonly ScalingRow[];
  /** Each layer alone, on the best design for it. */
  readonly layers: readonly { readonly name: string; readonly rows: readonly ScalingRow[] }[];
  /** For each budget the layer with the largest `ratio`; the first one among equals. */
  readonly largest: readonly { readonly layer: string; readonly row: ScalingRow }[];
}

/**
 * Range of budgets as powers of two. Fewer MACs do not make two arrays; with more, operands and partial sums do
 * not fit into the scratchpads together.
 */
export const SCALING_EXPONENTS = { least: 7, most: 18 } as const;

/**
 * Compares the best monolithic with the best partitioned design of 2^exponent MACs, for a network and for each of its
 * layers. Needs at least one layer and one exponent; exponents lie within `SCALING_EXPONENTS`. Errors: `unknown-name`
 * (dataflow), those of `scheduleLayer`.
 */
export function scalingStudy(layers: readonly Layer[], dataflow: string, exponents: readonly number[]): ScalingStudy {
  const compare = comparison(dataflow);
  const known = new Map<string, ScalingRow[]>();
  const ofLayers = layers.map((layer) => {
    const key = shapeKey(layer);
    const rows = known.get(key) ?? exponents.map((exponent) => compare([layer], exponent));
    known.set(key, rows);
    return { name: layer.name, rows };
  });
  return {
    dataflow,
    network: exponents.map((exponent) => compare(layers, exponent)),
    layers: ofLayers,
    largest: exponents.map((_, i) =>
      ofLayers
        .map(({ name, rows }) => ({ layer: name, row: rows[i] }))
        .reduce((most, cell) => (cell.row.ratio > most.row.ratio ? cell : most)),
    ),
  };
}

/** A key that is equal for layers that differ only in name. Networks repeat layers; each shape is computed once. */
function shapeKey(layer: Layer): string {
  return JSON.stringify({ ...layer, name: '' });
}

function comparison(dataflow: string): (layers: readonly Layer[], exponent: number) => ScalingRow {
  const words = new Map<string, number>();
  const wordsOf = (layer: Layer, design: ScalingDesign): number => {
    const key = shapeKey(layer) + JSON.stringify(design);
    const known = words.get(key) ?? designDramWords(layer, dataflow, design);
    words.set(key, known);
    return known;
  };
  const choice = (layers: readonly Layer[], designs: readonly ScalingDesign[]): ScalingChoice => {
    const { design, cycles } = fastestDesign(layers, dataflow, designs, 'equation');
    const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
    const scheduleCycles = sum((layer) => designCycles(layer, dataflow, design, 'schedule'));
    const dramWords = sum((layer) => wordsOf(layer, design));
    return { design, cycles, scheduleCycles, dramWords, wordsPerCycle: dramWords / scheduleCycles };
  };
  const kinds = new Map<number, readonly ScalingDesign[]>();
  return (layers, exponent) => {
    const designs = kinds.get(exponent) ?? designsOf(exponent);
    kinds.set(exponent, designs);
    const single = designs.filter((design) => arraysOf(design) === 1);
    const several = designs.filter((design) => arraysOf(design) > 1);
    const [monolithic, partitioned] = [choice(layers, single), choice(layers, several)];
    const [one, many] = [single, several].map((kind) => fastestDesign(layers, dataflow, kind, 'schedule').cycles);
    const ratio = monolithic.cycles / partitioned.cycles;
    return { exponent, monolithic, partitioned, ratio, scheduleRatio: one / many };
  };
}
