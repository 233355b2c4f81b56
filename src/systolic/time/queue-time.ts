import type { ArrayClocks } from '../config.ts';
import type { QueuedOperand, QueuedReads, StageRun } from './stage-run.ts';
import { computeSeconds, stageSeconds } from './stage-time.ts';

/** Bytes that are there before they are needed. */
export interface Lead {
  ifmap: number;
  filter: number;
}

/** Equal passes that are still to come. */
interface ComingPasses {
  readonly queue: QueuedReads;
  readonly count: number;
}

/** The time of passes at constant clocks. */
export interface QueueTiming {
  /** Seconds of one stage of each run, on average over the run. */
  readonly seconds: Float64Array;
  /** The bytes that are there before each run. */
  readonly leads: readonly Readonly<Lead>[];
}

/**
 * The timing of passes with a DRAM that reads ahead as far as there is space (docs/methods/memory-next-use.md, "Time"). Cost: the
 * passes that change the lead; once it is steady the others of a run take as long.
 */
export function queueTiming(stages: readonly StageRun[], point: ArrayClocks): QueueTiming {
  const lead: Lead = { ifmap: 0, filter: 0 };
  const leads: Lead[] = [];
  const seconds = Float64Array.from(stages, (_, r) => {
    leads.push({ ...lead });
    return queuedRunSeconds(stages, r, lead, point);
  });
  return { seconds, leads };
}

/** Seconds of one stage of a run, on average over the run, from a lead before it; the lead moves on. */
export function queuedRunSeconds(stages: readonly StageRun[], r: number, lead: Lead, point: ArrayClocks): number {
  const stage = stages[r];
  const { queue, count } = stage;
  if (queue) return passesSeconds(stages, r, queue, lead, point) / count;
  // The fill before a pass waits for less if filters are there.
  const next = stages[r + 1]?.queue;
  const isFill = stage.kind === 'fill' && next;
  return isFill ? waitSeconds(next, startOf(next, lead), point) : drainSeconds(stage, point);
}

function drainSeconds(stage: StageRun, point: ArrayClocks): number {
  return stage.kind === 'drain' ? stage.bytesOut / point.dramBytesPerS : stageSeconds(stage, point);
}

/** The lead with which a layer's first pass begins to wait. */
function startOf({ carriesFilters }: QueuedReads, { filter }: Lead): Lead {
  return { ifmap: 0, filter: carriesFilters ? filter : 0 };
}

/** Seconds until the words are there without which a pass cannot begin. */
function waitSeconds({ ifmap, filter, isLate }: QueuedReads, lead: Lead, point: ArrayClocks): number {
  const bytes = Math.max(0, ifmap.preBytes - lead.ifmap) + Math.max(0, filter.preBytes - lead.filter);
  return bytes / point.dramBytesPerS + (isLate ? point.dramLatencyS : 0);
}

/** The passes after a pass, in order: the rest of its run and the later runs of its layer; after the last pass, the first of the next layer. */
function* comingPasses(stages: readonly StageRun[], r: number, left: number): Generator<ComingPasses> {
  const { layer, queue } = stages[r];
  if (left > 0 && queue) yield { queue, count: left };
  let isLast = left === 0;
  for (let next = r + 1; next < stages.length; next++) {
    const run = stages[next];
    if (!run.queue) continue;
    if (run.layer !== layer && !isLast) return;
    yield { queue: run.queue, count: run.count };
    if (run.layer !== layer) return;
    isLast = false;
  }
}

/** Seconds of all passes of a run; the lead moves on. */
function passesSeconds(
  stages: readonly StageRun[],
  r: number,
  queue: QueuedReads,
  lead: Lead,
  point: ArrayClocks,
): number {
  const { count } = stages[r];
  const computeS = computeSeconds(stages[r], point);
  let sum = 0;
  for (let j = 0; j < count; j++) {
    const { ifmap, filter } = lead;
    const left = count - 1 - j;
    const takes = passSeconds(queue, left, comingPasses(stages, r, left), lead, computeS, point);
    sum += takes;
    if (left === 0 || lead.ifmap !== ifmap || lead.filter !== filter) continue;
    const alike = Math.min(alikePasses(queue.ifmap, ifmap, left), alikePasses(queue.filter, filter, left));
    sum += alike * takes;
    j += alike;
  }
  return sum;
}

