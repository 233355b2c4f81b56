import type { ArrayClocks } from '../config.ts';
import type { QueuedOperand, QueuedReads, StageRun } from './stage-run.ts';
import { computeSeconds, stageSeconds } from './stage-time.ts';

/** Bytes that are there before they are needed. */
interface Lead {
  ifmap: number;
  filter: number;
}

/**
 * Seconds of one stage of each run, on average over the run, with a DRAM that reads ahead as far as there is space (docs/methods/memory-next-use.md, "Time"). Cost: the
 * passes that change the lead; once it is steady the others of a run take as long.
 */
export function queueSeconds(stages: readonly StageRun[], point: ArrayClocks): Float64Array {
  const lead: Lead = { ifmap: 0, filter: 0 };
  const seconds = new Float64Array(stages.length);
  stages.forEach((stage, r) => {
    const { queue } = stage;
    if (!queue) {
      // The fill before a pass waits for less if filters are there.
      const next = stages[r + 1]?.queue;
      const isFill = stage.kind === 'fill' && next;
      seconds[r] = isFill ? waitSeconds(next, startOf(next, lead), point) : drainSeconds(stage, point);
      return;
    }
    seconds[r] = runSeconds(stage, queue, nextReads(stages, r), lead, point) / stage.count;
  });
  return seconds;
}

function drainSeconds(stage: StageRun, point: ArrayClocks): number {
  return stage.kind === 'drain' ? stage.bytesOut / point.dramBytesPerS : stageSeconds(stage, point);
}

/** What is there as a layer's first pass begins to wait. */
function startOf({ carriesFilters }: QueuedReads, { filter }: Lead): Lead {
  return { ifmap: 0, filter: carriesFilters ? filter : 0 };
}

/** Until what a pass cannot begin without is there. */
function waitSeconds({ ifmap, filter, isLate }: QueuedReads, lead: Lead, point: ArrayClocks): number {
  const bytes = Math.max(0, ifmap.preBytes - lead.ifmap) + Math.max(0, filter.preBytes - lead.filter);
  return bytes / point.dramBytesPerS + (isLate ? point.dramLatencyS : 0);
}

/** What the pass after a run reads; after the last of all nothing. */
function nextReads(stages: readonly StageRun[], r: number): QueuedReads | null {
  for (let next = r + 1; next < stages.length; next++) {
    const { queue } = stages[next];
    if (queue) return queue;
  }
  return null;
}

/** Seconds of all passes of a run; the lead moves on. */
function runSeconds(
  stage: StageRun,
  queue: QueuedReads,
  after: QueuedReads | null,
  lead: Lead,
  point: ArrayClocks,
): number {
  const { count } = stage;
  const computeS = computeSeconds(stage, point);
  let sum = 0;
  for (let j = 0; j < count; j++) {
    const { ifmap, filter } = lead;
    const isLast = j === count - 1;
    const takes = passSeconds(queue, isLast ? after : queue, count - 1 - j, lead, computeS, point);
    sum += takes;
    if (lead.ifmap !== ifmap || lead.filter !== filter) continue;
    const alike = Math.min(alikePasses(queue.ifmap, count - 1 - j), alikePasses(queue.filter, count - 1 - j));
    sum += alike * takes;
    j += alike;
  }
  return sum;
}

/** How many of the passes that are left see as much to read ahead as there is space for. */
function alikePasses({ bytes, spaceBytes, laterBytes }: QueuedOperand, left: number): number {
  if (laterBytes >= spaceBytes || bytes === 0) return left;
  return Math.max(0, left - Math.ceil((spaceBytes - laterBytes) / bytes));
}

function passSeconds(
  queue: QueuedReads,
  next: QueuedReads | null,
  left: number,
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
  if (next) {
    const space = { ifmap: spaceOf(ifmap, left, 0), filter: spaceOf(filter, left, nextFilterBytes) };
    readAhead(lead, space, next, Math.max(0, workS * dramBytesPerS - bytes));
  }
  return waitS + workS;
}

/** Space for reads of later passes of the layer; `beyond` is that for reads of the next one. */
function spaceOf({ bytes, spaceBytes, laterBytes }: QueuedOperand, left: number, beyond: number): number {
  const later = left * bytes + laterBytes;
  return later > 0 ? Math.min(spaceBytes, later) : beyond;
}

/** Spends `spare` bytes: on what the next pass cannot begin without, on what else it reads, on what passes after it read. */
function readAhead(lead: Lead, space: Lead, next: QueuedReads, spare: number): void {
  let left = spare;
  for (const wanted of ['preBytes', 'bytes', null] as const) {
    for (const operand of ['filter', 'ifmap'] as const) {
      const most = wanted === null ? space[operand] : Math.min(space[operand], next[operand][wanted]);
      const more = Math.min(left, Math.max(0, most - lead[operand]));
      lead[operand] += more;
      left -= more;
    }
  }
}
