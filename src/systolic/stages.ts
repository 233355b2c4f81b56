import type { FoldRun } from './fold-run.ts';
import type { LayerSchedule } from './schedule.ts';
import type { MemoryConfig, Operand, OperatingPoint } from './types.ts';

/**
 * `count` equal stages of the pipeline: a fold computes while the words of the next arrive and the results of the one
 * before leave. `fill` and `drain` are stages in which nothing computes. Bytes and bits are of one stage.
 */
export interface StageRun {
  readonly kind: 'fill' | 'compute' | 'drain';
  /** Index into the list of schedules. */
  readonly layer: number;
  readonly count: number;
  readonly cycles: number;
  readonly portBits: Readonly<Record<Operand, number>>;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const NO_BITS = { ifmap: 0, filter: 0, ofmap: 0 } as const;

/**
 * The pipeline of layers run one after the other, once (docs/methods/memory.md, "Stages and time"). Its last stage drains
 * the last layer.
 */
export function buildStages(schedules: readonly LayerSchedule[]): StageRun[] {
  const stages: StageRun[] = [];
  const idle = { cycles: 0, portBits: NO_BITS, count: 1 };
  /** Bytes of the fold before that still have to leave. */
  let leaving = 0;
  const drain = (layer: number): void => {
    if (leaving > 0) stages.push({ ...idle, kind: 'drain', layer, bytesIn: 0, bytesOut: leaving });
    leaving = 0;
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
      const bytesIn = arrivingBytes(schedule.runs[0], schedule);
      if (bytesIn > 0) {
        stages.push({ ...idle, kind: 'fill', layer, bytesIn, bytesOut: leaving });
        leaving = 0;
      }
    }
    const after = schedules[layer + 1];
    const overlap = after && prefetchesInto(schedule, after) ? arrivingBytes(after.runs[0], after) : 0;
    schedule.runs.forEach((run, r) => {
      const next = schedule.runs[r + 1];
      pushRun(stages, schedule, layer, run, leaving, next ? arrivingBytes(next, schedule) : overlap);
      leaving = (run.outAfter * schedule.config.memory.wordBits.ofmap) / 8;
    });
  });
  drain(schedules.length - 1);
  return stages;
}

/** Seconds of one stage of a run: the slowest of array, scratchpad ports and DRAM. */
export function stageSeconds(stage: StageRun, point: OperatingPoint): number {
  const { portBits, bytesIn, bytesOut, cycles } = stage;
  const transfer = (bytesIn + bytesOut) / point.dramBytesPerS + (bytesIn > 0 ? point.dramLatencyS : 0);
  return Math.max(
    cycles / point.arrayHz,
    portBits.ifmap / (point.portBits.ifmap * point.scratchpadHz.ifmap),
    portBits.filter / (point.portBits.filter * point.scratchpadHz.filter),
    portBits.ofmap / (point.portBits.ofmap * point.scratchpadHz.ofmap),
    transfer,
  );
}

export interface LayerTime {
  /** Seconds of the layer's stages, stalls included. */
  readonly timeS: number;
  /** What of them the array waits, fills and drains included. */
  readonly stallS: number;
}

/** Time of each layer at one operating point. */
export function layerTimes(
  schedules: readonly LayerSchedule[],
  stages: readonly StageRun[],
  point: OperatingPoint,
): LayerTime[] {
  const timeS = new Float64Array(schedules.length);
  for (const stage of stages) timeS[stage.layer] += stage.count * stageSeconds(stage, point);
  return schedules.map(({ cycles }, i) => ({
    timeS: timeS[i],
    stallS: Math.max(0, timeS[i] - cycles / point.arrayHz),
  }));
}

/** The stages of a run of equal folds: the first still sees the fold before, the last already the one after. */
function pushRun(
  stages: StageRun[],
  schedule: LayerSchedule,
  layer: number,
  run: FoldRun,
  leavingBefore: number,
  arrivingAfter: number,
): void {
  const { memory } = schedule.config;
  const { cycles, portBits } = run.kind;
  const streamIn = inputBytes(run.streamIfmap, run.streamFilter, memory) + (run.psumIn * memory.wordBits.psum) / 8;
  const streamOut = (run.outDuring * memory.wordBits.ofmap + run.psumOut * memory.wordBits.psum) / 8;
  const leaving = (run.outAfter * memory.wordBits.ofmap) / 8;
  const arriving = arrivingBytes(run, schedule);
  const push = (count: number, bytesIn: number, bytesOut: number): void => {
    if (count > 0)
      stages.push({
        kind: 'compute',
        layer,
        count,
        cycles,
        portBits,
        bytesIn: streamIn + bytesIn,
        bytesOut: streamOut + bytesOut,
      });
  };
  if (run.count === 1) {
    push(1, arrivingAfter, leavingBefore);
    return;
  }
  push(1, arriving, leavingBefore);
  push(run.count - 2, arriving, leaving);
  push(1, arrivingAfter, leaving);
}

function arrivingBytes(run: FoldRun, { config }: LayerSchedule): number {
  return inputBytes(run.prefetchIfmap, run.prefetchFilter, config.memory);
}

function inputBytes(ifmap: number, filter: number, { wordBits }: MemoryConfig): number {
  return (ifmap * wordBits.ifmap + filter * wordBits.filter) / 8;
}

/** Whether the first tiles of `after` may arrive while the last fold of `before` still computes. */
function prefetchesInto(before: LayerSchedule, after: LayerSchedule): boolean {
  const { memory } = after.config;
  if (!memory.prefetchAcrossLayers) return false;
  const [first] = after.runs;
  return (['ifmap', 'filter'] as const).every((operand) => {
    const arriving = operand === 'ifmap' ? first.prefetchIfmap : first.prefetchFilter;
    const words = before.edgeTiles[operand].last + after.edgeTiles[operand].first;
    return arriving === 0 || (words * memory.wordBits[operand]) / 8 <= memory.scratchpadBytes[operand];
  });
}

/** Whether the last results of `before` may leave while the first fold of `after` fills its own ofmap tile. */
function drainsInto(before: LayerSchedule, after: LayerSchedule): boolean {
  const { first } = after.edgeTiles.ofmap;
  return (
    before.edgeTiles.ofmap.last * before.heldBits + first * after.heldBits <=
    8 * after.config.memory.scratchpadBytes.ofmap
  );
}
