import type { ArrayClocks } from '../config.ts';
import { type Lead, type QueueTiming, queuedRunSeconds } from './queue-time.ts';
import type { StageRun } from './stage-run.ts';

/** A place in the stages: `done` (0 to its count) stages of run `run`. */
interface Place {
  readonly run: number;
  readonly done: number;
}

/**
 * The runs after a change of clocks, while fewer words are there than the new clocks would have read by then. They take longer than at
 * constant clocks.
 */
export interface QueueCourse {
  /** The run of the change. */
  readonly run: number;
  /** Seconds of one stage of this run and of those after it, on average over each run. */
  readonly seconds: readonly number[];
  /** The bytes that are there before these runs. */
  readonly leads: readonly Readonly<Lead>[];
}

/** Clocks that do not change, with their timing. */
export interface QueueClocks extends QueueTiming {
  readonly point: ArrayClocks;
}

const NO_LIMIT: Lead = { ifmap: Number.POSITIVE_INFINITY, filter: Number.POSITIVE_INFINITY };

/**
 * The course after a change from one setting of the clocks to another (docs/methods/memory-next-use.md, "Changes of clocks"). Null if
 * the new clocks would have read no more words, or if DRAM does not read ahead.
 */
export function courseAfter(
  stages: readonly StageRun[],
  { run, done }: Place,
  from: QueueClocks,
  course: QueueCourse | null,
  to: QueueClocks,
): QueueCourse | null {
  if (run >= to.leads.length) return null;
  // The end of a run has no more words than any of the clocks that it worked at would have left.
  const limit = done > 0 ? leadBefore(run + 1, from, course) : NO_LIMIT;
  let lead = least(leadBefore(run, from, course), to.leads[run]);
  if (isAsMuch(lead, to.leads[run]) && isAsMuch(limit, to.leads[run + 1] ?? limit)) return null;
  const seconds: number[] = [];
  const leads: Lead[] = [];
  for (let r = run; r < stages.length && (r === run || !isAsMuch(lead, to.leads[r])); r++) {
    leads.push({ ...lead });
    seconds.push(queuedRunSeconds(stages, r, lead, to.point));
    if (r === run) lead = least(lead, limit);
  }
  return { run, seconds, leads };
}

function isAsMuch(a: Readonly<Lead>, b: Readonly<Lead>): boolean {
  return a.ifmap >= b.ifmap && a.filter >= b.filter;
}

function least(a: Readonly<Lead>, b: Readonly<Lead>): Lead {
  return { ifmap: Math.min(a.ifmap, b.ifmap), filter: Math.min(a.filter, b.filter) };
}

/** The bytes that are there before a run; without limit after the last one. */
function leadBefore(run: number, { leads }: QueueClocks, course: QueueCourse | null): Readonly<Lead> {
  return course?.leads[run - course.run] ?? leads[run] ?? NO_LIMIT;
}
