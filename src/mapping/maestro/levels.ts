import { fail } from '../../base/errors.ts';
import type {
  Dimension,
  Directive,
  LayerType,
  MaestroHardware,
  MaestroLayer,
  MapDirective,
} from '../../formats/maestro/index.ts';
import { inputSizes } from '../../formats/maestro/index.ts';

/** Dimensions that each tensor depends on; the ofmap's Y and X count outputs. */
export interface Coupling {
  readonly input: readonly Dimension[];
  readonly weight: readonly Dimension[];
  readonly output: readonly Dimension[];
}

const COUPLINGS: Readonly<Record<LayerType, Coupling>> = {
  CONV: { input: ['C', 'Y', 'X'], weight: ['K', 'C', 'R', 'S'], output: ['K', 'Y', 'X'] },
  DSCONV: { input: ['C', 'Y', 'X'], weight: ['C', 'R', 'S'], output: ['C', 'Y', 'X'] },
  NGCONV: { input: ['G', 'C', 'Y', 'X'], weight: ['G', 'K', 'C', 'R', 'S'], output: ['G', 'K', 'C', 'Y', 'X'] },
  GEMM: { input: ['M', 'K'], weight: ['K', 'N'], output: ['M', 'N'] },
};

export function couplingOf({ type, sizes }: Pick<MaestroLayer, 'type' | 'sizes'>): Coupling {
  const { input, weight, output } = COUPLINGS[type];
  if (type === 'GEMM' || !sizes.has('N')) return COUPLINGS[type];
  return { input: [...input, 'N'], weight, output: [...output, 'N'] };
}

/** A map of one cluster level, in inputs. */
export interface LevelMap {
  readonly dimension: Dimension;
  readonly isSpatial: boolean;
  readonly size: number;
  readonly offset: number;
}

/** A cluster level: its maps from the outermost to the innermost, its sub-clusters, and the sizes it covers. */
export interface ClusterLevel {
  readonly maps: readonly LevelMap[];
  readonly subClusters: number;
  readonly sizes: ReadonlyMap<Dimension, number>;
}

/** The dimensions of a layer's loops, Y and X as inputs. A batch or groups of 1 may be left out of a file. */
export function loopSizes(layer: MaestroLayer): ReadonlyMap<Dimension, number> {
  const { input, weight, output } = couplingOf(layer);
  const used = new Set([...input, ...weight, ...output]);
  const inputs = inputSizes(layer.sizes, layer.isOutputSized, layer.strideY, layer.strideX);
  return new Map([...inputs].filter(([dimension]) => used.has(dimension)));
}

/**
 * Splits a dataflow at its clusters and completes the maps of each level as MAESTRO does. Errors: `dataflow-invalid` for
 * a level without a spatial map, for R or S not mapped whole, and for clusters that need more PEs than there are.
 */
export function clusterLevels(layer: MaestroLayer, hardware: MaestroHardware): ClusterLevel[] {
  const groups = groupsOf(layer);
  const clusters = layer.directives.flatMap((directive) => (directive.kind === 'cluster' ? [directive] : []));
  const unit = clusters.reduce((product, { size }) => product * size, 1);
  const outer = Math.floor(hardware.pes / unit);
  if (outer < 1) {
    fail('dataflow-invalid', `the clusters of ${layer.name} need ${unit} PEs, there are ${hardware.pes}`, {
      span: clusters[0].span,
      expected: `clusters of at most ${hardware.pes} PEs in all`,
    });
  }
  const levels: ClusterLevel[] = [];
  let sizes = loopSizes(layer);
  groups.forEach((group, i) => {
    const own = checkedMaps(layer, group, sizes);
    const maps = completed(layer, own, levels.at(-1), sizes, i > 0);
    levels.push({ maps, subClusters: i === 0 ? outer : clusters[i - 1].size, sizes });
    const mapped = new Map(maps.map((map) => [map.dimension, map.size]));
    sizes = new Map([...sizes].map(([dimension, size]) => [dimension, Math.min(mapped.get(dimension)!, size)]));
  });
  return levels;
}

