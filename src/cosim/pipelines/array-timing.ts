import type { AcceleratorSpec, DramPointSpec } from '../../design/index.ts';
import { type ArrayClocks, computeSeconds, type QueueClocks, stageTiming } from '../../systolic/index.ts';
import type { Program } from '../plant/program.ts';

/** How long the runs of an array's program take at one choice of operating points. */
export interface ArrayTiming {
  /** Seconds of one stage of each run: if DRAM keeps up, and with the DRAM to itself. */
  readonly computeS: Float64Array;
  readonly stageS: Float64Array;
  /** The clocks, with the words that are there before each run. */
  readonly clocks: QueueClocks;
  /** Seconds before each run, with the DRAM to itself; the last entry is the whole inference. */
  readonly beforeS: Float64Array;
  /** Seconds in which a domain works, by domain: in one stage of each run, and before each run. */
  readonly busyStageS: readonly Float64Array[];
  readonly busyBeforeS: readonly Float64Array[];
}

/** Timings of one array, each worked out once. */
export function arrayTimings(
  { stages }: Program,
  spec: AcceleratorSpec,
  array: number,
): (point: ArrayLike<number>) => ArrayTiming {
  const { array: ofArray, ...ofPads } = arrayDomains(spec, array);
  const { dramDomain } = spec;
  const own = [...new Set([ofArray, ...Object.values(ofPads), ...(dramDomain < 0 ? [] : [dramDomain])])];
  const counts = own.map((d) => spec.domains[d].points.length);
  const known = new Map<number, ArrayTiming>();
  let lastKey = -1;
  let last: ArrayTiming;
  return (point) => {
    let key = 0;
    for (let i = 0; i < own.length; i++) key = key * counts[i] + point[own[i]];
    if (key === lastKey) return last;
    let timing = known.get(key);
    if (!timing) {
      timing = timeStages(point);
      known.set(key, timing);
    }
    lastKey = key;
    last = timing;
    return timing;
  };

  function timeStages(point: ArrayLike<number>): ArrayTiming {
    const at = operatingPoint(spec, array, point);
    const n = stages.length;
    const busyStageS = spec.domains.map(() => new Float64Array(n));
    stages.forEach((stage, r) => {
      busyStageS[ofArray][r] = stage.cycles / at.arrayHz;
      for (const pad of PADS) {
        const d = ofPads[pad];
        const portS = stage.portBits[pad] / (at.portBits[pad] * at.scratchpadHz[pad]);
        busyStageS[d][r] = Math.max(busyStageS[d][r], portS);
      }
      if (dramDomain >= 0) busyStageS[dramDomain][r] = (stage.bytesIn + stage.bytesOut) / at.dramBytesPerS;
    });
    const before = (ofStage: Float64Array): Float64Array => {
      const sums = new Float64Array(n + 1);
      for (let r = 0; r < n; r++) sums[r + 1] = sums[r] + stages[r].count * ofStage[r];
      return sums;
    };
    const { seconds: stageS, leads } = stageTiming(stages, at);
    return {
      computeS: Float64Array.from(stages, (stage) => computeSeconds(stage, at)),
      stageS,
      clocks: { point: at, seconds: stageS, leads },
      beforeS: before(stageS),
      busyStageS,
      busyBeforeS: busyStageS.map(before),
    };
  }
}

const PADS = ['ifmap', 'filter', 'ofmap'] as const;

/** Indices of an array's domains. */
function arrayDomains({ domains, arrays }: AcceleratorSpec, array: number) {
  const index = (name: string): number => domains.findIndex((domain) => domain.name === name);
  const { array: ofArray, ifmap, filter, ofmap } = arrays[array];
  return { array: index(ofArray), ifmap: index(ifmap), filter: index(filter), ofmap: index(ofmap) };
}

/** Clocks, ports and bandwidth of an array at the operating points of the domains. */
export function operatingPoint(spec: AcceleratorSpec, array: number, point: ArrayLike<number>): ArrayClocks {
  const { array: ofArray, ...ofPads } = arrayDomains(spec, array);
  const hz = (d: number): number => spec.domains[d].points[point[d]].frequencyHz;
  const { ifmap, filter, ofmap } = spec.scratchpads;
  const dram = dramAt(spec, point);
  return {
    arrayHz: hz(ofArray),
    scratchpadHz: { ifmap: hz(ofPads.ifmap), filter: hz(ofPads.filter), ofmap: hz(ofPads.ofmap) },
    portBits: { ifmap: ifmap.portBits, filter: filter.portBits, ofmap: ofmap.portBits },
    dramBytesPerS: dram.bytesPerS,
    dramLatencyS: dram.latencyS,
  };
}

/** What DRAM does at the operating points of the domains. */
export function dramAt({ dram, dramDomain }: AcceleratorSpec, point: ArrayLike<number>): DramPointSpec {
  return dramDomain < 0 ? dram : dram.points[point[dramDomain]];
}
