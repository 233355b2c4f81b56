/** The words that a single array's DRAM has read ahead, through changes of clocks (docs/methods/memory-next-use.md, "Changes of clocks"). */

import type { ArrayClocks, StageRun } from '../../../src/systolic/index.ts';
import { type Lead, queuedRunSeconds } from '../../../src/systolic/time/queue-time.ts';

/** Clocks that never change: seconds of a stage of each run, and the words before each run; none if DRAM does not read ahead. */
interface Held {
  readonly point: ArrayClocks;
  readonly seconds: Float64Array;
  readonly leads: readonly Readonly<Lead>[];
}

const least = (a: Readonly<Lead>, b: Readonly<Lead>): Lead => ({
  ifmap: Math.min(a.ifmap, b.ifmap),
  filter: Math.min(a.filter, b.filter),
});
const EVER: Lead = { ifmap: Number.POSITIVE_INFINITY, filter: Number.POSITIVE_INFINITY };

/** A queue at the run under way. It never changes: events make new ones. */
export class Queue {
  private readonly stages: readonly StageRun[];
  private readonly held: (points: readonly number[]) => Held;
  /** Null before any clock has run. */
  private readonly points: readonly number[] | null;
  /** Words before the run under way, and the most that its end may have. */
  private readonly lead: Readonly<Lead>;
  private readonly most: Readonly<Lead>;

  constructor(
    stages: readonly StageRun[],
    held: (points: readonly number[]) => Held,
    points: readonly number[] | null = null,
    lead: Readonly<Lead> = { ifmap: 0, filter: 0 },
    most: Readonly<Lead> = EVER,
  ) {
    this.stages = stages;
    this.held = held;
    this.points = points;
    this.lead = lead;
    this.most = most;
  }

  /** Goes on at other points, `done` parts of a run. */
  changed(points: readonly number[], run: number, done: number): Queue {
    const { stages, held, lead, most } = this;
    if (run >= stages.length || this.points?.join() === points.join()) return this;
    const now = held(points);
    if (now.leads.length === 0) return new Queue(stages, held, [...points]);
    const limit = done > 0 && this.points ? least(most, this.end(run)) : EVER;
    return new Queue(stages, held, [...points], least(lead, now.leads[run]), limit);
  }

  /** Seconds of a whole run from its words on. */
  runS(run: number): number {
    const { seconds, leads, point } = this.held(this.points!);
    const { count } = this.stages[run];
    if (leads.length === 0) return count * seconds[run];
    return count * queuedRunSeconds(this.stages, run, { ...this.lead }, point);
  }

  /** At the next run. */
  after(run: number): Queue {
    const { stages, held, points, most } = this;
    if (held(points!).leads.length === 0) return this;
    return new Queue(stages, held, points, least(this.end(run), most));
  }

  /** Words after a run. */
  private end(run: number): Lead {
    const { leads, point } = this.held(this.points!);
    if (leads.length === 0) return EVER;
    const lead = { ...this.lead };
    queuedRunSeconds(this.stages, run, lead, point);
    return lead;
  }
}
