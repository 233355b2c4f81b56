import type { Dimension, Directive, MaestroLayer } from '../../formats/maestro/index.ts';
import { loopSizes } from '../maestro/index.ts';

/** One cluster level of a genome: its parallel dimension, its sub-clusters, and a tile of each dimension in loop order. */
export interface Gene {
  /** Index of the parallel dimension. */
  parallel: number;
  /** The PEs of the whole at the first level, the PEs of a cluster at the others. */
  size: number;
  /** Indices of the dimensions from the outermost loop to the innermost. */
  readonly order: Int32Array;
  /** Tiles by dimension. */
  readonly tile: Int32Array;
}

/** GAMMA's genome: a gene for each cluster level, the outermost first. */
export type Genome = readonly Gene[];

/** The dimensions of a layer over which genomes run. */
export interface GenomeSpace {
  readonly layer: MaestroLayer;
  readonly names: readonly Dimension[];
  /** Sizes of the loops: Y and X count outputs. */
  readonly sizes: Int32Array;
  /** Indices of the dimensions that may be parallel and tiled; a filter is always mapped whole, as MAESTRO takes no parts. */
  readonly free: readonly number[];
}

/** The space of a layer: every dimension may be tiled and parallel, but R and S of a convolution stay whole. */
export function genomeSpace(layer: MaestroLayer): GenomeSpace {
  const loops = loopSizes(layer);
  const names = [...loops.keys()];
  const isWindow = layer.type !== 'GEMM';
  const outputs = (name: Dimension, size: number): number => {
    if (!isWindow || (name !== 'Y' && name !== 'X')) return size;
    const [filter, stride] = name === 'Y' ? [loops.get('R')!, layer.strideY] : [loops.get('S')!, layer.strideX];
    return Math.floor((size - filter) / stride) + 1;
  };
  const isWhole = (name: Dimension): boolean => isWindow && (name === 'R' || name === 'S');
  return {
    layer,
    names,
    sizes: Int32Array.from(names, (name) => outputs(name, loops.get(name)!)),
    free: names.flatMap((name, d) => (isWhole(name) ? [] : [d])),
  };
}

export function copyGenome(genome: Genome): Gene[] {
  return genome.map(({ parallel, size, order, tile }) => ({
    parallel,
    size,
    order: order.slice(),
    tile: tile.slice(),
  }));
}

/** Equal for genomes that are the same mapping. */
export function genomeKey(genome: Genome): string {
  return genome
    .map(({ parallel, size, order, tile }) => `${parallel},${size};${order.join(',')};${tile.join(',')}`)
    .join('|');
}

/** Equal for genomes that differ in sizes only. */
export function structureKey(genome: Genome): string {
  return genome.map(({ parallel, order }) => `${parallel};${order.join(',')}`).join('|');
}

/**
 * The directives of a genome: every dimension at every level as `Map(tile, tile)`, the parallel one spatial, a `Cluster` before
 * each inner level. Y and X are written as outputs, which MAESTRO counts at stride 1: t outputs at stride s take (t - 1) s + 1.
 */
export function directivesOf({ layer, names, sizes, free }: GenomeSpace, genome: Genome): Directive[] {
  const { span } = layer;
  return genome.flatMap(({ parallel, size, order, tile }, level): Directive[] => {
    const maps = Array.from(order, (d): Directive => {
      const kind = d === parallel ? 'spatial' : 'temporal';
      const dimension = names[d];
      if (!free.includes(d)) return { kind, size: sizes[d], offset: sizes[d], dimension, isOutput: false, span };
      const isOutput = layer.type !== 'GEMM' && (dimension === 'Y' || dimension === 'X');
      const step = !isOutput ? 1 : dimension === 'Y' ? layer.strideY : layer.strideX;
      const extent = (tile[d] - 1) * step + 1;
      return { kind, size: extent, offset: extent, dimension, isOutput, span };
    });
    return level === 0 ? maps : [{ kind: 'cluster', size, span }, ...maps];
  });
}

/** A genome as GAMMA prints it: `[['K', 16], ['C', 4], ...]`, the parallel gene of each level first. */
export function genomeText({ names }: GenomeSpace, genome: Genome): string {
  const pair = (name: string, value: number): string => `['${name}', ${value}]`;
  const genes = genome.flatMap(({ parallel, size, order, tile }) => [
    pair(names[parallel], size),
    ...Array.from(order, (d) => pair(names[d], tile[d])),
  ]);
  return `[${genes.join(', ')}]`;
}
