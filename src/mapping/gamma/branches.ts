import type { MaestroHardware } from '../../formats/maestro/index.ts';
import type { TiledDimension } from './axes.ts';
import type { GammaLimits } from './judge.ts';

/** Genomes with these parallel dimensions and clusters. Indices are those of the tiled dimensions. */
export interface Branch {
  readonly parallel: readonly number[];
  /** Sub-clusters of each level. */
  readonly clusters: readonly number[];
  readonly pes: number;
}

/** Every choice of parallel dimensions and clusters; of those that MAESTRO takes alike, one. */
export function* branchesOf(
  dimensions: readonly TiledDimension[],
  hardware: MaestroHardware,
  limits: GammaLimits,
): Generator<Branch> {
  const [fewest, most] = limits.levels;
  const searchesPes = limits.peLimit !== undefined;
  const pes = limits.peLimit ?? hardware.pes;
  const seen = new Set<string>();
  for (let count = searchesPes ? 1 : pes; count <= pes; count++) {
    for (const branch of [
      ...(fewest === 1 ? flat(dimensions, count) : []),
      ...(most > 1 ? nested(dimensions, count) : []),
    ]) {
      const { parallel, clusters } = branch;
      if (searchesPes && clusters.reduce((product, n) => product * n, 1) !== count) continue;
      // Sub-clusters beyond all that a dimension has are equally idle.
      const kinds = clusters.map((n, level) => Math.min(n, dimensions[parallel[level]].whole + 2));
      const key = `${parallel};${kinds};${searchesPes ? count : 0}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield branch;
    }
  }
}

function flat(dimensions: readonly TiledDimension[], pes: number): Branch[] {
  return dimensions.map((_, p) => ({ parallel: [p], clusters: [pes], pes }));
}

function* nested(dimensions: readonly TiledDimension[], pes: number): Iterable<Branch> {
  for (let cluster = 1; cluster <= pes; cluster++)
    for (const p of dimensions.keys())
      for (const q of dimensions.keys())
        yield { parallel: [p, q], clusters: [Math.floor(pes / cluster), cluster], pes };
}