/** The maps of each level. */
function groupsOf(layer: MaestroLayer): MapDirective[][] {
  const groups: MapDirective[][] = [[]];
  for (const directive of layer.directives) {
    if (directive.kind === 'cluster') groups.push([]);
    else groups.at(-1)!.push(directive);
  }
  groups.forEach((group, i) => {
    const span = group[0]?.span ?? layer.directives.at(-1)?.span ?? layer.span;
    if (!group.some(({ kind }) => kind === 'spatial'))
      fail('dataflow-invalid', `cluster level ${i} of ${layer.name} has no SpatialMap`, {
        span,
        expected: 'a SpatialMap on one dimension',
      });
  });
  return groups;
}

function checkedMaps(
  layer: MaestroLayer,
  group: readonly MapDirective[],
  sizes: ReadonlyMap<Dimension, number>,
): LevelMap[] {
  const seen = new Set<Dimension>();
  return group.map((directive) => {
    const { dimension, span, kind } = directive;
    if (seen.has(dimension))
      fail('duplicate-name', `two maps of ${dimension} at one cluster level`, {
        span,
        expected: 'each dimension once',
      });
    if (!sizes.has(dimension))
      fail('unknown-name', `${layer.type} has no dimension ${dimension}`, {
        span,
        expected: `one of ${[...sizes.keys()].join(', ')}`,
      });
    seen.add(dimension);
    const { size, offset } = inInputs(layer, directive);
    const isFilter = (dimension === 'R' || dimension === 'S') && layer.type !== 'GEMM';
    const whole = layer.sizes.get(dimension)!;
    if (isFilter && kind === 'temporal' && (size !== whole || offset !== size))
      fail('dataflow-invalid', `TemporalMap(${size},${offset}) of ${dimension}`, {
        span,
        expected: `TemporalMap(${whole},${whole}), as MAESTRO takes no parts of a filter`,
      });
    return { dimension, isSpatial: kind === 'spatial', size, offset };
  });
}

/** Maps of outputs as maps of the inputs they need. */
function inInputs({ sizes }: MaestroLayer, { dimension, size, offset, isOutput }: MapDirective) {
  if (!isOutput) return { size, offset };
  return { size: size + sizes.get(dimension === 'Y' ? 'R' : 'S')! - 1, offset };
}

/** All maps of a level: those that the level above hands down come first, those that nobody names come last. */
function completed(
  layer: MaestroLayer,
  own: readonly LevelMap[],
  above: ClusterLevel | undefined,
  sizes: ReadonlyMap<Dimension, number>,
  isInner: boolean,
): LevelMap[] {
  const maps = [...own];
  const has = (dimension: Dimension): boolean => maps.some((map) => map.dimension === dimension);
  for (const { dimension, size, offset } of above?.maps ?? []) {
    if (!has(dimension)) maps.unshift({ dimension, isSpatial: false, size, offset });
  }
  for (const [dimension, size] of sizes) {
    if (!has(dimension)) maps.push({ dimension, isSpatial: false, size, offset: size });
  }
  return maps.map((map) => strided(layer, map, isInner));
}

/** Maps of Y and X under a stride: they cover whole outputs. */
function strided(layer: MaestroLayer, map: LevelMap, isInner: boolean): LevelMap {
  const isY = map.dimension === 'Y';
  if (layer.type === 'GEMM' || (!isY && map.dimension !== 'X')) return map;
  const stride = isY ? layer.strideY : layer.strideX;
  const filter = layer.sizes.get(isY ? 'R' : 'S')!;
  if (stride <= 1 || map.size < filter) return map;
  const outputs = Math.floor((map.size + stride - filter) / stride);
  const size = outputs * Math.min(stride, filter) + Math.max(filter - stride, 0);
  return { ...map, size, offset: outputs * (isInner && filter < stride ? filter : stride) };
}

export type { Directive };
