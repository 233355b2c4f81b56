import { fail } from '../../base/errors.ts';
import type { Dimension, LayerType, MaestroHardware, MaestroLayer, MapDirective } from '../../formats/maestro/index.ts';
import { inputSizes } from '../../formats/maestro/index.ts';

/** Dimensions that each tensor depends on; the ofmap's Y and X count outputs. */
export interface Coupling {
  readonly input: readonly Dimension[];
  readonly weight: readonly Dimension[];
  readonly output: readonly Dimension[];
}

/** Elements of each tensor. */
export interface TensorElements {
  readonly input: number;
  readonly weight: number;
  readonly output: number;
}

const COUPLINGS: Readonly<Record<LayerType, Coupling>> = {
  CONV: { input: ['C', 'Y', 'X'], weight: ['K', 'C', 'R', 'S'], output: ['K', 'Y', 'X'] },
  DSCONV: { input: ['C', 'Y', 'X'], weight: ['C', 'R', 'S'], output: ['C', 'Y', 'X'] },
  NGCONV: { input: ['G', 'C', 'Y', 'X'], weight: ['G', 'K', 'C', 'R', 'S'], output: ['G', 'K', 'C', 'Y', 'X'] },
  GEMM: { input: ['M', 'K'], weight: ['K', 'N'], output: ['M', 'N'] },
};

/** The dimensions of a layer's tensors; a batch N belongs to input and output. */
export function couplingOf({ type, sizes }: Pick<MaestroLayer, 'type' | 'sizes'>): Coupling {
  const { input, weight, output } = COUPLINGS[type];
  if (type === 'GEMM' || !sizes.has('N')) return COUPLINGS[type];
  return { input: [...input, 'N'], weight, output: [...output, 'N'] };
}

/**
 * A cluster level as flat arrays: its maps from the outermost to the innermost, in inputs, and its sub-clusters. `whole` is
 * the size that the level covers of each map's dimension. Structure is fixed; sizes change with `ClusterLevels.load`.
 */
export interface ClusterLevel {
  readonly dimensions: readonly Dimension[];
  readonly isSpatial: Uint8Array;
  readonly size: Float64Array;
  readonly offset: Float64Array;
  readonly whole: Float64Array;
  subClusters: number;
}

/** The dimensions of a layer's loops, Y and X as inputs. A batch or groups of 1 may be left out of a file. */
export function loopSizes(layer: MaestroLayer): ReadonlyMap<Dimension, number> {
  const { input, weight, output } = couplingOf(layer);
  const used = new Set([...input, ...weight, ...output]);
  const inputs = inputSizes(layer.sizes, layer.isOutputSized);
  return new Map([...inputs].filter(([dimension]) => used.has(dimension)));
}

/**
 * Dimensions that no tensor depends on, such as K of a DSCONV, but that the only cluster level maps. MAESTRO repeats the work for each of
 * their elements; inner levels do not know them.
 */
function uncoupled(layer: MaestroLayer): Dimension[] {
  const { directives, sizes } = layer;
  if (directives.some(({ kind }) => kind === 'cluster')) return [];
  const coupled = loopSizes(layer);
  const named = directives.flatMap((map) => (map.kind === 'cluster' ? [] : [map.dimension]));
  return [...new Set(named)].filter((dimension) => sizes.has(dimension) && !coupled.has(dimension));
}

/** Where a map gets its size from: the directive of this index, the map of the level above, or the whole dimension. */
interface MapSource {
  readonly directive: number;
  readonly above: number;
  /** The map of the same dimension at the level above, or -1. */
  readonly outer: number;
}

/** The cluster levels of a dataflow. One object serves all layers and choices whose directives differ in sizes only. */
export class ClusterLevels {
  readonly levels: readonly ClusterLevel[];
  private readonly sources: readonly (readonly MapSource[])[];
  private readonly clusterAt: readonly number[];

