import { addCounts, type Counts, zeroCounts } from '../../base/counters.ts';
import type { FoldRun } from '../fold-run.ts';
import { addArrivals, addDepartures, addTrafficDuring } from '../memory/accounting.ts';
import { modelOf } from '../memory-model.ts';
import type { LayerSchedule, LookAhead } from '../schedule.ts';
import { NO_BITS, type QueuedReads, type StageRun } from './stage-run.ts';

type Input = 'ifmap' | 'filter';
const INPUTS = ['ifmap', 'filter'] as const satisfies readonly Input[];

/** Words that leave after a pass. */
interface Tail {
  readonly bytes: number;
  readonly counts: Counts;
}

/**
 * The stages of layers whose runs are passes (docs/methods/memory-next-use.md, "Time"): a fill with what the first pass cannot begin without, the passes, and a drain of
 * the last tail. A stage may find some of its words there already: how many is a matter of time, see queue-time.ts.
 */
export function buildQueueStages(schedules: readonly LayerSchedule[]): StageRun[] {
  return schedules.flatMap((_, layer) => layerStages(schedules, layer));
}

function layerStages(schedules: readonly LayerSchedule[], layer: number): StageRun[] {
  const schedule = schedules[layer];
  const next = schedules[layer + 1];
  const { runs, ofmapWordBits } = schedule;
  const ahead = schedule.queue!;
  const stages: StageRun[] = [];
  const [first] = runs;
  const pre = { ifmap: preWords(schedule, ahead, first, 'ifmap'), filter: preWords(schedule, ahead, first, 'filter') };
  if (pre.ifmap + pre.filter > 0) stages.push(fillStage(schedule, layer, pre));
  let tail: Tail | null = null;
  const bytesAfter = laterBytes(schedule);
  runs.forEach((run, r) => {
    const own = tailOf(schedule, run);
    const isLast = r === runs.length - 1;
    // The first stage of a run may find another tail, and the first of a layer what the fill brought; the last looks into the next layer.
    const isSplit = r === 0 || tail?.bytes !== own?.bytes;
    const alone = [isSplit ? 1 : 0, isLast ? 1 : 0];
    const push = (count: number, j: number, isEnd: boolean): void => {
      if (count === 0) return;
      const isFirst = r === 0 && j === 0;
      const arrived = isFirst ? pre : { ifmap: 0, filter: 0 };
      const queue = queuedReads(schedule, ahead, run, {
        left: run.count - j - count,
        after: { ifmap: bytesAfter.ifmap[r], filter: bytesAfter.filter[r] },
        isFirst,
        before: schedules[layer - 1],
        next: isEnd ? next : undefined,
      });
      stages.push(passStage(schedule, layer, run, count, arrived, tail, queue));
      tail = own;
    };
    const single = run.count === 1;
    if (single) push(1, 0, isLast);
    else {
      push(alone[0], 0, false);
      push(run.count - alone[0] - alone[1], alone[0], false);
      push(alone[1], run.count - 1, true);
    }
  });
  if (tail) stages.push(drainStage(layer, tail, ofmapWordBits));
  return stages;
}

/** Words of an operand without which a pass of the run cannot begin. */
function preWords({ config }: LayerSchedule, ahead: LookAhead, run: FoldRun, operand: Input): number {
  const { streams, tileBytes } = ahead[operand];
  const words = operand === 'ifmap' ? run.streamIfmap : run.streamFilter;
  return streams ? 0 : Math.min(words, (tileBytes * 8) / config.memory.wordBits[operand]);
}

/** Bytes that the runs after each of a layer's runs fetch. */
function laterBytes({ runs, config }: LayerSchedule): Record<Input, Float64Array> {
  const { wordBits } = config.memory;
  const later = { ifmap: new Float64Array(runs.length), filter: new Float64Array(runs.length) };
  for (let r = runs.length - 2; r >= 0; r--) {
    const { count, streamIfmap, streamFilter } = runs[r + 1];
    later.ifmap[r] = later.ifmap[r + 1] + (count * streamIfmap * wordBits.ifmap) / 8;
    later.filter[r] = later.filter[r + 1] + (count * streamFilter * wordBits.filter) / 8;
  }
  return later;
}

