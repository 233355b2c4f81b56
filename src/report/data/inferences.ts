import type { RunResult } from '../../cosim/index.ts';
import { codeColumn, codeTimes } from './numbers-coded.ts';
import type { InferenceData, PlaceOfInterest } from './report-data.ts';

/** Most inferences of a page. If there are more, it keeps the quickest and the slowest of each group, and those of the windows. */
const MOST_INFERENCES = 20_000;

export function inferenceData(
  { inferences, simulatedS }: RunResult,
  ticksPerS: number,
  windows: readonly PlaceOfInterest[],
): InferenceData {
  const { releaseS, startS, endS } = inferences;
  const end = endS.map((s) => (Number.isNaN(s) ? simulatedS : s));
  const latencyS = releaseS.map((release, i) => end[i] - release);
  const kept = keptInferences(latencyS, releaseS, end, windows);
  const of = (values: Float64Array): number[] => kept.map((i) => values[i]);
  return {
    started: releaseS.length,
    index: codeTimes(kept, 1),
    release: codeTimes(of(releaseS), ticksPerS),
    start: codeTimes(
      kept.map((i) => startS[i] ?? end[i]),
      ticksPerS,
    ),
    end: codeTimes(of(end), ticksPerS),
    ended: codeColumn(Float64Array.from(kept, (i) => (Number.isNaN(endS[i]) ? 0 : 1))),
  };
}

function keptInferences(
  latencyS: Float64Array,
  releaseS: Float64Array,
  endS: Float64Array,
  windows: readonly PlaceOfInterest[],
): number[] {
  const all = Array.from(latencyS.keys());
  if (all.length <= MOST_INFERENCES) return all;
  const size = Math.ceil(all.length / (MOST_INFERENCES / 2));
  const kept = new Set<number>(all.slice(-1));
  for (let from = 0; from < all.length; from += size) {
    const group = all.slice(from, from + size);
    kept.add(group.reduce((a, b) => (latencyS[b] < latencyS[a] ? b : a)));
    kept.add(group.reduce((a, b) => (latencyS[b] > latencyS[a] ? b : a)));
  }
  for (const i of all) if (windows.some(({ fromS, toS }) => releaseS[i] <= toS && endS[i] >= fromS)) kept.add(i);
  return [...kept].sort((a, b) => a - b);
}

/** Inferences that a place of interest shows. */
const SHOWN = 3;

/** Where a reader will want to look closely: the hottest time, the slowest inference, the beginning and the end. */
export function placesOfInterest({ inferences, thermal, simulatedS }: RunResult): readonly PlaceOfInterest[] {
  const { releaseS, endS } = inferences;
  const { length } = releaseS;
  const shown = Math.min(SHOWN, length);
  const endOf = (i: number): number => (Number.isNaN(endS[i]) ? simulatedS : endS[i]);
  const spanFrom = (first: number): number => endOf(first + shown - 1) - releaseS[first];
  /** The inferences that lie closest together among those with this one. */
  const around = (name: string, inference: number): PlaceOfInterest => {
    const lowest = Math.max(0, inference - shown + 1);
    const highest = Math.max(lowest, Math.min(length - shown, inference));
    let first = lowest;
    for (let i = lowest + 1; i <= highest; i++) if (spanFrom(i) < spanFrom(first)) first = i;
    return { name, fromS: releaseS[first], toS: Math.max(releaseS[first], endOf(first + shown - 1)) };
  };
  const peakS = thermal ? thermal.peakTimeS : 0;
  if (length === 0) return thermal ? [{ name: 'the hottest time', fromS: peakS, toS: peakS }] : [];
  return [
    ...(thermal ? [around('the hottest time', lastBefore(releaseS, peakS))] : []),
    around('the slowest inference', slowest(releaseS, endS)),
    around('the beginning', 0),
    around('the end', length - 1),
  ];
}

function lastBefore(releaseS: Float64Array, timeS: number): number {
  const after = releaseS.findIndex((s) => s >= timeS);
  return Math.max(0, (after < 0 ? releaseS.length : after) - 1);
}

function slowest(releaseS: Float64Array, endS: Float64Array): number {
  let best = 0;
  let most = 0;
  for (let i = 0; i < releaseS.length; i++) {
    const latency = endS[i] - releaseS[i];
    if (latency > most) [best, most] = [i, latency];
  }
  return best;
}
