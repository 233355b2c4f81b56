import { leakagePower, leakageVoltage } from '../../design/power/index.ts';
import { steadyResistance, steadyWithLeakage } from '../../thermal/index.ts';
import { columnJ, expectedIdleJ, voltagesAt } from '../loop/energy-at.ts';
import type { LoopResult } from '../loop/loop-result.ts';
import type { Plant } from '../plant/plant.ts';
import type { Run } from '../plant/prepared-run.ts';

/**
 * Block powers of the steady state that follows from a pass: its mean power, with leakage at the resulting temperature.
 * The pass may have leaked more than at its start temperature, because policies move voltage and temperature together;
 * this excess stays as constant power. Short runs stay near their start.
 */
export function steadyOf(plant: Plant, resistance: Float64Array, loop: LoopResult): Float64Array {
  const leakage = leakagePower(plant.leakage);
  plant.leakageGroups.ofSource.forEach((group, s) => {
    leakage.leakageV[s] = loop.meanLeakingV[group];
  });
  const atStartW = new Float64Array(loop.meanW.length);
  leakage.intoBlocks(loop.thermal!.startK, atStartW);
  const constantW = loop.meanW.map((powerW, u) => powerW - atStartW[u]);
  return steadyPower(plant, resistance, constantW, leakage.intoBlocks);
}

function steadyPower(
  plant: Plant,
  resistance: Float64Array,
  constantW: Float64Array,
  leakage: (temperatureK: Float64Array, powerW: Float64Array) => void,
): Float64Array {
  const { leakageW } = steadyWithLeakage(resistance, plant.model!.ambientK, constantW, leakage, {
    names: plant.blocks,
  });
  return constantW.map((powerW, u) => powerW + leakageW[u]);
}

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
  const leakage = leakagePower(plant.leakage);
  plant.leakage.forEach(({ component }, s) => {
    leakage.leakageV[s] = leakageVoltage(voltageV[componentDomain[component]], plant.design.leakage.slopePerV);
  });
  return steadyPower(plant, steadyResistance(plant.model!), constantW, leakage.intoBlocks);
}
