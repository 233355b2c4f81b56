/** Release, start and end of each inference are kept: 100 MB of them. */
export const MOST_INFERENCES = 4e6;

/** Numbers of a trace that still fit into memory and into a text file. */
export const MOST_VALUES = 4e7;

/** Columns of a trace beside those of domains and blocks: time, duration, inference, layer, off-die power, total power. */
export const SCALARS = 6;

/** Epochs that a trace can hold. */
export function mostEpochs(domains: number, blocks: number, hasTemperatures: boolean): number {
  return Math.floor(MOST_VALUES / (SCALARS + 6 * domains + (hasTemperatures ? 2 : 1) * blocks));
}
