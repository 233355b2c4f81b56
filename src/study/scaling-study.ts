import type { Layer } from '../workload/index.ts';
import { arraysOf, designCycles, designsOf, fastestDesign, type ScalingDesign } from './scaling.ts';
import { designDramWords } from './scaling-words.ts';

/** The fastest design of its kind by the equation, and what it costs. */
export interface ScalingChoice {
  readonly design: ScalingDesign;
  /** By the paper's equation. */
  readonly cycles: number;
  /** Of our schedule, on the same design. */
  readonly scheduleCycles: number;
  readonly dramWords: number;
  /** DRAM words / `scheduleCycles`: what DRAM has to deliver for no array ever to wait, on average. */
  readonly wordsPerCycle: number;
}

/** The best single array against the best several of 2^exponent MACs. */
export interface ScalingRow {
  readonly exponent: number;
  readonly monolithic: ScalingChoice;
  readonly partitioned: ScalingChoice;
  /** Cycles of the monolithic design / those of the partitioned one, by the equation. */
  readonly ratio: number;
  /** The same where both are sought and measured by the cycles of our schedule. */
  readonly scheduleRatio: number;
}

export interface ScalingStudy {
  readonly dataflow: string;
  /** All layers on one design, one after the other; a row a budget. */
  readonly network: readonly ScalingRow[];
  /** Each layer on the best design for it alone. */
  readonly layers: readonly { readonly name: string; readonly rows: readonly ScalingRow[] }[];
  /** The layer of the largest `ratio`, the first of equals; one a budget. */
  readonly largest: readonly { readonly layer: string; readonly row: ScalingRow }[];
}

/** Budgets of the study as powers of two: fewer MACs are no two arrays, more do not fit beside partial sums into the scratchpads. */
export const SCALING_EXPONENTS = { least: 7, most: 18 } as const;

/**
 * Best monolithic against best partitioned designs of budgets of 2^exponent MACs, for a network and for each of its layers. Layers:
 * at least one. Exponents: within `SCALING_EXPONENTS`, at least one. Errors: `unknown-name` (dataflow), those of `scheduleLayer`.
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

/** Networks repeat layers: what their names do not tell apart is computed once. */
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
