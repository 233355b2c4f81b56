import type { LayerResult, RunResult } from '../cosim/index.ts';

/** The figures of a layer that a row of a report shows. */
export type ReportLayer = Pick<
  LayerResult,
  'name' | 'macs' | 'cycles' | 'timeS' | 'stallS' | 'dramBytes' | 'energyJ' | 'componentJ'
> &
  Partial<Pick<LayerResult, 'waitsFor' | 'foldOrder'>>;

/** A run as people read it. Equal components of several arrays count as one, in all columns below. */
export interface ReportView {
  /** The run itself. Its own columns list the components of every array. */
  readonly run: RunResult;
  readonly components: readonly string[];
  /** Energy of each component, J. */
  readonly componentJ: Float64Array;
  /** For each component, indices into the blocks of the trace; none for a component off the die. */
  readonly blocks: readonly (readonly number[])[];
  readonly layers: readonly ReportLayer[];
}

export function reportView(run: RunResult): ReportView {
  const { components, componentJ, layers } = run;
  const { writtenNames, places } = run.experiment.design;
  const blocks = places.map((place) => place.blocks);
  const names = [...new Set(writtenNames)];
  if (names.length === components.length) return { run, components, componentJ, blocks, layers };
  const kindOf = writtenNames.map((name) => names.indexOf(name));
  const merged = (joules: Float64Array): Float64Array => {
    const sums = new Float64Array(names.length);
    joules.forEach((value, c) => {
      sums[kindOf[c]] += value;
    });
    return sums;
  };
  return {
    run,
    components: names,
    componentJ: merged(componentJ),
    blocks: names.map((_, kind) => blocks.flatMap((own, c) => (kindOf[c] === kind ? own : []))),
    layers: layers.map((layer) => ({ ...layer, componentJ: merged(layer.componentJ) })),
  };
}
