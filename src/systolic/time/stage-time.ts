import type { ArrayClocks } from '../config.ts';
import type { StageRun } from './stage-run.ts';

/** Seconds of one stage of a run: the slowest of array, scratchpad ports and DRAM. */
export function stageSeconds(stage: StageRun, point: ArrayClocks): number {
  const { bytesIn, bytesOut } = stage;
  const transfer = (bytesIn + bytesOut) / point.dramBytesPerS + (bytesIn > 0 ? point.dramLatencyS : 0);
  return Math.max(computeSeconds(stage, point), transfer);
}

/** Seconds of one stage of a run if DRAM keeps up. */
export function computeSeconds({ portBits, cycles }: StageRun, point: ArrayClocks): number {
  return Math.max(
    cycles / point.arrayHz,
    portBits.ifmap / (point.portBits.ifmap * point.scratchpadHz.ifmap),
    portBits.filter / (point.portBits.filter * point.scratchpadHz.filter),
    portBits.ofmap / (point.portBits.ofmap * point.scratchpadHz.ofmap),
  );
}