/** How many of the passes that are left see as much to read ahead as there is space for, and as they have, within their run. */
function alikePasses({ bytes, spaceBytes, laterBytes }: QueuedOperand, ahead: number, left: number): number {
  if (bytes === 0) return laterBytes >= spaceBytes ? left : 0;
  const within = Math.ceil(ahead / bytes) + 1;
  const full = laterBytes >= spaceBytes ? 0 : Math.ceil((spaceBytes - laterBytes) / bytes);
  return Math.max(0, left - Math.max(within, full));
}

function passSeconds(
  queue: QueuedReads,
  left: number,
  coming: Iterable<ComingPasses>,
  lead: Lead,
  computeS: number,
  point: ArrayClocks,
): number {
  const { ifmap, filter, otherBytes, isFirst, nextFilterBytes } = queue;
  const { dramBytesPerS, dramLatencyS } = point;
  if (isFirst) Object.assign(lead, startOf(queue, lead));
  const waitS = isFirst ? 0 : waitSeconds(queue, lead, point);
  const need = (operand: QueuedOperand, ahead: number): number =>
    operand.bytes - Math.min(operand.bytes, Math.max(ahead, operand.preBytes));
  const needs = { ifmap: need(ifmap, lead.ifmap), filter: need(filter, lead.filter) };
  const bytes = otherBytes + needs.ifmap + needs.filter;
  const streams = (ifmap.streams && ifmap.bytes > 0) || (filter.streams && filter.bytes > 0);
  const workS = Math.max(computeS, bytes / dramBytesPerS + (streams ? dramLatencyS : 0));
  lead.ifmap = Math.max(0, lead.ifmap - ifmap.bytes);
  lead.filter = Math.max(0, lead.filter - filter.bytes);
  const space = { ifmap: spaceOf(ifmap, left, 0), filter: spaceOf(filter, left, nextFilterBytes) };
  readAhead(lead, space, coming, Math.max(0, workS * dramBytesPerS - bytes));
  return waitS + workS;
}

/** Space for reads of later passes of the layer; `beyond` is that for reads of the next one. */
function spaceOf({ bytes, spaceBytes, laterBytes }: QueuedOperand, left: number, beyond: number): number {
  const later = left * bytes + laterBytes;
  return later > 0 ? Math.min(spaceBytes, later) : beyond;
}

/**
 * Spends `spare` bytes on coming passes, in their order, as far as there is space: for each on what it cannot begin without, then on what else it reads; filters
 * first.
 */
function readAhead(lead: Lead, space: Lead, coming: Iterable<ComingPasses>, spare: number): void {
  let left = spare;
  const read = (operand: keyof Lead, most: number): void => {
    const more = Math.min(left, Math.max(0, Math.min(most, space[operand]) - lead[operand]));
    lead[operand] += more;
    left -= more;
  };
  let filterBytes = 0;
  let ifmapBytes = 0;
  const isOver = (): boolean => left === 0 || (lead.filter >= space.filter && lead.ifmap >= space.ifmap);
  for (const { queue, count } of coming) {
    if (isOver()) return;
    const { ifmap, filter } = queue;
    // Passes of which all is there, or for whose words there is no space.
    const covered = (operand: keyof Lead, before: number, bytes: number): number =>
      bytes === 0 || lead[operand] >= space[operand] ? count : Math.floor((lead[operand] - before) / bytes);
    const known = Math.min(
      count,
      Math.max(0, Math.min(covered('filter', filterBytes, filter.bytes), covered('ifmap', ifmapBytes, ifmap.bytes))),
    );
    filterBytes += known * filter.bytes;
    ifmapBytes += known * ifmap.bytes;
    for (let k = known; k < count; k++) {
      read('filter', filterBytes + filter.preBytes);
      read('ifmap', ifmapBytes + ifmap.preBytes);
      filterBytes += filter.bytes;
      ifmapBytes += ifmap.bytes;
      read('filter', filterBytes);
      read('ifmap', ifmapBytes);
      if (isOver()) return;
    }
  }
  // Filters of a layer beyond its first pass.
  read('filter', space.filter);
}
