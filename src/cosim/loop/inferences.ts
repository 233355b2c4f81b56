import { fail } from '../../base/errors.ts';
import { MOST_INFERENCES } from '../limits.ts';
import { type PipelineState, startingState } from '../pipelines/index.ts';
import type { Releases } from './releases.ts';

/** Releases nearer to the present than this part of an epoch are now: a release meant for a tick falls on it. */
const SAME_TIME = 1e-9;

/** The inferences of a run, one after the other, and the positions of the arrays in the one that runs. */
export class Inferences {
  readonly releaseS: number[] = [];
  readonly startS: number[] = [];
  /** Of those that are done. */
  readonly endS: number[] = [];
  running = false;
  /** Between which barriers it is. */
  step = 0;
  readonly state: PipelineState;
  private readonly releases: Releases;
  private readonly toleranceS: number;
  /** Those released up to the last time asked about. */
  private released = 0;

  constructor(releases: Releases, epochS: number, arrays: number) {
    this.state = startingState(arrays);
    this.releases = releases;
    this.toleranceS = SAME_TIME * epochS;
  }

  /** Starts the next inference if it is released; false if there is none. */
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
    this.state.replay = null;
    for (const position of this.state.positions) {
      position.run = 0;
      position.done = 0;
    }
    return true;
  }

  end(timeS: number): void {
    this.running = false;
    this.endS.push(timeS);
  }

  nextReleaseS(): number {
    const index = this.startS.length;
    return this.releases.releaseS(index, this.endS[index - 1] ?? 0);
  }

  /** Nothing runs, nothing comes, and the window is over. */
  finished(timeS: number): boolean {
    if (this.running || Number.isFinite(this.nextReleaseS())) return false;
    return timeS >= this.releases.leastEndS * (1 - 1e-12);
  }

  /** The next moment at which something happens while nothing runs. */
  nextEventS(timeS: number): number {
    const { leastEndS } = this.releases;
    return Math.min(this.nextReleaseS(), leastEndS > timeS ? leastEndS : Number.POSITIVE_INFINITY);
  }

  /** Inferences that are released and wait; those released only when the one before ends never do. */
  queued(timeS: number): number {
    this.released = Math.max(this.released, this.startS.length);
    while (this.releases.releaseS(this.released, Number.POSITIVE_INFINITY) <= timeS) this.released++;
    return this.released - this.startS.length;
  }
}
