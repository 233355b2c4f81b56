/** Tables of the reference loop: what a design and a network give at each operating point (docs/methods/loop.md, energy.md). */

import { COUNTER_INDEX, COUNTERS, zeroCounts } from '../../../src/base/counters.ts';
import type { Design } from '../../../src/design/index.ts';
import {
  arrayStages,
  type FoldShape,
  type StageRun,
  schedulePartitioned,
  stageCounts,
} from '../../../src/systolic/index.ts';
import type { Layer } from '../../../src/workload/index.ts';

/** A run of equal stages of one array. Energies are those of the whole run of stages. */
export interface RefStage {
  readonly source: StageRun;
  readonly layer: number;
  /** Arrays meet after the last stage of a segment. */
  readonly segment: number;
  readonly sinks: readonly Sink[];
  /** The part of them between two parts of the run, 0 to 1: within a stage the array's counts follow its cycles, with skew and drain. */
  readonly between: (from: number, to: number) => readonly Sink[];
}

/** Energy V^2 x farads + joules, in one block (-1: off the die), at the voltage of one domain (-1: none). */
export interface Sink {
  readonly block: number;
  readonly domain: number;
  readonly farads: number;
  readonly joules: number;
}

/** Energy V^2 x farads of one cycle in which a clock runs for nothing. */
export interface Waiting {
  readonly block: number;
  readonly domain: number;
  readonly farads: number;
}

export interface Tables {
  readonly stages: readonly (readonly RefStage[])[];
  readonly waiting: readonly (readonly Waiting[])[];
  /** Domain of each array, and of each of its scratchpads. */
  readonly clocks: readonly Readonly<Record<'array' | 'ifmap' | 'filter' | 'ofmap', number>>[];
}

const PE = [
  'macs',
  'ifmap_reg_reads',
  'ifmap_reg_writes',
  'filter_reg_reads',
  'filter_reg_writes',
  'psum_reg_reads',
  'psum_reg_writes',
] as const;

export function tablesOf(design: Design, layers: readonly Layer[]): Tables {
  const { spec, bound, places, ert, arrayOf } = design;
  const domainOf = (name: string | null): number => spec.domains.findIndex((domain) => domain.name === name);
  const names = ert.components.map(({ component }) => component.name);

  const shares = countedOnce();

  /** The energy of some counts of one array, where it goes. */
  const sinksOf = (counts: Float64Array, array: number, shape: FoldShape | null, factor: number): Sink[] =>
    names.flatMap((name, c) => {
      if (arrayOf[c] >= 0 && arrayOf[c] !== array) return [];
      const domain = domainOf(spec.bindings[name].domain);
      const { blocks, tiles } = places[c];
      let farads = 0;
      let joules = 0;
      for (const { component, coefficients, energy } of bound) {
        if (component !== name) continue;
        const times = factor * COUNTERS.reduce((sum, _, i) => sum + coefficients[i] * counts[i], 0);
        farads += times * energy.capacitanceF;
        joules += times * energy.fixedJ;
      }
      if (farads === 0 && joules === 0) return [];
      if (blocks.length === 0) return [{ block: -1, domain, farads, joules }];
      return blocks.map((block, k) => {
        const share = tiles && shape ? shares(tiles[k], shape) : 1 / blocks.length;
        return { block, domain, farads: share * farads, joules: share * joules };
      });
    });

  const scheduled = layers.map((layer) => schedulePartitioned(layer, design.systolic, design.partitions));
  const stages = arrayStages(scheduled, design.systolic.memory).map((own, array) => {
    const barriers = spec.arrays.length > 1;
    return own.map((source): RefStage => {
      const counts = zeroCounts();
      stageCounts(source, 1, counts);
      const segment = barriers ? 2 * source.layer + (source.kind === 'reduce' ? 1 : 0) : 0;
      const shape = source.fold?.shape ?? null;
      const sinks = sinksOf(counts, array, shape, source.count);
      const between = (from: number, to: number): Sink[] => {
        const [before, after] = [from, to].map((part) => countsBefore(source, counts, part * source.count));
        return sinksOf(
          after.map((count, i) => count - before[i]),
          array,
          shape,
          1,
        );
      };
      return { source, layer: source.layer, segment, sinks, between };
    });
  });

  const full = zeroCounts();
  for (const counter of PE) full[COUNTER_INDEX[counter]] = spec.array.rows * spec.array.columns;
  const waiting = spec.arrays.map((_, array) =>
    sinksOf(full, array, null, spec.idleClock).map(({ block, domain, farads }) => ({ block, domain, farads })),
  );
  const clocks = spec.arrays.map((domains) => ({
    array: domainOf(domains.array),
    ifmap: domainOf(domains.ifmap),
    filter: domainOf(domains.filter),
    ofmap: domainOf(domains.ofmap),
  }));
  return { stages, waiting, clocks };
}

/** The counts of the first stages of a run, the last one in part. */
function countsBefore(source: StageRun, ofStage: Float64Array, stages: number): Float64Array {
  const whole = Math.min(source.count, Math.floor(stages + 1e-12));
  const counts = zeroCounts();
  stageCounts(source, Math.min(1, Math.max(0, stages - whole)), counts);
  return counts.map((count, i) => count + whole * ofStage[i]);
}

/** `shareOfTile`, which counts each tile of each shape once. */
function countedOnce(): typeof shareOfTile {
  const known = new Map<FoldShape, Map<object, number>>();
  return (tile, shape) => {
    const ofShape = known.get(shape) ?? new Map<object, number>();
    known.set(shape, ofShape);
    const share = ofShape.get(tile) ?? shareOfTile(tile, shape);
    ofShape.set(tile, share);
    return share;
  };
}

/** The part of the PEs at work that lie in a tile, counted one by one. */
function shareOfTile(
  tile: { readonly row0: number; readonly row1: number; readonly column0: number; readonly column1: number },
  { usedRows, usedColumns, mix }: FoldShape,
): number {
  if (mix) return mix.reduce((sum, { shape, share }) => sum + share * shareOfTile(tile, shape), 0);
  let inside = 0;
  for (let row = 0; row < usedRows; row++) {
    for (let column = 0; column < usedColumns; column++) {
      if (row >= tile.row0 && row < tile.row1 && column >= tile.column0 && column < tile.column1) inside++;
    }
  }
  return inside / (usedRows * usedColumns);
}
