import { leakageVoltage } from '../../design/power/index.ts';
import { columnJ, expectedIdleJ, voltagesAt } from '../loop/energy-at.ts';
import type { Run } from '../plant/prepared-run.ts';
import { steadyPower } from './steady-load.ts';

/** Largest difference between the steady temperatures of two sets of block powers, K. */
export function largestRise(resistance: Float64Array, a: Float64Array, b: Float64Array): number {
  const n = a.length;
  let largest = 0;
  for (let u = 0; u < n; u++) {
    let rise = 0;
    for (let v = 0; v < n; v++) rise += resistance[u * n + v] * (a[v] - b[v]);
    largest = Math.max(largest, Math.abs(rise));
  }
  return largest;
}

/** Block powers of inferences back to back at the fastest points, in their own steady state. */
export function fastestPower({ plant, programs }: Run): Float64Array {
  const { domains, componentDomain, blocks, places, idleClocks, waitingF } = plant;
  const { arrays, pipelines } = programs;
  const point = domains.map(({ points }) => points.length - 1);
  const { totalS, busyS } = pipelines.inference(point);
  const voltageV = voltagesAt(domains, point);
  const constantW = new Float64Array(blocks.length);
  for (const { energy, energyAt, total } of arrays) {
    energy.columns.forEach((column, k) => {
      if (column.block < 0) return;
      constantW[column.block] += columnJ(column, total[energyAt + k], componentDomain, voltageV) / totalS;
    });
  }
  for (const { array, domain, components } of idleClocks) {
    const { frequencyHz } = domains[domain].points[point[domain]];
    const waitingS = totalS - busyS[array * domains.length + domain];
    for (const c of components) {
      const powerW = expectedIdleJ(waitingF[c] * frequencyHz * waitingS, voltageV[domain]) / totalS;
      for (const block of places[c].blocks) constantW[block] += powerW / places[c].blocks.length;
    }
  }
  const leakingV = Float64Array.from(plant.leakageGroups.domain, (d) =>
    leakageVoltage(voltageV[d], plant.design.leakage.slopePerV),
  );
  return steadyPower(plant, { constantW, leakingV });
}
