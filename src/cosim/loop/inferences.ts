import { fail } from '../../base/errors.ts';
import { MOST_INFERENCES, MOST_LAYER_ENDS } from '../limits.ts';
import { type PipelineState, type Replay, restart, startingState } from '../pipelines/index.ts';
import { GrowingList, type ListState } from '../record/growing-list.ts';
import type { Releases } from './releases.ts';
import { load, type Saved, save } from './saved.ts';

/** Part of an epoch within which a release counts as now, so that a release meant for a tick falls on it. */
const SAME_TIME = 1e-9;

/** The inferences of a run in sequence, and each array's position in the running one. */
export class Inferences {
  readonly releaseS = new GrowingList<number>();
  readonly startS = new GrowingList<number>();
  /** End times of the finished inferences, s. */
  readonly endS = new GrowingList<number>();
  /** End times of the layers of all inferences in a row, s; at most `MOST_LAYER_ENDS`. */
  readonly layerEndS = new GrowingList<number>();
  running = false;
  /** Index of the current step of the running inference; barriers separate the steps. */
  step = 0;
  readonly state: PipelineState;
  private readonly releases: Releases;
  private readonly toleranceS: number;
  /** How many inferences were released up to the last time `queued` was asked about. */
  private released = 0;
  private announced = 0;

  constructor(releases: Releases, epochS: number, arrays: number) {
    this.state = startingState(arrays);
    this.releases = releases;
    this.toleranceS = SAME_TIME * epochS;
  }

  save(): Saved {
    const { positions, point, course, replay, replayS } = this.state;
    return {
      ...save(this, ['running', 'step', 'released', 'announced']),
      times: [this.releaseS.save(), this.startS.save(), this.endS.save(), this.layerEndS.save()],
      positions: positions.map(({ run, done }) => [run, done]),
      point: point?.slice() ?? null,
      course,
      replayS: replay ? replayS : null,
    };
  }

  /** `replayOf` finds the record of the step under way. */
  load({ positions, point, course, replayS, times, ...saved }: Saved, replayOf: (step: number) => Replay | null): void {
    load(this, saved);
    const lists = [this.releaseS, this.startS, this.endS, this.layerEndS];
    (times as ListState<number>[]).forEach((list, i) => void lists[i].load(list));
    (positions as [number, number][]).forEach(([run, done], a) => {
      this.state.positions[a].run = run;
      this.state.positions[a].done = done;
    });
    this.state.point = (point as Int32Array | null)?.slice() ?? null;
    this.state.course = course as PipelineState['course'];
    this.state.replay = replayS === null ? null : replayOf(this.step);
    this.state.replayS = (replayS as number | null) ?? 0;
  }

  /** Starts the next inference if it has been released. Returns whether it did. */
  start(timeS: number): boolean {
    const releaseS = this.nextReleaseS();
    if (releaseS > timeS + this.toleranceS) return false;
    if (this.startS.length >= MOST_INFERENCES) {
      const expected = `at most ${MOST_INFERENCES}: a shorter run, or a larger network`;
      fail('trace-too-long', `the run has more than ${MOST_INFERENCES} inferences`, { expected });
    }
    this.releaseS.push(Math.min(releaseS, timeS));
    this.startS.push(timeS);
    this.running = true;
    this.step = 0;
    restart(this.state);
    return true;
  }

  endLayer(timeS: number): void {
    if (this.layerEndS.length < MOST_LAYER_ENDS) this.layerEndS.push(timeS);
  }

  end(timeS: number): void {
    this.running = false;
    this.endS.push(timeS);
  }

  nextReleaseS(): number {
    const index = this.startS.length;
    return this.releases.releaseS(index, this.endS.at(index - 1) ?? 0);
  }

  /** Whether nothing runs, no further release comes and the run has lasted its least time. */
  finished(timeS: number): boolean {
    if (this.running || Number.isFinite(this.nextReleaseS())) return false;
    return timeS >= this.releases.leastEndS * (1 - 1e-12);
  }

  /** The time of the next event while nothing runs: a release, or the run's least end. */
  nextEventS(timeS: number): number {
    const { leastEndS } = this.releases;
    return Math.min(this.nextReleaseS(), leastEndS > timeS ? leastEndS : Number.POSITIVE_INFINITY);
  }

  /** Whether an inference has been released since the last call. */
  announce(timeS: number): boolean {
    this.queued(timeS);
    const isNew = this.released > this.announced;
    this.announced = this.released;
    return isNew;
  }

  /** The time of the next release after the last one that `queued` counted, s; infinite if the end of an inference decides it. */
  nextArrivalS(): number {
    return this.releases.releaseS(this.released, Number.POSITIVE_INFINITY);
  }

  /**
   * How many inferences have been released and wait to start. One that is released at the end of the previous one never
   * waits.
   */
  queued(timeS: number): number {
    this.released = Math.max(this.released, this.startS.length);
    while (this.releases.releaseS(this.released, Number.POSITIVE_INFINITY) <= timeS) this.released++;
    return this.released - this.startS.length;
  }
}
