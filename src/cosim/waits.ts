import { type ArrayClocks, OPERANDS, type StageRun, stageSeconds, stageTimes } from '../systolic/index.ts';
import { operatingPoint } from './pipelines/index.ts';
import type { Plant } from './plant/plant.ts';
import type { Programs } from './plant/programs.ts';
import type { Trace, Wait } from './result.ts';

const WAITS: readonly Wait[] = ['array', 'ifmap port', 'filter port', 'ofmap port', 'DRAM'];

/**
 * Names the resource that each layer waits for longest, at the operating points nearest to the run's mean clocks. A stage
 * waits for the slowest of array, ports and DRAM; fills and drains wait for DRAM. Several arrays share the DRAM equally.
 */
export function layerWaits({ design, domains }: Plant, { arrays, schedules }: Programs, trace: Trace): Wait[] {
  const { spec } = design;
  const point = domains.map(({ points, nominal }, d) => {
    const meanHz = meanFrequency(trace, d);
    if (meanHz === null) return nominal;
    const off = points.map(({ frequencyHz }) => Math.abs(frequencyHz - meanHz));
    return off.indexOf(Math.min(...off));
  });
  const seconds = schedules.map(() => new Float64Array(WAITS.length));
  arrays.forEach(({ stages }, a) => {
    const at = operatingPoint(spec, a, point);
    const shared = { ...at, dramBytesPerS: at.dramBytesPerS / arrays.length };
    const times = arrays.length === 1 ? stageTimes(stages, at) : stages.map((stage) => stageSeconds(stage, shared));
    stages.forEach((stage, r) => {
      seconds[stage.layer][slowest(stage, times[r], at)] += stage.count * times[r];
    });
  });
  return seconds.map((ofWaits) => WAITS[ofWaits.indexOf(Math.max(...ofWaits))]);
}

/** Mean clock of a domain, Hz, over the time in which it has work; null if it never has. */
function meanFrequency({ epochs, domains, durationS }: Trace, d: number): number | null {
  const { frequencyHz, busy, stall } = domains[d];
  let sum = 0;
  let weight = 0;
  for (let n = 0; n < epochs; n++) {
    const worksS = durationS[n] * (busy[n] + stall[n]);
    sum += worksS * frequencyHz[n];
    weight += worksS;
  }
  return weight > 0 ? sum / weight : null;
}

/** Index in `WAITS` of the resource that sets the time of a stage. */
function slowest({ cycles, portBits }: StageRun, stageS: number, at: ArrayClocks): number {
  const partsS = [
    cycles / at.arrayHz,
    ...OPERANDS.map((operand) => portBits[operand] / (at.portBits[operand] * at.scratchpadHz[operand])),
  ];
  const longest = Math.max(...partsS);
  return stageS > longest * (1 + 1e-9) ? WAITS.indexOf('DRAM') : partsS.indexOf(longest);
}
