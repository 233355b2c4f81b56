import { type Diagnostic, inSourceOrder } from '../../base/errors.ts';
import { type AcceleratorSpec, systolicConfig } from '../../design/index.ts';
import { DATAFLOWS, type FitProblem, OPERANDS, partitionedMisfits } from '../../systolic/index.ts';
import type { Workload } from '../../workload/index.ts';
import type { ExperimentSpec } from '../experiment-file.ts';
import { layerConfigs, type NetworkMapping } from './mapping-file.ts';

/** Keys of a mapping file for the parts of a mapping. */
const KEYS = { order: 'order', streamTile: 'tile' } as const;

/**
 * The problems that keep layers from running on the accelerator. Each scratchpad appears once, at the place of its
 * capacity in the accelerator file, with the layer that needs most of it. A mapping that the dataflow cannot carry appears at its
 * place in the mapping file.
 */
export function layerMisfits(
  { layers }: Workload,
  mapping: NetworkMapping | null,
  { document }: ExperimentSpec,
  accelerator: AcceleratorSpec,
): Diagnostic[] {
  // loadDesign reports an unknown dataflow.
  if (!DATAFLOWS.some(({ id }) => id === accelerator.array.dataflow)) return [];
  const configs = [layerConfigs(systolicConfig(accelerator), mapping)].flat();
  const found = layers.flatMap((layer, l) =>
    partitionedMisfits(layer, configs[l % configs.length], accelerator.partitions).map((problem) => ({
      ...problem,
      l,
    })),
  );
  const chosen = found.flatMap(({ diagnostic, choice, l }): Diagnostic[] => {
    const entry = mapping?.entries.get(l);
    if (!choice || entry === undefined) return [];
    return [{ ...diagnostic, span: mapping!.document.span(['layers', entry, KEYS[choice]]) }];
  });
  const tooLarge = found.filter(({ scratchpad, choice }) => !scratchpad && !choice).map(({ diagnostic }) => diagnostic);
  const tooSmall = OPERANDS.flatMap((operand): Diagnostic[] => {
    const ofIt = found.filter(({ scratchpad }) => scratchpad?.operand === operand);
    if (ofIt.length === 0) return [];
    const need = ({ scratchpad }: FitProblem): number => scratchpad?.leastBytes ?? 0;
    const worst = ofIt.reduce((most, one) => (need(one) > need(most) ? one : most));
    return [{ ...worst.diagnostic, span: accelerator.document.span(['scratchpads', operand, 'capacity']) }];
  });
  const span = document.span(['workload']);
  return [
    ...inSourceOrder(tooSmall),
    ...tooLarge.map((diagnostic) => ({ ...diagnostic, span })),
    ...inSourceOrder(chosen),
  ];
}
