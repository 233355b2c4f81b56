import type { QueuedOperand, QueuedReads, StageRun } from './stage-run.ts';
import { computeSeconds, stageSeconds } from './stage-time.ts';
import type { OperatingPoint } from './types.ts';

/** Bytes that are there before they are needed. */
interface Lead {
  ifmap: number;
  filter: number;
}

/**
 * Seconds of one stage of each run, on average over the run, with a DRAM that reads ahead as far as there is space (docs/methods/memory-next-use.md, "Time"). Cost: the
 * passes that change the lead; once it is steady the others of a run take as long.
 */
export function queueSeconds(stages: readonly StageRun[], point: OperatingPoint): Float64Array {
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
    seconds[r] = runSeconds(stage, queue, lead, point) / stage.count;
  });
  return seconds;
}

function drainSeconds(stage: StageRun, point: OperatingPoint): number {
  return stage.kind === 'drain' ? stage.bytesOut / point.dramBytesPerS : stageSeconds(stage, point);
}

/** What is there as a layer's first pass begins to wait. */
function startOf({ carriesFilters }: QueuedReads, { filter }: Lead): Lead {
  return { ifmap: 0, filter: carriesFilters ? filter : 0 };
}

/** Until what a pass cannot begin without is there. */
function waitSeconds({ ifmap, filter }: QueuedReads, lead: Lead, point: OperatingPoint): number {
  const bytes = Math.max(0, ifmap.preBytes - lead.ifmap) + Math.max(0, filter.preBytes - lead.filter);
  return bytes > 0 ? bytes / point.dramBytesPerS + point.dramLatencyS : 0;
}

/** Seconds of all passes of a run; the lead moves on. */
function runSeconds(stage: StageRun, queue: QueuedReads, lead: Lead, point: OperatingPoint): number {
  const { count } = stage;
  const computeS = computeSeconds(stage, point);
  let sum = 0;
  for (let j = 0; j < count; j++) {
    const { ifmap, filter } = lead;
    const takes = passSeconds(queue, count - 1 - j, lead, computeS, point);
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

function passSeconds(queue: QueuedReads, left: number, lead: Lead, computeS: number, point: OperatingPoint): number {
  const { ifmap, filter, otherBytes, isFirst, nextFilterBytes } = queue;
  const { dramBytesPerS, dramLatencyS } = point;
  if (isFirst) Object.assign(lead, startOf(queue, lead));
  const waitS = isFirst ? 0 : waitSeconds(queue, lead, point);
  const need = (operand: QueuedOperand, ahead: number): number =>
    operand.bytes - Math.min(operand.bytes, Math.max(ahead, operand.preBytes));
  const needs = { ifmap: need(ifmap, lead.ifmap), filter: need(filter, lead.filter) };
  const bytes = otherBytes + needs.ifmap + needs.filter;
  const streams = (ifmap.streams && needs.ifmap > 0) || (filter.streams && needs.filter > 0);
  const workS = Math.max(computeS, bytes / dramBytesPerS + (streams ? dramLatencyS : 0));
  let spare = Math.max(0, workS * dramBytesPerS - bytes);
  const readAhead = (operand: QueuedOperand, ahead: number, beyond: number): number => {
    const rest = Math.max(0, ahead - operand.bytes);
    const later = left * operand.bytes + operand.laterBytes;
    const space = later > 0 ? Math.min(operand.spaceBytes, later) : beyond;
    const more = Math.min(spare, Math.max(0, space - rest));
    spare -= more;
    return rest + more;
  };
  lead.filter = readAhead(filter, lead.filter, nextFilterBytes);
  lead.ifmap = readAhead(ifmap, lead.ifmap, 0);
  return waitS + workS;
}
