import { fail } from '../../base/errors.ts';
import { multiplyPacked, packMatrix } from '../../numeric/packed.ts';
import { applyRows, applyTransposed, type BlockMap } from '../floorplan/grid-map.ts';
import type { GridNetwork, ThermalNetwork } from '../network/network.ts';
import type { ReducedModel } from './reduced-model.ts';

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

/**
 * Temperatures (K) of the first `out.length` nodes (plane 0 comes first) for modal amplitudes, into `out`; eight modes at a time.
 * Error: `out-of-range` if the model has no such fields.
 */
export function fieldTemperatures(model: ReducedModel, state: Float64Array, out: Float64Array): void {
  const { fields, modes, ambientK } = model;
  const nodes = fields.length / modes;
  if (out.length > nodes) fail('out-of-range', `fields of ${out.length} nodes of a reduced model with ${nodes}`);
  out.fill(ambientK);
  let mode = 0;
  for (; mode + 7 < modes; mode += 8) {
    const a = state[mode];
    const b = state[mode + 1];
    const c = state[mode + 2];
    const d = state[mode + 3];
    const e = state[mode + 4];
    const f = state[mode + 5];
    const g = state[mode + 6];
    const h = state[mode + 7];
    for (let i = 0, p = mode * nodes; i < out.length; i++, p++) {
      const q = p + 4 * nodes;
      const first = a * fields[p] + b * fields[p + nodes] + (c * fields[p + 2 * nodes] + d * fields[p + 3 * nodes]);
      const second = e * fields[q] + f * fields[q + nodes] + (g * fields[q + 2 * nodes] + h * fields[q + 3 * nodes]);
      out[i] += first + second;
    }
  }
  for (; mode < modes; mode++) {
    for (let i = 0, at = mode * nodes; i < out.length; i++, at++) out[i] += state[mode] * fields[at];
  }
}

const NONE = new Float64Array(0);

/** Temperatures at which blocks are read (K; overwritten by the next call) for modal amplitudes, where these are not their means. */
export function blockReader({
  readings = NONE,
  blocks,
  modes,
  ambientK,
}: ReducedModel): (state: Float64Array) => Float64Array {
  const matrix = packMatrix(readings, blocks, modes);
  const out = new Float64Array(blocks);
  return (state) => {
    multiplyPacked(matrix, state, out);
    for (let u = 0; u < blocks; u++) out[u] += ambientK;
    return out;
  };
}

/** Steady temperatures of the parts of the package under powers of the blocks (W; null for none), K; empty if the model lacks them. */
export function packageTemperatures(
  { packageRise, blocks, ambientK }: ReducedModel,
  powerW: Float64Array | null,
): Float64Array {
  const temperatureK = new Float64Array((packageRise?.length ?? 0) / blocks).fill(ambientK);
  if (!packageRise || !powerW) return temperatureK;
  for (let part = 0, at = 0; part < temperatureK.length; part++) {
    for (let u = 0; u < blocks; u++) temperatureK[part] += packageRise[at++] * powerW[u];
  }
  return temperatureK;
}
