import { addCounts, type Counts, zeroCounts } from '../base/counters.ts';
import type { ArrayClocks } from './config.ts';
import { addKindBefore } from './fold-kind.ts';
import type { FoldRun } from './fold-run.ts';
import { addArrivals, addDepartures, addFilterBits, addOfmapBits, addTrafficDuring } from './memory/accounting.ts';
import type { LayerSchedule } from './schedule.ts';
import { buildQueueStages } from './time/queue-stages.ts';
import { type QueueTiming, queueTiming } from './time/queue-time.ts';
import { NO_BITS, type StageRun } from './time/stage-run.ts';
import { stageSeconds } from './time/stage-time.ts';

/** Words on their way while a stage runs, and the layer they belong to. */
interface Transfer {
  readonly layer: number;
  readonly bytes: number;
  readonly counts: Counts;
}

/**
 * The pipeline of layers run one after the other, once (docs/methods/memory.md, "Stages and time"). Its last stage drains
 * the last layer.
 */
export function buildStages(schedules: readonly LayerSchedule[]): StageRun[] {
  if (schedules.some(({ queue }) => queue)) return buildQueueStages(schedules);
  const stages: StageRun[] = [];
  const idle = { cycles: 0, portBits: NO_BITS, count: 1, fold: null, ofmapWordBits: 0 };
  /** Results of the fold before that still have to leave. */
  let leaving: Transfer | null = null;
  const drain = (layer: number): void => {
    if (leaving) stages.push({ ...idle, kind: 'drain', layer, ...transfers(layer, null, leaving) });
    leaving = null;
  };
  schedules.forEach((schedule, layer) => {
    const before = schedules[layer - 1];
    if (
      before &&
      (!schedule.config.memory.prefetchAcrossLayers ||
        (prefetchesInto(before, schedule) && !drainsInto(before, schedule)))
    ) {
      drain(layer - 1);
    }
    if (!before || !prefetchesInto(before, schedule)) {
      const first = arrival(schedules, layer, schedule.runs[0]);
      if (first) {
        stages.push({ ...idle, kind: 'fill', layer, ...transfers(layer, first, leaving) });
        leaving = null;
      }
    }
    const after = schedules[layer + 1];
    const overlap = after && prefetchesInto(schedule, after) ? arrival(schedules, layer + 1, after.runs[0]) : null;
    schedule.runs.forEach((run, r) => {
      const next = schedule.runs[r + 1];
      pushRun(stages, schedules, layer, run, leaving, next ? arrival(schedules, layer, next) : overlap);
      leaving = departure(schedules, layer, run);
    });
  });
  drain(schedules.length - 1);
  return stages;
}

/** The words that arrive before a fold of the run, if any. */
function arrival(schedules: readonly LayerSchedule[], layer: number, run: FoldRun): Transfer | null {
  const { memory } = schedules[layer].config;
  const { prefetchIfmap: ifmap, prefetchFilter: filter } = run;
  if (ifmap + filter === 0) return null;
  const counts = zeroCounts();
  addArrivals(counts, ifmap, filter, memory);
  return { layer, bytes: (ifmap * memory.wordBits.ifmap + filter * memory.wordBits.filter) / 8, counts };
}

/** The results that leave after a fold of the run, if any. */
function departure(schedules: readonly LayerSchedule[], layer: number, run: FoldRun): Transfer | null {
  const { config, ofmapWordBits } = schedules[layer];
  const bits = config.memory.wordBits.ofmap;
  if (run.outAfter === 0) return null;
  const counts = zeroCounts();
  addDepartures(counts, run.outAfter, bits, ofmapWordBits);
  return { layer, bytes: (run.outAfter * bits) / 8, counts };
}

/** A stage's bytes and counts from what arrives and leaves while it runs. */
function transfers(layer: number, arriving: Transfer | null, leaving: Transfer | null) {
  const traffic = zeroCounts();
  if (arriving) addCounts(traffic, arriving.counts);
  if (leaving) addCounts(traffic, leaving.counts);
  return {
    bytesIn: arriving?.bytes ?? 0,
    bytesOut: leaving?.bytes ?? 0,
    traffic,
    ofNext: arriving && arriving.layer !== layer ? arriving.counts : null,
    ofPrevious: leaving && leaving.layer !== layer ? leaving.counts : null,
  };
}

/**
 * Overwrites `counts` with those of one stage when `share` (0 to 1) of it is done: the array's follow its cycles, with skew
 * and drain; traffic is even.
 */
