import { COUNTER_INDEX, COUNTERS } from '../activity/counters.ts';
import type { AcceleratorSpec } from '../config/accelerator.ts';
import type { EnergyColumns } from '../power/index.ts';
import {
  buildStages,
  type LayerSchedule,
  type OperatingPoint,
  type StageRun,
  stageCounts,
  stageSeconds,
} from '../systolic/index.ts';

/** A place in an inference: `done` (0 to the run's count) stages of stage run `run`. */
export interface Position {
  run: number;
  done: number;
}

/**
 * One inference as a function of progress: what has happened at each position, without time. Columns are the counters, the
 * array's stall-free cycles, then the energy columns.
 */
export interface Program {
  readonly stages: readonly StageRun[];
  readonly layers: number;
  /** First stage run of each layer, and the number of runs at the end. */
  readonly firstRun: Int32Array;
  readonly width: number;
  /** Index of the cycles column and of the first energy column. */
  readonly cyclesAt: number;
  readonly energyAt: number;
  /** Of a whole inference. */
  readonly total: Float64Array;
  /** What runs move for the layer after or before their own, in the columns; only runs of one stage do. */
  readonly foreign: readonly ForeignTraffic[][];
  /** Overwrites `out` with the columns from the inference's beginning to a position. MACs are whole. */
  columnsAt(position: Position, out: Float64Array): void;
}

export interface ForeignTraffic {
  readonly run: number;
  readonly layer: number;
  readonly columns: Float64Array;
}

export function buildProgram(schedules: readonly LayerSchedule[], energy: EnergyColumns): Program {
  const stages = buildStages(schedules);
  const cyclesAt = COUNTERS.length;
  const energyAt = cyclesAt + 1;
  const width = energyAt + energy.columns.length;
  const n = stages.length;
  const before = new Float64Array((n + 1) * width);
  const perStage = new Float64Array(n * width);
  const counts = new Float64Array(COUNTERS.length);
  const write = (stage: StageRun, share: number, out: Float64Array, at: number): void => {
    stageCounts(stage, share, counts);
    out.set(counts, at);
    out[at + cyclesAt] = share * stage.cycles;
    energy.write(counts, stage.fold?.shape ?? null, out, at + energyAt);
  };
  stages.forEach((stage, r) => {
    write(stage, 1, perStage, r * width);
    for (let i = 0; i < width; i++) {
      before[(r + 1) * width + i] = before[r * width + i] + stage.count * perStage[r * width + i];
    }
  });
  const partial = new Float64Array(width);
  const macs = COUNTER_INDEX.macs;
  const columnsAt: Program['columnsAt'] = ({ run, done }, out) => {
    const from = run * width;
    for (let i = 0; i < width; i++) out[i] = before[from + i];
    if (done === 0) return;
    const whole = Math.floor(done);
    for (let i = 0; i < width; i++) out[i] += whole * perStage[from + i];
    if (done === whole) return;
    write(stages[run], done - whole, partial, 0);
    for (let i = 0; i < width; i++) out[i] += partial[i];
    // The margin keeps rounding of an exact count from losing one.
    out[macs] = Math.floor(out[macs] + 1e-6);
  };
  return {
    stages,
    layers: schedules.length,
    firstRun: firstRuns(stages, schedules.length),
    width,
    cyclesAt,
    energyAt,
    total: before.slice(n * width),
    foreign: foreignTraffic(stages, schedules.length, energy, width, energyAt),
    columnsAt,
  };
}

function firstRuns(stages: readonly StageRun[], layers: number): Int32Array {
  const first = new Int32Array(layers + 1).fill(stages.length);
  for (let r = stages.length - 1; r >= 0; r--) first[stages[r].layer] = r;
  return first;
}

function foreignTraffic(
  stages: readonly StageRun[],
  layers: number,
  energy: EnergyColumns,
  width: number,
  energyAt: number,
): ForeignTraffic[][] {
  const byLayer: ForeignTraffic[][] = Array.from({ length: layers }, () => []);
  stages.forEach((stage, run) => {
    for (const [counts, layer] of [
      [stage.ofNext, stage.layer + 1],
      [stage.ofPrevious, stage.layer - 1],
    ] as const) {
      if (!counts) continue;
      const columns = new Float64Array(width);
      columns.set(counts);
      energy.write(counts, stage.fold?.shape ?? null, columns, energyAt);
      byLayer[stage.layer].push({ run, layer, columns });
    }
  });
  return byLayer;
}

