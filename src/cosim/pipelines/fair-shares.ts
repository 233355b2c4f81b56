/** One stage of each array; an array with `computeS` and `bytes` of 0 does nothing. */
export interface ArrayRates {
  /** Seconds of a stage if DRAM keeps up. */
  readonly computeS: Float64Array;
  /** Bytes that cross DRAM during a stage. */
  readonly bytes: Float64Array;
  /** Seconds by which DRAM is late in every stage; they occupy no bandwidth. */
  readonly latencyS: Float64Array;
  /** Seconds a stage takes: the result. */
  readonly stageS: Float64Array;
}

/**
 * Shares `bytesPerS` out fairly (max-min): who wants less than an equal share gets what it wants, the others share the rest
 * equally. An array wants so much that its stage takes no longer than it computes.
 */
export function fairShares({ computeS, bytes, latencyS, stageS }: ArrayRates, bytesPerS: number): void {
  let left = bytesPerS;
  let unserved = 0;
  for (let a = 0; a < bytes.length; a++) {
    stageS[a] = computeS[a];
    if (bytes[a] > 0) {
      stageS[a] = -1;
      unserved++;
    }
  }
  for (let served = -1; served !== 0 && unserved > 0; ) {
    served = 0;
    const share = left / unserved;
    for (let a = 0; a < bytes.length; a++) {
      const spareS = computeS[a] - latencyS[a];
      if (stageS[a] >= 0 || bytes[a] > share * spareS) continue;
      stageS[a] = computeS[a];
      left -= bytes[a] / spareS;
      unserved--;
      served++;
    }
  }
  for (let a = 0; a < bytes.length; a++) {
    if (stageS[a] < 0) stageS[a] = (bytes[a] * unserved) / left + latencyS[a];
  }
}
