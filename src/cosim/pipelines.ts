import type { AcceleratorSpec } from '../config/accelerator.ts';
import { computeSeconds, type OperatingPoint, stageSeconds } from '../systolic/index.ts';
import { type ArrayRates, fairShares } from './fair-shares.ts';
import type { Position, Program } from './program.ts';

/**
 * Time of the arrays' inferences: each goes through its program at its own clocks, all wait for each other at the end of a step. A
 * `point` is an index into the operating points of each domain.
 */
export interface Pipelines {
  /**
   * Moves all positions on by `durationS`, at most to the end of the step; arrays that are `still` stand. Overwrites `busyS` with the
   * seconds in which each domain works for each array (array by array). Returns the seconds until all are at the end, or `durationS`.
   */
  advance(
    point: ArrayLike<number>,
    step: number,
    positions: readonly Position[],
    durationS: number,
    still: Uint8Array,
    busyS: Float64Array,
  ): number;
  /** A whole inference at held points. */
  inference(point: ArrayLike<number>): InferenceTiming;
  /** Seconds from the positions to the end of the inference. */
  remainingS(point: ArrayLike<number>, step: number, positions: readonly Position[]): number;
}

export interface InferenceTiming {
  readonly totalS: number;
  /** Seconds of each step. */
  readonly stepS: Float64Array;
  /** Seconds in which each domain works for each array. */
  readonly busyS: Float64Array;
}

/** `arrays[a]` is the program of array a; all have the same steps. */
export function createPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  return arrays.length === 1 ? lonePipeline(arrays[0], spec) : sharedPipelines(arrays, spec);
}

/** How long the runs of an array's program take at one choice of operating points. */
interface ArrayTiming {
  /** Seconds of one stage of each run: if DRAM keeps up, and with the DRAM to itself. */
  readonly computeS: Float64Array;
  readonly stageS: Float64Array;
  /** Seconds before each run, with the DRAM to itself; the last entry is the whole inference. */
  readonly beforeS: Float64Array;
  /** Seconds in which a domain works, by domain: in one stage of each run, and before each run. */
  readonly busyStageS: readonly Float64Array[];
  readonly busyBeforeS: readonly Float64Array[];
}

/** Timings of one array, each worked out once. */
function arrayTimings(
  { stages }: Program,
  spec: AcceleratorSpec,
  array: number,
): (point: ArrayLike<number>) => ArrayTiming {
  const { array: ofArray, ...ofPads } = arrayDomains(spec, array);
  const own = [...new Set([ofArray, ...Object.values(ofPads)])];
  const known = new Map<number, ArrayTiming>();
  return (point) => {
    let key = 0;
    for (const d of own) key = key * spec.domains[d].points.length + point[d];
    let timing = known.get(key);
    if (!timing) {
      timing = timeStages();
      known.set(key, timing);
    }
    return timing;

    function timeStages(): ArrayTiming {
      const at = operatingPoint(spec, array, point);
      const n = stages.length;
      const busyStageS = spec.domains.map(() => new Float64Array(n));
      stages.forEach((stage, r) => {
        busyStageS[ofArray][r] = stage.cycles / at.arrayHz;
        for (const pad of PADS) {
          const d = ofPads[pad];
          const portS = stage.portBits[pad] / (at.portBits[pad] * at.scratchpadHz[pad]);
          busyStageS[d][r] = Math.max(busyStageS[d][r], portS);
        }
      });
      const before = (ofStage: Float64Array): Float64Array => {
        const sums = new Float64Array(n + 1);
        for (let r = 0; r < n; r++) sums[r + 1] = sums[r] + stages[r].count * ofStage[r];
        return sums;
      };
      const stageS = Float64Array.from(stages, (stage) => stageSeconds(stage, at));
      return {
        computeS: Float64Array.from(stages, (stage) => computeSeconds(stage, at)),
        stageS,
        beforeS: before(stageS),
        busyStageS,
        busyBeforeS: busyStageS.map(before),
      };
    }
  };
}

const PADS = ['ifmap', 'filter', 'ofmap'] as const;

