import { addCounts, zeroCounts } from '../../base/counters.ts';
import { addArrivals } from '../memory/accounting.ts';
import type { LayerSchedule } from '../schedule.ts';
import { nextFilterBytes } from './queue-stages.ts';
import type { StageRun } from './stage-run.ts';

/**
 * Stages of an array, layer by layer, between whose layers all arrays wait for each other: the filters that a layer cannot begin without come while the last pass of the layer
 * before works, as far as there is space. Ifmap words wait for the results of all arrays. `parts` are the array's schedules, null where it has none.
 */
export function fetchFiltersAhead(
  parts: readonly (LayerSchedule | null)[],
  layers: readonly StageRun[][],
): StageRun[][] {
  const moved = layers.map((stages) => [...stages]);
  for (let layer = 1; layer < parts.length; layer++) {
    const [before, next] = [parts[layer - 1], parts[layer]];
    const last = moved[layer - 1].findLastIndex(({ kind }) => kind === 'compute');
    const [fill] = moved[layer];
    if (!before || !next || last < 0 || fill?.kind !== 'fill') continue;
    const { memory } = next.config;
    const pre = moved[layer].find(({ queue }) => queue)?.queue?.filter.preBytes ?? 0;
    const bits = memory.wordBits.filter;
    const words = Math.floor((Math.min(pre, nextFilterBytes(before, next)) * 8) / bits);
    if (words === 0) continue;
    const counts = zeroCounts();
    addArrivals(counts, 0, words, memory);
    const bytes = (words * bits) / 8;
    moved[layer - 1][last] = withArrivals(moved[layer - 1][last], bytes, counts, 1, { ofNext: counts });
    moved[layer][0] = withArrivals(fill, -bytes, counts, -1, {});
    if (moved[layer][0].bytesIn === 0) moved[layer].shift();
  }
  return moved;
}

function withArrivals(
  stage: StageRun,
  bytes: number,
  counts: Float64Array,
  sign: number,
  foreign: Partial<Pick<StageRun, 'ofNext'>>,
): StageRun {
  const traffic = stage.traffic.slice();
  addCounts(traffic, counts, sign);
  return { ...stage, ...foreign, bytesIn: stage.bytesIn + bytes, traffic };
}