/** How long everything takes at one choice of operating points. */
export interface Timing {
  /** Seconds of one stage of each run. */
  readonly stageS: Float64Array;
  /** Seconds before each run; the last entry is the whole inference. */
  readonly beforeS: Float64Array;
  readonly totalS: number;
  /** Seconds before each run in which a domain works, by domain; and of one stage. */
  readonly busyBeforeS: readonly Float64Array[];
  readonly busyStageS: readonly Float64Array[];
}

/** Times of a program at the clocks of `domains[d].points[point[d]]`. */
export function timeProgram({ stages }: Program, spec: AcceleratorSpec, point: ArrayLike<number>): Timing {
  const n = stages.length;
  const at = operatingPoint(spec, point);
  const stageS = new Float64Array(n);
  const beforeS = new Float64Array(n + 1);
  const busyStageS = spec.domains.map(() => new Float64Array(n));
  const busyBeforeS = spec.domains.map(() => new Float64Array(n + 1));
  const domainIndex = (name: string): number => spec.domains.findIndex((domain) => domain.name === name);
  const ofArray = domainIndex(spec.array.domain);
  const pads = (['ifmap', 'filter', 'ofmap'] as const).map(
    (pad) => [pad, domainIndex(spec.scratchpads[pad].domain)] as const,
  );
  stages.forEach((stage, r) => {
    stageS[r] = stageSeconds(stage, at);
    beforeS[r + 1] = beforeS[r] + stage.count * stageS[r];
    busyStageS[ofArray][r] = stage.cycles / at.arrayHz;
    for (const [pad, d] of pads) {
      const portS = stage.portBits[pad] / (at.portBits[pad] * at.scratchpadHz[pad]);
      busyStageS[d][r] = Math.max(busyStageS[d][r], portS);
    }
    busyStageS.forEach((busy, d) => {
      busyBeforeS[d][r + 1] = busyBeforeS[d][r] + stage.count * busy[r];
    });
  });
  return { stageS, beforeS, totalS: beforeS[n], busyBeforeS, busyStageS };
}

/** Clocks, ports and bandwidth at the operating points of the domains. */
export function operatingPoint(spec: AcceleratorSpec, point: ArrayLike<number>): OperatingPoint {
  const hzOf = (name: string): number => {
    const d = spec.domains.findIndex((domain) => domain.name === name);
    return spec.domains[d].points[point[d]].frequencyHz;
  };
  const { ifmap, filter, ofmap } = spec.scratchpads;
  return {
    arrayHz: hzOf(spec.array.domain),
    scratchpadHz: { ifmap: hzOf(ifmap.domain), filter: hzOf(filter.domain), ofmap: hzOf(ofmap.domain) },
    portBits: { ifmap: ifmap.portBits, filter: filter.portBits, ofmap: ofmap.portBits },
    dramBytesPerS: spec.dram.bytesPerS,
    dramLatencyS: spec.dram.latencyS,
  };
}

/** Seconds from the beginning of the inference to a position. */
export function secondsAt({ beforeS, stageS }: Timing, { run, done }: Position): number {
  return done === 0 ? beforeS[run] : beforeS[run] + done * stageS[run];
}

/** Moves a position by `durationS`, not beyond the end of stage run `lastRun`. */
export function advance(
  timing: Timing,
  position: Position,
  durationS: number,
  program: Program,
  lastRun: number,
): void {
  const { beforeS, stageS } = timing;
  const target = secondsAt(timing, position) + durationS;
  let low = position.run;
  let high = lastRun;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (beforeS[middle] <= target) low = middle;
    else high = middle - 1;
  }
  // Rounding must neither lead back nor beyond the run.
  const least = low === position.run ? position.done : 0;
  const done = (target - beforeS[low]) / stageS[low];
  position.run = low;
  position.done = Math.min(Math.max(done, least), program.stages[low].count);
}

/** Seconds in which a domain works, from the beginning of the inference to a position. */
export function busySeconds({ busyBeforeS, busyStageS }: Timing, d: number, { run, done }: Position): number {
  return done === 0 ? busyBeforeS[d][run] : busyBeforeS[d][run] + done * busyStageS[d][run];
}
