import type { MaestroHardware, MaestroLayer } from '../../../formats/maestro/index.ts';
import {
  type ClusterLevel,
  clusterLevelsOf,
  L1_ENERGY,
  L2_ENERGY,
  MAC_NJ,
  type MaestroResult,
  type TensorElements,
} from '../../../mapping/index.ts';
import { groupDigits, type NestLevel, reuseText } from '../../../report/index.ts';
import type { BoundaryTraffic } from '../report.ts';

export const TENSORS = ['input', 'weight', 'output'] as const;
type Tensor = (typeof TENSORS)[number];

/** The size that MAESTRO takes for a buffer without a limit. */
const UNLIMITED = 2 ** 31 - 1;

/**
 * The loops of a dataflow from L2 to the PEs: the first cluster level below L2, the inner ones below their clusters. Tiles are those of L2,
 * of each sub-cluster, and of L1; both buffers hold two of them.
 */
export function nestOf(layer: MaestroLayer, hardware: MaestroHardware, result: MaestroResult): NestLevel[] {
  const levels = clusterLevelsOf(layer, hardware);
  let instances = 1;
  const clusters = levels.map((level, i): NestLevel => {
    const name = i === 0 ? 'L2' : `cluster of ${level.subClusters}`;
    const tiles = i === 0 ? tilesOf(result.l2Tiles, reuseInL2(result)) : [];
    const shown = { name, instances, capacityWords: i === 0 ? capacity(hardware.l2Size) : Number.POSITIVE_INFINITY };
    instances *= level.subClusters;
    return { ...shown, tiles, loops: loopsOf(level) };
  });
  const l1 = tilesOf(result.l1Tiles, reuseInL1(result));
  return [...clusters, { name: 'L1', instances, capacityWords: capacity(hardware.l1Size), tiles: l1, loops: [] }];
}

function capacity(elements: number): number {
  return elements >= UNLIMITED ? Number.POSITIVE_INFINITY : elements;
}

function tilesOf(elements: TensorElements, reuse: TensorElements): NestLevel['tiles'] {
  return TENSORS.map((tensor) => ({ tensor, words: elements[tensor], reuse: reuse[tensor] }));
}

/** How often L2 hands out each element that it takes in; results are counted as they come from the PEs. */
function reuseInL2({ input, weight, output, outputElements }: MaestroResult): TensorElements {
  return {
    input: input.l2Reads / input.l2Writes,
    weight: weight.l2Reads / weight.l2Writes,
    output: output.l2Writes / outputElements,
  };
}

function reuseInL1({ input, weight, output }: MaestroResult): TensorElements {
  return {
    input: input.l1Reads / input.l1Writes,
    weight: weight.l1Reads / weight.l1Writes,
    output: output.l1Writes / output.l2Writes,
  };
}

/** The loops over the iterations of each map, and last the sub-clusters that share the spatial ones. */
function loopsOf({ dimensions, isSpatial, size, offset, whole, subClusters }: ClusterLevel): NestLevel['loops'] {
  const across: { text: string; isSpatial: boolean }[] = [];
  const over: { text: string; isSpatial: boolean }[] = [];
  for (const [k, dimension] of dimensions.entries()) {
    const tiles = Math.max(1, Math.ceil((whole[k] - size[k]) / offset[k]) + 1);
    const used = isSpatial[k] === 1 ? Math.min(tiles, subClusters) : 1;
    const loop = (count: number, what: string): string =>
      `for ${dimension} in 0..${count - 1}, ${what} of ${size[k]}${size[k] === offset[k] ? '' : ` every ${offset[k]}`}`;
    const rounds = Math.ceil(tiles / used);
    if (rounds > 1) over.push({ text: loop(rounds, used > 1 ? `${used} tiles` : 'tiles'), isSpatial: false });
    if (used > 1)
      across.push({ text: `${loop(used, 'tiles')} across ${used} of ${subClusters} sub-clusters`, isSpatial: true });
  }
  return [...over, ...across];
}

/** Elements that cross each border, both ways. */
export function maestroTraffic({ input, weight, output, outputElements }: MaestroResult): BoundaryTraffic[] {
  const border = (name: string, words: TensorElements): BoundaryTraffic => ({
    name,
    words: TENSORS.map((tensor) => ({ tensor, words: words[tensor] })),
  });
  return [
    border('DRAM to L2', { input: input.l2Writes, weight: weight.l2Writes, output: outputElements }),
    border('L2 to L1', { input: input.l2Reads, weight: weight.l2Reads, output: output.l2Writes }),
    border('L1 to multipliers', {
      input: input.l1Reads,
      weight: weight.l1Reads,
      output: output.l1Reads + output.l1Writes,
    }),
  ];
}

/** Energy in J of the accesses of L2 and L1 by tensor. */
export function accessEnergies(result: MaestroResult): Readonly<Record<'L2' | 'L1', TensorElements>> {
  const each = (energy: number, count: (tensor: Tensor) => number): TensorElements => {
    const joules = (tensor: Tensor): number => 1e-9 * MAC_NJ * energy * count(tensor);
    return { input: joules('input'), weight: joules('weight'), output: joules('output') };
  };
  return {
    L2: each(L2_ENERGY, (tensor) => result[tensor].l2Reads + result[tensor].l2Writes),
    L1: each(L1_ENERGY, (tensor) => result[tensor].l1Reads + result[tensor].l1Writes),
  };
}

/** A nest for the terminal: each memory with its tiles, and its loops one deeper than the other. */
export function nestText(levels: readonly NestLevel[]): string[] {
  let depth = 0;
  return levels.flatMap(({ name, instances, capacityWords, tiles, loops }) => [
    `${name}${instances > 1 ? ` x ${instances}` : ''}${tilesText(tiles, capacityWords)}`,
    ...loops.map(({ text }) => `${'  '.repeat(depth++)}| ${text}`),
  ]);
}

function tilesText(tiles: NestLevel['tiles'], capacityWords: number): string {
  if (tiles.length === 0) return '';
  const parts = tiles.map(
    ({ tensor, words, reuse }) =>
      `${tensor} ${groupDigits(words)}${reuse === undefined ? '' : ` (each used ${reuseText(reuse)})`}`,
  );
  const held = groupDigits(2 * tiles.reduce((sum, { words }) => sum + words, 0));
  const size = Number.isFinite(capacityWords) ? ` of ${groupDigits(capacityWords)}` : '';
  return ` [ ${parts.join(', ')} ] twice: ${held}${size} elements`;
}
