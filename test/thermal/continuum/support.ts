import type { ContinuumNetwork, Resolution } from '../../../src/thermal/continuum/index.ts';
import { continuumNetwork, continuumSteady } from '../../../src/thermal/continuum/index.ts';
import { type Block, makeFloorplan } from '../../../src/thermal/floorplan/index.ts';
import type { ReducedModel } from '../../../src/thermal/index.ts';
import type { ThermalStack } from '../../../src/thermal/network/index.ts';

export const mm = 1e-3;

/** A block by its west and south edges and its sides, mm. */
export function block(name: string, left: number, bottom: number, width: number, height: number): Block {
  return { name, leftM: left * mm, bottomM: bottom * mm, widthM: width * mm, heightM: height * mm };
}

/** A stack whose first layer's outer face has these blocks; the die's box is that of the blocks, or of the given sides in mm. */
export function heated(
  stack: ThermalStack,
  blocks: readonly Block[],
  [width, height]: readonly [number, number],
  resolution?: Resolution,
): ContinuumNetwork {
  const floorplan = makeFloorplan(blocks, { gaps: 'allow', die: { widthM: width * mm, heightM: height * mm } });
  return continuumNetwork(stack, [{ face: 0, floorplan, power: true }], { rows: 16, columns: 16 }, resolution);
}

/** Steady rises of the blocks, K. */
export function steadyRises(network: ContinuumNetwork, powerW: readonly number[]): Float64Array {
  const source = new Float64Array(network.nodes);
  const rise = new Float64Array(network.nodes);
  network.sourceNodes.forEach((node, u) => {
    source[node] = powerW[u];
  });
  continuumSteady(network).solve(source, rise);
  return Float64Array.from(network.sourceNodes, (node) => rise[node]);
}

/** Rise of block u after `timeS` of 1 W in block v, K. */
export function stepResponse(
  { blocks, modes, rate, input, output }: ReducedModel,
  u: number,
  v: number,
  timeS: number,
): number {
  let sum = 0;
  for (let i = 0; i < modes; i++) {
    sum += (output[u * modes + i] * input[i * blocks + v] * -Math.expm1(-rate[i] * timeS)) / rate[i];
  }
  return sum;
}
