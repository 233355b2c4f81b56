/** The pipeline of stages of docs/methods/memory.md, and how long a stage takes: by the formula, and by stepping. */
import type { PlannedLayer } from './memory-words.ts';
import { fitsInto, INPUTS, type MemoryConfig, SCRATCHPADS, type Scratchpad } from './touched-words.ts';

export interface ReferenceStage {
  kind: 'fill' | 'compute' | 'drain';
  layer: number;
  /** Index into the layer's folds; null for fill and drain stages. */
  fold: number | null;
  cycles: number;
  dramBytesIn: number;
  dramBytesOut: number;
  padBits: Record<Scratchpad, number>;
}

export interface MemoryOperatingPoint {
  arrayHz: number;
  padHz: Record<Scratchpad, number>;
  padWidthBits: Record<Scratchpad, number>;
  dramBytesPerS: number;
  dramLatencyS: number;
}

// ---- stages ---------------------------------------------------------------------------------------------------------

export function formStages(layers: readonly PlannedLayer[], config: MemoryConfig): ReferenceStage[] {
  const stages: ReferenceStage[] = [];
  let leaving = 0;
  const drain = (layer: number) => {
    if (leaving > 0) stages.push({ ...idle('drain', layer), dramBytesOut: leaving });
    leaving = 0;
  };
  layers.forEach(({ summary: { folds }, first, firstResultBits }, layer) => {
    const fill = folds[0].prefetchBytes.ifmap + folds[0].prefetchBytes.filter;
    const before = layer > 0 ? layers[layer - 1] : undefined;
    const overlaps = before !== undefined && config.prefetchAcrossLayers && fitsBeside(before.last, first, config);
    if (before && !config.prefetchAcrossLayers) drain(layer - 1);
    if (before && overlaps && !fitsInto(config, 'ofmap', before.lastResultBits + firstResultBits)) drain(layer - 1);
    if (overlaps) {
      // A drain pushed just now comes after the stage in which the words arrive: the last that computed.
      stages.findLast(({ kind }) => kind === 'compute')!.dramBytesIn += fill;
    } else if (fill > 0) {
      stages.push({ ...idle('fill', layer), dramBytesIn: fill, dramBytesOut: leaving });
      leaving = 0;
    }
    folds.forEach(({ cycles, padBits, streamBytes, outBytes }, fold) => {
      const next = folds[fold + 1]?.prefetchBytes ?? { ifmap: 0, filter: 0 };
      const dramBytesIn = streamBytes.ifmap + streamBytes.filter + streamBytes.psumIn + next.ifmap + next.filter;
      const dramBytesOut = leaving + streamBytes.psumOut + streamBytes.results;
      stages.push({ kind: 'compute', layer, fold, cycles, dramBytesIn, dramBytesOut, padBits });
      leaving = outBytes;
    });
  });
  drain(layers.length - 1);
  return stages;
}

function fitsBeside(last: PlannedLayer['last'], first: PlannedLayer['first'], config: MemoryConfig): boolean {
  return INPUTS.every((operand) => {
    const { prefetched, bits } = first[operand];
    return !prefetched || bits === 0 || fitsInto(config, operand, last[operand] + bits);
  });
}

function idle(kind: 'fill' | 'drain', layer: number): ReferenceStage {
  const padBits = { ifmap: 0, filter: 0, ofmap: 0 };
  return { kind, layer, fold: null, cycles: 0, dramBytesIn: 0, dramBytesOut: 0, padBits };
}

// ---- time, twice ----------------------------------------------------------------------------------------------------

/** The formula of memory.md. */
export function stageTimeS(stage: ReferenceStage, op: MemoryOperatingPoint): number {
  const bytes = stage.dramBytesIn + stage.dramBytesOut;
  return Math.max(
    stage.cycles / op.arrayHz,
    ...SCRATCHPADS.map((pad) => stage.padBits[pad] / (op.padWidthBits[pad] * op.padHz[pad])),
    bytes / op.dramBytesPerS + (stage.dramBytesIn > 0 ? op.dramLatencyS : 0),
  );
}

/**
 * The same stage by doing its work one piece at a time: array cycles, bits at each scratchpad's port, bits to and from DRAM
 * (latency first), each with its own period in whole ticks. Frequencies, widths and bandwidth must be integers, the latency
 * a whole number of picoseconds.
 */
export function stageTimeByStepping(stage: ReferenceStage, op: MemoryOperatingPoint): number {
  const padRate = (pad: Scratchpad) => op.padWidthBits[pad] * op.padHz[pad];
  const dramRate = op.dramBytesPerS * 8;
  const ticksPerS = [op.arrayHz, ...SCRATCHPADS.map(padRate), dramRate, 1e12].map(BigInt).reduce(leastCommonMultiple);
  const latency = (BigInt(Math.round(op.dramLatencyS * 1e12)) * ticksPerS) / BigInt(1e12);
  const worker = (pieces: number, perSecond: number, start = 0n) => {
    if (!Number.isInteger(pieces)) throw new Error(`not a whole number of pieces: ${pieces}`);
    const period = ticksPerS / BigInt(perSecond);
    return { left: pieces, period, next: start + period };
  };
  const workers = [
    worker(stage.cycles, op.arrayHz),
    ...SCRATCHPADS.map((pad) => worker(stage.padBits[pad], padRate(pad))),
    worker((stage.dramBytesIn + stage.dramBytesOut) * 8, dramRate, stage.dramBytesIn > 0 ? latency : 0n),
  ];
  let now = 0n;
  for (;;) {
    const busy = workers.filter(({ left }) => left > 0);
    if (busy.length === 0) return Number(now) / Number(ticksPerS);
    now = busy.map(({ next }) => next).sort((a, b) => (a < b ? -1 : 1))[0];
    for (const each of busy.filter(({ next }) => next === now)) {
      each.left--;
      each.next += each.period;
    }
  }
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}