function queuedReads(
  schedule: LayerSchedule,
  ahead: LookAhead,
  run: FoldRun,
  at: {
    /** Passes of the run after the stage, and bytes of the runs after. */
    readonly left: number;
    readonly after: Record<Input, number>;
    readonly isFirst: boolean;
    readonly before: LayerSchedule | undefined;
    readonly next: LayerSchedule | undefined;
  },
): Omit<QueuedReads, 'otherBytes'> {
  const { wordBits } = schedule.config.memory;
  const read = (operand: Input) => {
    const words = operand === 'ifmap' ? run.streamIfmap : run.streamFilter;
    const bytes = (words * wordBits[operand]) / 8;
    return {
      bytes,
      preBytes: (preWords(schedule, ahead, run, operand) * wordBits[operand]) / 8,
      spaceBytes: ahead[operand].aheadBytes,
      laterBytes: at.left * bytes + at.after[operand],
      streams: ahead[operand].streams,
    };
  };
  const [ifmap, filter] = [read('ifmap'), read('filter')];
  const early = at.isFirst
    ? { ifmap: 0, filter: nextFilterBytes(at.before, schedule) }
    : { ifmap: ifmap.spaceBytes, filter: filter.spaceBytes };
  return {
    ifmap,
    filter,
    isFirst: at.isFirst,
    isLate: ifmap.preBytes > early.ifmap || filter.preBytes > early.filter,
    carriesFilters: schedule.config.memory.prefetchAcrossLayers,
    nextFilterBytes: nextFilterBytes(schedule, at.next),
  };
}

/** Bytes of filters of a layer that can come while the last pass of the one before works. */
export function nextFilterBytes(before: LayerSchedule | undefined, next: LayerSchedule | undefined): number {
  if (!before?.queue || !next?.queue || !next.config.memory.prefetchAcrossLayers) return 0;
  const { memory } = next.config;
  const words = next.runs.reduce((sum, { count, streamFilter }) => sum + count * streamFilter, 0);
  const space = Math.min(before.queue.filter.besideBytes, (words * memory.wordBits.filter) / 8);
  return modelOf(memory).lookahead === 'fold' ? Math.min(space, next.queue.filter.tileBytes) : space;
}

function tailOf({ config, ofmapWordBits }: LayerSchedule, { outAfter }: FoldRun): Tail | null {
  if (outAfter === 0) return null;
  const bits = config.memory.wordBits.ofmap;
  const counts = zeroCounts();
  addDepartures(counts, outAfter, bits, ofmapWordBits);
  return { bytes: (outAfter * bits) / 8, counts };
}

const STILL = { cycles: 0, portBits: NO_BITS, count: 1, fold: null, ofNext: null, ofPrevious: null } as const;

function fillStage({ config }: LayerSchedule, layer: number, pre: Record<Input, number>): StageRun {
  const { memory } = config;
  const traffic = zeroCounts();
  addArrivals(traffic, pre.ifmap, pre.filter, memory);
  const bytesIn = INPUTS.reduce((sum, operand) => sum + (pre[operand] * memory.wordBits[operand]) / 8, 0);
  return { ...STILL, kind: 'fill', layer, ofmapWordBits: 0, traffic, bytesIn, bytesOut: 0 };
}

function drainStage(layer: number, { bytes, counts }: Tail, ofmapWordBits: number): StageRun {
  return { ...STILL, kind: 'drain', layer, ofmapWordBits, traffic: counts, bytesIn: 0, bytesOut: bytes };
}

function passStage(
  { config, ofmapWordBits }: LayerSchedule,
  layer: number,
  run: FoldRun,
  count: number,
  arrived: Record<Input, number>,
  tail: Tail | null,
  queue: Omit<QueuedReads, 'otherBytes'>,
): StageRun {
  const { memory } = config;
  const { wordBits } = memory;
  const traffic = zeroCounts();
  const own = {
    ...run,
    streamIfmap: run.streamIfmap - arrived.ifmap,
    streamFilter: run.streamFilter - arrived.filter,
  };
  addTrafficDuring(traffic, own, memory, ofmapWordBits);
  if (tail) addCounts(traffic, tail.counts);
  const { streamIfmap, streamFilter, psumIn, outDuring, psumOut, keptIfmap } = own;
  const { portBits } = run.kind;
  return {
    kind: 'compute',
    layer,
    count,
    cycles: run.kind.cycles,
    portBits: { ...portBits, ofmap: portBits.ofmap + keptIfmap * wordBits.ifmap },
    bytesIn: (streamIfmap * wordBits.ifmap + streamFilter * wordBits.filter + psumIn * wordBits.psum) / 8,
    bytesOut: (outDuring * wordBits.ofmap + psumOut * wordBits.psum) / 8 + (tail?.bytes ?? 0),
    fold: run.kind,
    ofmapWordBits,
    traffic,
    ofNext: null,
    ofPrevious: null,
    queue: {
      ...queue,
      otherBytes: (outDuring * wordBits.ofmap + (psumIn + psumOut) * wordBits.psum) / 8 + (tail?.bytes ?? 0),
    },
  };
}
