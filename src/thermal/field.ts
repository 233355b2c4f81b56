import { applyRows, applyTransposed, type BlockMap } from './grid-map.ts';
import type { GridNetwork, ThermalNetwork } from './network.ts';

/** Block powers (W) as a source by node, W: they enter plane 0. */
export function nodeSources(network: ThermalNetwork, map: BlockMap, powerW: ArrayLike<number>): Float64Array {
  const source = new Float64Array(network.nodes);
  applyTransposed(map.spread, powerW, source, 0);
  return source;
}

/** Block temperatures (K) of a field of rises by node; of plane 0 unless said otherwise. */
export function blockTemperatures(network: GridNetwork, map: BlockMap, rise: Float64Array, plane = 0): Float64Array {
  const means = new Float64Array(map.mean.start.length - 1);
  applyRows(map.mean, rise, plane * network.cells, means);
  return means.map((value) => value + network.ambientK);
}