/** Indices of an array's domains. */
function arrayDomains({ domains, arrays }: AcceleratorSpec, array: number) {
  const index = (name: string): number => domains.findIndex((domain) => domain.name === name);
  const { array: ofArray, ifmap, filter, ofmap } = arrays[array];
  return { array: index(ofArray), ifmap: index(ifmap), filter: index(filter), ofmap: index(ofmap) };
}

/** Clocks, ports and bandwidth of an array at the operating points of the domains. */
export function operatingPoint(spec: AcceleratorSpec, array: number, point: ArrayLike<number>): OperatingPoint {
  const { array: ofArray, ...ofPads } = arrayDomains(spec, array);
  const hz = (d: number): number => spec.domains[d].points[point[d]].frequencyHz;
  const { ifmap, filter, ofmap } = spec.scratchpads;
  return {
    arrayHz: hz(ofArray),
    scratchpadHz: { ifmap: hz(ofPads.ifmap), filter: hz(ofPads.filter), ofmap: hz(ofPads.ofmap) },
    portBits: { ifmap: ifmap.portBits, filter: filter.portBits, ofmap: ofmap.portBits },
    dramBytesPerS: spec.dram.bytesPerS,
    dramLatencyS: spec.dram.latencyS,
  };
}

/** A single array has the DRAM to itself, so that all its times are sums. */
function lonePipeline(program: Program, spec: AcceleratorSpec): Pipelines {
  const timingAt = arrayTimings(program, spec, 0);
  const { firstRun } = program;
  const before = (sums: Float64Array, ofStage: Float64Array, { run, done }: Position): number =>
    done === 0 ? sums[run] : sums[run] + done * ofStage[run];
  return {
    advance(point, step, [position], durationS, still, busyS) {
      busyS.fill(0);
      if (still[0] === 1) return durationS;
      const { beforeS, stageS, busyBeforeS, busyStageS } = timingAt(point);
      const end = firstRun[step + 1];
      const fromS = before(beforeS, stageS, position);
      const leftS = beforeS[end] - fromS;
      const elapsedS = Math.min(durationS, Math.max(0, leftS));
      for (let d = 0; d < busyStageS.length; d++) busyS[d] = -before(busyBeforeS[d], busyStageS[d], position);
      if (leftS <= durationS) {
        position.run = end;
        position.done = 0;
      } else moveTo(position, fromS + durationS, beforeS, stageS, program, end - 1);
      for (let d = 0; d < busyStageS.length; d++) {
        const workedS = busyS[d] + before(busyBeforeS[d], busyStageS[d], position);
        busyS[d] = Math.min(elapsedS, Math.max(0, workedS));
      }
      return elapsedS;
    },
    inference(point) {
      const { beforeS, busyBeforeS } = timingAt(point);
      const n = program.stages.length;
      return {
        totalS: beforeS[n],
        stepS: Float64Array.from(firstRun.subarray(1), (end, step) => beforeS[end] - beforeS[firstRun[step]]),
        busyS: Float64Array.from(busyBeforeS, (sums) => sums[n]),
      };
    },
    remainingS(point, _, [position]) {
      const { beforeS, stageS } = timingAt(point);
      return beforeS[program.stages.length] - before(beforeS, stageS, position);
    },
  };
}

/** Puts a position where `targetS` seconds have passed, not beyond the end of stage run `lastRun`. */
function moveTo(
  position: Position,
  targetS: number,
  beforeS: Float64Array,
  stageS: Float64Array,
  { stages }: Program,
  lastRun: number,
): void {
  let low = position.run;
  let high = lastRun;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (beforeS[middle] <= targetS) low = middle;
    else high = middle - 1;
  }
  // Rounding must neither lead back nor beyond the run.
  const least = low === position.run ? position.done : 0;
  const done = (targetS - beforeS[low]) / stageS[low];
  position.run = low;
  position.done = Math.min(Math.max(done, least), stages[low].count);
}

/**
 * Several arrays share the DRAM fairly: at any moment none gets less than another that wants more (max-min). What each wants is
 * constant during a run of equal stages, so time goes from the end of one array's run to the next.
 */
