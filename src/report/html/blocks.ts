import type { RunResult } from '../../cosim/result.ts';
import { greatest, traceMean } from './downsample.ts';
import { SERIES_COLOURS, sharedColours } from './palette.ts';

/** Which blocks the charts of power and temperature single out, in which colours. */
export interface ChosenBlocks {
  readonly names: readonly string[];
  /** Mean power by block, W. */
  readonly meanW: readonly number[];
  /** Highest temperature by block, of the start too, K; empty without a thermal model. */
  readonly peakK: readonly number[];
  /** Those of most power, most first. */
  readonly strongest: readonly number[];
  /** All, hottest first. */
  readonly byPeak: readonly number[];
  readonly hottest: readonly number[];
  readonly colours: ReadonlyMap<number, string>;
}

export function chooseBlocks({ thermal, components, trace }: RunResult): ChosenBlocks {
  const { powerW, temperatureK, durationS } = trace;
  // Without a floorplan there are no blocks, and power is by component.
  const known = thermal?.blocks ?? components;
  const names = powerW.map((_, i) => known[i] ?? `block ${i}`);
  const meanW = powerW.map((values) => traceMean(values, durationS));
  const peakK = temperatureK.map((values, i) => Math.max(greatest(values), thermal?.startK[i] ?? 0));
  const most = SERIES_COLOURS.length;
  const strongest = descending(meanW).slice(0, most);
  const byPeak = descending(peakK);
  const hottest = byPeak.slice(0, most);
  return { names, meanW, peakK, strongest, byPeak, hottest, colours: sharedColours(strongest, hottest) };
}

/** Indices, that of the greatest value first. */
export function descending(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
}
