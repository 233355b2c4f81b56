import { type Job, jobWork, type Stage } from '../study/compare/index.ts';
import type { Progress } from './progress.ts';

/** Tells how far a comparison is: the jobs that are done of its present stage, and the share of all its work. */
export class StageShares {
  private readonly onProgress: Progress['update'];
  private stage: Stage = { activity: '', ahead: 0 };
  private works: readonly number[] = [];
  private shares = new Float64Array();
  /** Work that is done of all stages so far, and all of their work. */
  private doneWork = 0;
  private allWork = 0;
  /** Jobs of the stage that have ended. */
  private ended = 0;

  constructor(onProgress: Progress['update']) {
    this.onProgress = onProgress;
  }

  /** A stage begins; the one before it is done. */
  begin(jobs: readonly Job[], stage: Stage = { activity: 'runs', ahead: 0 }): void {
    this.stage = stage;
    this.works = jobs.map(jobWork);
    this.shares = new Float64Array(jobs.length);
    this.doneWork = this.allWork;
    this.allWork += this.works.reduce((sum, work) => sum + work, 0);
    this.ended = 0;
    if (jobs.length > 0) this.tell();
  }

  /** A part of a job of the stage is done. */
  note(index: number, share: number): void {
    this.doneWork += this.works[index] * (share - this.shares[index]);
    this.shares[index] = share;
    this.tell();
  }

  /** A job of the stage has ended. */
  end(index: number): void {
    this.ended++;
    this.note(index, 1);
  }

  private tell(): void {
    const { doneWork, allWork, works, stage, ended } = this;
    this.onProgress(`${stage.activity}: ${ended} of ${works.length} done`, doneWork / (allWork + stage.ahead));
  }
}