function sharedPipelines(arrays: readonly Program[], spec: AcceleratorSpec): Pipelines {
  const timings = arrays.map((program, a) => arrayTimings(program, spec, a));
  const domains = spec.domains.length;
  const n = arrays.length;
  const { bytesPerS, latencyS } = spec.dram;
  const rates: ArrayRates = {
    computeS: new Float64Array(n),
    bytes: new Float64Array(n),
    latencyS: new Float64Array(n),
    stageS: new Float64Array(n),
  };
  const now: ArrayTiming[] = new Array(n);
  const known = new Map<string, InferenceTiming>();
  const none = new Uint8Array(n);

  /** What each array wants of the DRAM; 0 seconds for one that stands or is at its end. False if none moves. */
  function setRates(step: number, positions: readonly Position[], still: Uint8Array): boolean {
    let moves = false;
    for (let a = 0; a < n; a++) {
      const { run } = positions[a];
      const moving = run < arrays[a].firstRun[step + 1] && still[a] === 0;
      const stage = arrays[a].stages[run];
      rates.computeS[a] = moving ? now[a].computeS[run] : 0;
      rates.bytes[a] = moving ? stage.bytesIn + stage.bytesOut : 0;
      rates.latencyS[a] = moving && stage.bytesIn > 0 ? latencyS : 0;
      moves ||= moving;
    }
    fairShares(rates, bytesPerS);
    return moves;
  }

  function advance(
    step: number,
    positions: readonly Position[],
    durationS: number,
    still: Uint8Array,
    busyS: Float64Array,
  ) {
    busyS.fill(0);
    let elapsedS = 0;
    while (elapsedS < durationS && setRates(step, positions, still)) {
      let stretchS = durationS - elapsedS;
      for (let a = 0; a < n; a++) {
        if (rates.stageS[a] > 0) stretchS = Math.min(stretchS, leftS(positions[a], a));
      }
      for (let a = 0; a < n; a++) if (rates.stageS[a] > 0) move(positions[a], a, stretchS, busyS);
      elapsedS = stretchS === durationS - elapsedS ? durationS : elapsedS + stretchS;
    }
    return atEnd(step, positions) ? elapsedS : durationS;
  }

  /** Seconds to the end of the array's run. */
  function leftS({ run, done }: Position, a: number): number {
    return (arrays[a].stages[run].count - done) * rates.stageS[a];
  }

  function move(position: Position, a: number, stretchS: number, busyS: Float64Array): void {
    const { run, done } = position;
    const { count } = arrays[a].stages[run];
    const ends = leftS(position, a) <= stretchS;
    const to = ends ? count : Math.min(count, done + stretchS / rates.stageS[a]);
    for (let d = 0; d < domains; d++) busyS[a * domains + d] += (to - done) * now[a].busyStageS[d][run];
    position.run = ends ? run + 1 : run;
    position.done = ends ? 0 : to;
  }

  function atEnd(step: number, positions: readonly Position[]): boolean {
    return positions.every(({ run }, a) => run >= arrays[a].firstRun[step + 1]);
  }

  function setPoint(point: ArrayLike<number>): void {
    for (let a = 0; a < n; a++) now[a] = timings[a](point);
  }

  function inference(point: ArrayLike<number>): InferenceTiming {
    const key = Array.from(point).join();
    const found = known.get(key);
    if (found) return found;
    setPoint(point);
    const positions = arrays.map((): Position => ({ run: 0, done: 0 }));
    const stepS = new Float64Array(arrays[0].firstRun.length - 1);
    const busyS = new Float64Array(n * domains);
    const ofStep = new Float64Array(n * domains);
    for (let step = 0; step < stepS.length; step++) {
      stepS[step] = advance(step, positions, Number.POSITIVE_INFINITY, none, ofStep);
      for (let i = 0; i < busyS.length; i++) busyS[i] += ofStep[i];
    }
    const timing = { totalS: stepS.reduce((sum, s) => sum + s, 0), stepS, busyS };
    known.set(key, timing);
    return timing;
  }

  const scratch = new Float64Array(n * domains);
  return {
    advance(point, step, positions, durationS, still, busyS) {
      setPoint(point);
      return advance(step, positions, durationS, still, busyS);
    },
    inference,
    remainingS(point, step, positions) {
      const { stepS } = inference(point);
      setPoint(point);
      const copies = positions.map((position) => ({ ...position }));
      let sum = advance(step, copies, Number.POSITIVE_INFINITY, none, scratch);
      for (let later = step + 1; later < stepS.length; later++) sum += stepS[later];
      return sum;
    },
  };
}
