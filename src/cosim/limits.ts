/** Most inferences of a run. Their release, start and end times take 100 MB. */
export const MOST_INFERENCES = 4e6;

/** Ends of layers that a run keeps; the layers of later inferences have none. They take 160 MB. */
export const MOST_LAYER_ENDS = 2e7;

/** Most numbers in a trace: 2 GB of memory. A run of a million epochs may have 250 columns. */
export const MOST_VALUES = 2.5e8;

/** Columns of a trace that belong to no domain or block: time, duration, inference, layer, off-die power, total power. */
export const SCALARS = 6;

/** Most epochs that a trace can hold. */
export function mostEpochs(domains: number, blocks: number, hasTemperatures: boolean): number {
  return Math.floor(MOST_VALUES / (SCALARS + 6 * domains + (hasTemperatures ? 2 : 1) * blocks));
}
