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
   * Moves all arrays on by `durationS`, at most to the end of the step; those that are `still` stand. Overwrites `busyS` with the
   * seconds in which each domain works for each array (array by array). Returns the seconds until all are at the end, or `durationS`.
   */
  advance(
    point: ArrayLike<number>,
    step: number,
    places: Places,
    durationS: number,
    still: Uint8Array,
    busyS: Float64Array,
  ): number;
  /** A whole inference at held points. */
  inference(point: ArrayLike<number>): InferenceTiming;
  /** Seconds from these places to the end of the inference. */
  remainingS(point: ArrayLike<number>, step: number, places: Places): number;
}

/** Where the arrays are. `course` is the one they are on, `courseS` how far; null if they are not on any that is known. */
export interface Places {
  readonly positions: readonly Position[];
  course: Course | null;
  courseS: number;
}

/** At the beginning of an inference. */
export function startingPlaces(arrays: number): Places {
  const positions = Array.from({ length: arrays }, (): Position => ({ run: 0, done: 0 }));
  return { positions, course: null, courseS: 0 };
}

/**
 * A step of several arrays from its beginning to its end at held points: at `timeS[e]` array a is at `done[e n + a]` of its run
 * `run[e n + a]`, and a stage of it takes `stageS[e n + a]` until the next of these times; 0 if it stands.
 */