  /** Errors: `dataflow-invalid` for a level without a spatial map, `unknown-name` and `duplicate-name` for its maps. */
  constructor(layer: MaestroLayer) {
    const known = [...loopSizes(layer).keys(), ...uncoupled(layer)];
    const levels: ClusterLevel[] = [];
    const sources: MapSource[][] = [];
    for (const group of groupsOf(layer)) {
      const own = group.map((directive) => ({ dimension: mapOf(layer, directive).dimension, directive, above: -1 }));
      const outer = levels.at(-1)?.dimensions ?? [];
      const isNamed = (dimension: Dimension): boolean => own.some((map) => map.dimension === dimension);
      // Maps that the level above hands down come first, those that nobody names come last.
      const handed = outer
        .flatMap((dimension, above) => (isNamed(dimension) ? [] : [{ dimension, directive: -1, above }]))
        .reverse();
      const rest = known
        .filter((dimension) => !isNamed(dimension) && !outer.includes(dimension))
        .map((dimension) => ({ dimension, directive: -1, above: -1 }));
      const maps = [...handed, ...own, ...rest];
      checkNames(layer, group, known);
      sources.push(
        maps.map(({ dimension, directive, above }) => ({ directive, above, outer: outer.indexOf(dimension) })),
      );
      levels.push({
        dimensions: maps.map(({ dimension }) => dimension),
        isSpatial: Uint8Array.from(maps, ({ directive }) =>
          directive >= 0 && mapOf(layer, directive).kind === 'spatial' ? 1 : 0,
        ),
        size: new Float64Array(maps.length),
        offset: new Float64Array(maps.length),
        whole: new Float64Array(maps.length),
        subClusters: 1,
      });
    }
    this.levels = levels;
    this.sources = sources;
    this.clusterAt = layer.directives.flatMap(({ kind }, i) => (kind === 'cluster' ? [i] : []));
  }

  /**
   * Takes the sizes of a layer whose directives have the structure of the first one. Errors: `dataflow-invalid` for R or S not
   * mapped whole, and for clusters that need more PEs than there are.
   */
  load(layer: MaestroLayer, { pes }: MaestroHardware): void {
    const { directives } = layer;
    let unit = 1;
    for (const at of this.clusterAt) unit *= directives[at].size;
    if (unit > pes) {
      fail('dataflow-invalid', `the clusters of ${layer.name} need ${unit} PEs, there are ${pes}`, {
        span: directives[this.clusterAt[0]].span,
        expected: `clusters of at most ${pes} PEs in all`,
      });
    }
    const sizes = inputSizes(layer.sizes, layer.isOutputSized);
    for (let i = 0; i < this.levels.length; i++) {
      const level = this.levels[i];
      const above = this.levels[i - 1];
      level.subClusters = i === 0 ? Math.floor(pes / unit) : directives[this.clusterAt[i - 1]].size;
      for (let k = 0; k < level.size.length; k++) {
        const { directive, above: from, outer } = this.sources[i][k];
        level.whole[k] = outer < 0 ? sizes.get(level.dimensions[k])! : Math.min(above.size[outer], above.whole[outer]);
        if (directive >= 0) this.loadMap(layer, i, k, directives[directive] as MapDirective);
        else {
          level.size[k] = from >= 0 ? above.size[from] : level.whole[k];
          level.offset[k] = from >= 0 ? above.offset[from] : level.whole[k];
        }
        stride(layer, level, k, i > 0);
      }
    }
  }

  private loadMap(
    layer: MaestroLayer,
    i: number,
    k: number,
    { dimension, kind, size, offset, isOutput, span }: MapDirective,
  ): void {
    const level = this.levels[i];
    // Maps of outputs are maps of the inputs they need.
    level.size[k] = isOutput ? size + this.filterMap(layer, i, dimension === 'Y' ? 'R' : 'S') - 1 : size;
    level.offset[k] = offset;
    if (kind === 'spatial' || layer.type === 'GEMM' || (dimension !== 'R' && dimension !== 'S')) return;
    const whole = layer.sizes.get(dimension)!;
    if (size === whole && offset === size) return;
    fail('dataflow-invalid', `TemporalMap(${size},${offset}) of ${dimension}`, {
      span,
      expected: `TemporalMap(${whole},${whole}), as MAESTRO takes no parts of a filter`,
    });
  }

