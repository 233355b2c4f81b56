import { lastAtMost } from '../../base/run-sums.ts';
import type { Position } from '../plant/program.ts';
import type { PipelineState, Replay } from './pipelines.ts';
import type { SharedDram } from './shared-dram.ts';

/** Records are kept for this many combinations of operating points. */
const MOST_COMBINATIONS = 64;

/** A wait shorter than this is no event, s: a block takes longer to heat or cool. */
const LEAST_WAIT_S = 1e-3 / 64;

/** Records each step once for each combination of operating points, and replays it from then on. */
export class Replays {
  private readonly events: SharedDram;
  private readonly keyOf: (point: ArrayLike<number>) => string | number;
  private readonly known = new Map<string | number, (Replay | undefined)[]>();

  /** `keyOf` gives each combination of operating points a key of its own. */
  constructor(events: SharedDram, keyOf: (point: ArrayLike<number>) => string | number) {
    this.events = events;
    this.keyOf = keyOf;
  }

  /** The record of a step at `point`. Also sets the clocks to `point`. */
  of(point: ArrayLike<number>, step: number): Replay {
    const { known } = this;
    this.events.setPoint(point);
    const key = this.keyOf(point);
    const found = known.get(key)?.[step];
    if (found) return found;
    const ofPoint = known.get(key) ?? [];
    // Records take memory, and a search over many points visits most of them once.
    if (ofPoint.length === 0 && known.size >= MOST_COMBINATIONS) known.clear();
    known.set(key, ofPoint);
    const replay = this.record(step);
    ofPoint[step] = replay;
    return replay;
  }

  private record(step: number): Replay {
    const { arrays, rates, none, domains } = this.events;
    const positions = arrays.map(({ firstRun }): Position => ({ run: firstRun[step], done: 0 }));
    const timeS: number[] = [];
    const run: number[] = [];
    const done: number[] = [];
    const stageS: number[] = [];
    const waitsFromS: number[] = [];
    let working = arrays.length;
    const note = (elapsedS: number): void => {
      timeS.push(elapsedS);
      for (const position of positions) {
        run.push(position.run);
        done.push(position.done);
      }
      stageS.push(...rates.stageS);
      const still = positions.filter((position, a) => position.run < arrays[a].firstRun[step + 1]).length;
      if (still < working && elapsedS > 0) waitsFromS.push(elapsedS);
      working = still;
    };
    const busyS = new Float64Array(arrays.length * domains);
    const waitedS = new Float64Array(arrays.length);
    const endS = this.events.goOn(step, positions, Number.POSITIVE_INFINITY, none, busyS, waitedS, { note });
    return {
      timeS: Float64Array.from(timeS),
      run: Int32Array.from(run),
      done: Float64Array.from(done),
      stageS: Float64Array.from(stageS),
      arriveS: waitedS.map((seconds) => endS - seconds),
      waitsFromS: Float64Array.from(waitsFromS.filter((s) => endS - s >= LEAST_WAIT_S)),
      endS,
    };
  }

  /** `Pipelines.advance` along a record, from its start unless `state` follows it already; at the clocks set last. */
  follow(
    replay: Replay,
    step: number,
    state: PipelineState,
    durationS: number,
    busyS: Float64Array,
    waitS: Float64Array,
  ): number {
    const { arrays } = this.events;
    const n = arrays.length;
    const fromS = state.replay === replay ? state.replayS : 0;
    const nextWaitS = replay.waitsFromS.find((s) => s > fromS) ?? Number.POSITIVE_INFINITY;
    const toS = Math.min(fromS + durationS, nextWaitS);
    const ends = toS >= replay.endS;
    for (let a = 0; a < n; a++) {
      waitS[a] = Math.max(0, Math.min(toS, replay.endS) - Math.max(fromS, replay.arriveS[a]));
    }
    this.addBusy(state.positions, -1, busyS.fill(0));
    const e = ends ? -1 : lastAtMost(replay.timeS, toS);
    state.positions.forEach((position, a) => {
      position.run = ends ? arrays[a].firstRun[step + 1] : replay.run[e * n + a];
      position.done = ends ? 0 : replay.done[e * n + a];
      const stageS = ends ? 0 : replay.stageS[e * n + a];
      if (stageS === 0) return;
      const { count } = arrays[a].stages[position.run];
      position.done = Math.min(count, position.done + (toS - replay.timeS[e]) / stageS);
    });
    this.addBusy(state.positions, 1, busyS);
    state.replay = ends ? null : replay;
    state.replayS = toS;
    if (ends) return replay.endS - fromS;
    return toS === nextWaitS ? nextWaitS - fromS : durationS;
  }

  /** Adds, `sign` times, the seconds in which each domain has worked for each array since the inference began. */
  private addBusy(positions: readonly Position[], sign: number, busyS: Float64Array): void {
    const { now, domains } = this.events;
    for (let a = 0; a < positions.length; a++) {
      const { run, done } = positions[a];
      const { busyBeforeS, busyStageS } = now[a];
      for (let d = 0; d < domains; d++) {
        const inRun = done === 0 ? 0 : done * busyStageS[d][run];
        busyS[a * domains + d] += sign * (busyBeforeS[d][run] + inRun);
      }
    }
  }
}