export function stageCounts({ fold, ofmapWordBits, traffic }: StageRun, share: number, counts: Counts): void {
  counts.fill(0);
  if (fold) {
    addKindBefore(counts, fold, share * fold.cycles);
    addOfmapBits(counts, ofmapWordBits);
    addFilterBits(counts, fold.filterBits);
  }
  addCounts(counts, traffic, share);
}

/** Seconds of one stage of each run, on average over the run, of an array that has the DRAM to itself. */
export function stageTimes(stages: readonly StageRun[], point: ArrayClocks): Float64Array {
  return stageTiming(stages, point).seconds;
}

/** The same with the words that are there before each run; no leads if DRAM does not read ahead. */
export function stageTiming(stages: readonly StageRun[], point: ArrayClocks): QueueTiming {
  if (stages.some(({ queue }) => queue)) return queueTiming(stages, point);
  return { seconds: Float64Array.from(stages, (stage) => stageSeconds(stage, point)), leads: [] };
}

export interface LayerTime {
  /** Seconds of the layer's stages, stalls included. */
  readonly timeS: number;
  /** The part of them that the array waits, fills and drains included. */
  readonly stallS: number;
}

/** Time of each layer at one operating point. */
export function layerTimes(
  schedules: readonly LayerSchedule[],
  stages: readonly StageRun[],
  point: ArrayClocks,
): LayerTime[] {
  const timeS = new Float64Array(schedules.length);
  const ofStage = stageTimes(stages, point);
  stages.forEach((stage, r) => {
    timeS[stage.layer] += stage.count * ofStage[r];
  });
  return schedules.map(({ cycles }, i) => ({
    timeS: timeS[i],
    stallS: Math.max(0, timeS[i] - cycles / point.arrayHz),
  }));
}

/** The stages of a run of equal folds: the first still sees the fold before, the last already the one after. */
function pushRun(
  stages: StageRun[],
  schedules: readonly LayerSchedule[],
  layer: number,
  run: FoldRun,
  leavingBefore: Transfer | null,
  arrivingAfter: Transfer | null,
): void {
  const { config, ofmapWordBits } = schedules[layer];
  const { memory } = config;
  const { wordBits } = memory;
  const { cycles, portBits } = run.kind;
  const streamIn =
    (run.streamIfmap * wordBits.ifmap + run.streamFilter * wordBits.filter + run.psumIn * wordBits.psum) / 8;
  const streamOut = (run.outDuring * wordBits.ofmap + run.psumOut * wordBits.psum) / 8;
  const push = (count: number, arriving: Transfer | null, leaving: Transfer | null): void => {
    if (count === 0) return;
    const { bytesIn, bytesOut, traffic, ...foreign } = transfers(layer, arriving, leaving);
    addTrafficDuring(traffic, run, memory, ofmapWordBits);
    stages.push({
      kind: 'compute',
      layer,
      count,
      cycles,
      portBits,
      bytesIn: streamIn + bytesIn,
      bytesOut: streamOut + bytesOut,
      fold: run.kind,
      ofmapWordBits,
      traffic,
      ...foreign,
    });
  };
  if (run.count === 1) {
    push(1, arrivingAfter, leavingBefore);
    return;
  }
  const arriving = arrival(schedules, layer, run);
  const leaving = departure(schedules, layer, run);
  push(1, arriving, leavingBefore);
  push(run.count - 2, arriving, leaving);
  push(1, arrivingAfter, leaving);
}

/** Whether the first tiles of `after` may arrive while the last fold of `before` still computes. */
function prefetchesInto(before: LayerSchedule, after: LayerSchedule): boolean {
  const { memory } = after.config;
  if (!memory.prefetchAcrossLayers) return false;
  const [first] = after.runs;
  return (['ifmap', 'filter'] as const).every((operand) => {
    const arriving = operand === 'ifmap' ? first.prefetchIfmap : first.prefetchFilter;
    const bits =
      before.edgeTiles[operand].last * before.config.memory.wordBits[operand] +
      after.edgeTiles[operand].first * memory.wordBits[operand];
    return arriving === 0 || bits / 8 <= memory.scratchpadBytes[operand];
  });
}

/** Whether the last results of `before` may leave while the first fold of `after` fills its own ofmap tile. */
function drainsInto(before: LayerSchedule, after: LayerSchedule): boolean {
  const { first } = after.edgeTiles.ofmap;
  return (
    before.edgeTiles.ofmap.last * before.ofmapWordBits + first * after.ofmapWordBits <=
    8 * after.config.memory.scratchpadBytes.ofmap
  );
}