  /**
   * The size of the level's map of R or S: its own, or the one that the level above hands down. Where a level has none of its own,
   * MAESTRO reads a variable that it never wrote, in which the size of the level above is left over.
   */
  private filterMap(layer: MaestroLayer, i: number, dimension: 'R' | 'S'): number {
    const { directive, above } = this.sources[i][this.levels[i].dimensions.indexOf(dimension)];
    if (directive >= 0) return mapOf(layer, directive).size;
    return above >= 0 ? this.levels[i - 1].size[above] : layer.sizes.get(dimension)!;
  }
}

function mapOf(layer: MaestroLayer, at: number): MapDirective {
  return layer.directives[at] as MapDirective;
}

/** The indices of the maps of each level. */
function groupsOf(layer: MaestroLayer): number[][] {
  const groups: number[][] = [[]];
  layer.directives.forEach(({ kind }, at) => {
    if (kind === 'cluster') groups.push([]);
    else groups.at(-1)!.push(at);
  });
  groups.forEach((group, i) => {
    const span = group.length > 0 ? mapOf(layer, group[0]).span : (layer.directives.at(-1)?.span ?? layer.span);
    if (!group.some((at) => mapOf(layer, at).kind === 'spatial'))
      fail('dataflow-invalid', `cluster level ${i} of ${layer.name} has no SpatialMap`, {
        span,
        expected: 'a SpatialMap on one dimension',
      });
  });
  return groups;
}

function checkNames(layer: MaestroLayer, group: readonly number[], known: readonly Dimension[]): void {
  const seen = new Set<Dimension>();
  for (const at of group) {
    const { dimension, span } = mapOf(layer, at);
    if (seen.has(dimension))
      fail('duplicate-name', `two maps of ${dimension} at one cluster level`, {
        span,
        expected: 'each dimension once',
      });
    if (!known.includes(dimension))
      fail('unknown-name', `${layer.type} has no dimension ${dimension}`, {
        span,
        expected: `one of ${known.join(', ')}`,
      });
    seen.add(dimension);
  }
}

/** Widens a map of Y or X under a stride so that it covers whole outputs. */
function stride(layer: MaestroLayer, level: ClusterLevel, k: number, isInner: boolean): void {
  const dimension = level.dimensions[k];
  if (layer.type === 'GEMM' || (dimension !== 'Y' && dimension !== 'X')) return;
  const step = dimension === 'Y' ? layer.strideY : layer.strideX;
  const filter = layer.sizes.get(dimension === 'Y' ? 'R' : 'S')!;
  if (step <= 1 || level.size[k] < filter) return;
  const outputs = Math.floor((level.size[k] + step - filter) / step);
  level.size[k] = outputs * Math.min(step, filter) + Math.max(filter - step, 0);
  level.offset[k] = outputs * (isInner && filter < step ? filter : step);
}

/** Active sub-clusters in a partial spatial iteration, from the sizes of the whole level. */
export function activeInEdges({
  isSpatial,
  size: sizes,
  offset: offsets,
  whole: wholes,
  subClusters,
}: ClusterLevel): number {
  const k = isSpatial.indexOf(1);
  const [whole, size, offset] = [wholes[k], sizes[k], offsets[k]];
  if (whole <= size) return 1;
  if (whole <= size + offset * (subClusters - 1)) {
    const active = Math.trunc((whole - size) / offset) + 1;
    return offset * (active - 1) + size < whole ? active + 1 : active;
  }
  const n = Math.trunc((Math.trunc((whole - size) / offset) + 1) / subClusters) - 1;
  const rest = whole - (n + 1) * offset * subClusters;
  return rest < size ? 1 : Math.trunc((rest - size) / offset) + 1;
}
