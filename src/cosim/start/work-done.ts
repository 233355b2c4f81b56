/** A pass through the loop. Work counts in passes over the whole run. */
export interface PassPlan {
  /** Its purpose, in a few words. */
  readonly activity: string;
  /** Its own work, and that of the passes that are expected after it. */
  readonly work: number;
  readonly ahead: number;
}

/** The plan of a run that looks for no start. */
export const ONLY_PASS: PassPlan = { activity: 'run', work: 1, ahead: 0 };

/** The share of a run's work that is done. It never falls, although the number of passes to come is an estimate. */
export class WorkDone {
  private readonly after: number;
  private before = 0;
  private work = 0;
  private ahead = 0;
  private most = 0;

  /** `after` is the work that follows all passes. */
  constructor(after: number) {
    this.after = after;
  }

  /** A piece of work begins; the one before it is done. */
  begin({ work, ahead }: PassPlan): void {
    this.before += this.work;
    [this.work, this.ahead] = [work, ahead];
  }

  /** The share when `part` of the present piece is done, 0 to 1. */
  share(part: number): number {
    const { before, work, ahead, after } = this;
    this.most = Math.max(this.most, Math.min(1, (before + part * work) / (before + work + ahead + after)));
    return this.most;
  }
}