export interface Course {
  readonly timeS: Float64Array;
  readonly run: Int32Array;
  readonly done: Float64Array;
  readonly stageS: Float64Array;
  readonly endS: number;
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
    advance(point, step, { positions: [position] }, durationS, still, busyS) {
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
    remainingS(point, _, { positions: [position] }) {
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
  const known = new Map<string | number, InferenceTiming>();
  const none = new Uint8Array(n);
  const keyOf = combinationKey(spec);
  const scratch = new Float64Array(n * domains);

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

  /** As `advance`, event by event; `note` is told of each, once its rates are set. */
  function goOn(
    step: number,
    positions: readonly Position[],
    durationS: number,
    still: Uint8Array,
    busyS: Float64Array,
    note?: (elapsedS: number) => void,
  ): number {
    busyS.fill(0);
    let elapsedS = 0;
    while (elapsedS < durationS && setRates(step, positions, still)) {
      note?.(elapsedS);
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

  function atStart(step: number, positions: readonly Position[]): boolean {
    return positions.every(({ run, done }, a) => run === arrays[a].firstRun[step] && done === 0);
  }

  function setPoint(point: ArrayLike<number>): void {
    for (let a = 0; a < n; a++) now[a] = timings[a](point);
  }

  function inference(point: ArrayLike<number>): InferenceTiming {
    const key = keyOf(point);
    const found = known.get(key);
    if (found) return found;
    setPoint(point);
    const positions = arrays.map((): Position => ({ run: 0, done: 0 }));
    const stepS = new Float64Array(arrays[0].firstRun.length - 1);
    const busyS = new Float64Array(n * domains);
    const ofStep = new Float64Array(n * domains);
    for (let step = 0; step < stepS.length; step++) {
      stepS[step] = goOn(step, positions, Number.POSITIVE_INFINITY, none, ofStep);
      for (let i = 0; i < busyS.length; i++) busyS[i] += ofStep[i];
    }
    const timing = { totalS: stepS.reduce((sum, s) => sum + s, 0), stepS, busyS };
    known.set(key, timing);
    return timing;
  }

  const courses = new Map<string | number, (Course | undefined)[]>();

  /** The course of a step at a combination of points, worked out once. */
  function courseOf(point: ArrayLike<number>, step: number): Course {
    const key = keyOf(point);
    const ofPoint = courses.get(key) ?? [];
    // Courses take memory, and who tries many points does not come back to most of them.
    if (ofPoint.length === 0 && courses.size >= MOST_COMBINATIONS) courses.clear();
    courses.set(key, ofPoint);
    const course = ofPoint[step] ?? recordCourse(point, step);
    ofPoint[step] = course;
    return course;
  }

  function recordCourse(point: ArrayLike<number>, step: number): Course {
    const positions = arrays.map(({ firstRun }): Position => ({ run: firstRun[step], done: 0 }));
    const timeS: number[] = [];
    const run: number[] = [];
    const done: number[] = [];
    const stageS: number[] = [];
    setPoint(point);
    const note = (elapsedS: number): void => {
      timeS.push(elapsedS);
      for (const position of positions) {
        run.push(position.run);
        done.push(position.done);
      }
      stageS.push(...rates.stageS);
    };
    const endS = goOn(step, positions, Number.POSITIVE_INFINITY, none, scratch, note);
    return {
      timeS: Float64Array.from(timeS),
      run: Int32Array.from(run),
      done: Float64Array.from(done),
      stageS: Float64Array.from(stageS),
      endS,
    };
  }

  /** Moves along a course. Returns as `advance`. */
  function follow(course: Course, step: number, places: Places, durationS: number, busyS: Float64Array): number {
    const fromS = places.course === course ? places.courseS : 0;
    const toS = fromS + durationS;
    const ends = toS >= course.endS;
    addBusy(places.positions, -1, busyS.fill(0));
    const e = ends ? -1 : lastAtMost(course.timeS, toS);
    places.positions.forEach((position, a) => {
      position.run = ends ? arrays[a].firstRun[step + 1] : course.run[e * n + a];
      position.done = ends ? 0 : course.done[e * n + a];
      const stageS = ends ? 0 : course.stageS[e * n + a];
      if (stageS === 0) return;
      const { count } = arrays[a].stages[position.run];
      position.done = Math.min(count, position.done + (toS - course.timeS[e]) / stageS);
    });
    addBusy(places.positions, 1, busyS);
    places.course = ends ? null : course;
    places.courseS = toS;
    return ends ? course.endS - fromS : durationS;
  }

  /** Adds, `sign` times, the seconds in which each domain has worked for each array since the inference began. */
  function addBusy(positions: readonly Position[], sign: number, busyS: Float64Array): void {
    for (let a = 0; a < n; a++) {
      const { run, done } = positions[a];
      const { busyBeforeS, busyStageS } = now[a];
      for (let d = 0; d < domains; d++) {
        const inRun = done === 0 ? 0 : done * busyStageS[d][run];
        busyS[a * domains + d] += sign * (busyBeforeS[d][run] + inRun);
      }
    }
  }

  return {
    advance(point, step, places, durationS, still, busyS) {
      const isAtStart = atStart(step, places.positions);
      const moves = still.every((stands) => stands === 0);
      const course = moves && (isAtStart || places.course) ? courseOf(point, step) : null;
      setPoint(point);
      if (isAtStart) places.course = null;
      if (course && (isAtStart || places.course === course)) return follow(course, step, places, durationS, busyS);
      places.course = null;
      return goOn(step, places.positions, durationS, still, busyS);
    },
    inference,
    remainingS(point, step, { positions, course, courseS }) {
      const { stepS } = inference(point);
      let sum = stepS[step];
      if (course && course === courseOf(point, step)) sum = course.endS - courseS;
      else if (!atStart(step, positions)) {
        setPoint(point);
        const copies = positions.map((position) => ({ ...position }));
        sum = goOn(step, copies, Number.POSITIVE_INFINITY, none, scratch);
      }
      for (let later = step + 1; later < stepS.length; later++) sum += stepS[later];
      return sum;
    },
  };
}

/** Combinations of points of which courses are kept. */
const MOST_COMBINATIONS = 64;

/** Index of the last of rising times that is at most `timeS`. */
function lastAtMost(times: Float64Array, timeS: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= timeS) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** One key for each combination of points; a number as long as there are few enough. */
function combinationKey({ domains }: AcceleratorSpec): (point: ArrayLike<number>) => string | number {
  const combinations = domains.reduce((product, { points }) => product * points.length, 1);
  if (combinations > Number.MAX_SAFE_INTEGER) return (point) => Array.from(point).join();
  return (point) => {
    let key = 0;
    for (let d = 0; d < domains.length; d++) key = key * domains[d].points.length + point[d];
    return key;
  };
}
