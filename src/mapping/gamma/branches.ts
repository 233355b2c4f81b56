import type { MaestroHardware } from '../../formats/maestro/index.ts';
import type { TiledDimension } from './dimensions.ts';
import type { GammaLimits } from './judge.ts';

/** Sub-clusters that share a dimension, by its index among the tiled ones. */
export interface Share {
  readonly parallel: number;
  readonly clusters: number;
}

/** Genomes whose outermost level has this share. */
export interface OuterBranch extends Share {
  /** Cluster levels below. */
  readonly innerLevels: number;
  /** The products of the clusters below that leave the outermost level these sub-clusters. */
  readonly products: Range;
  /** PEs, at most. */
  readonly pes: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Every choice of the outermost level; of those that MAESTRO takes alike, one. */
export function* outerBranches(
  dimensions: readonly TiledDimension[],
  { pes }: MaestroHardware,
  { levels: [fewest, most], peLimit }: GammaLimits,
): Generator<OuterBranch> {
  for (let levels = fewest; levels <= most; levels++) {
    for (const [parallel, { whole }] of dimensions.entries()) {
      // Sub-clusters beyond all that the dimension has are equally idle.
      const shares = peLimit === undefined ? fixedShares(pes, levels, whole + 2) : searchedShares(peLimit, levels);
      for (const share of shares) yield { parallel, innerLevels: levels - 1, ...share };
    }
  }
}

type OuterShare = Omit<OuterBranch, 'parallel' | 'innerLevels'>;

/** The outermost level has floor(PEs / clusters) sub-clusters. */
function* fixedShares(pes: number, levels: number, enough: number): Generator<OuterShare> {
  if (levels === 1) {
    yield { clusters: pes, products: { least: 1, most: 1 }, pes };
    return;
  }
  for (let least = 1; least <= pes; ) {
    const clusters = Math.floor(pes / least);
    const most = Math.floor(pes / Math.min(clusters, enough));
    yield { clusters, products: { least, most }, pes };
    least = most + 1;
  }
}

/** All PEs that are counted are in a cluster. */
function* searchedShares(limit: number, levels: number): Generator<OuterShare> {
  for (let clusters = 1; clusters <= limit; clusters++) {
    const most = levels === 1 ? 1 : Math.floor(limit / clusters);
    yield { clusters, products: { least: 1, most }, pes: clusters * most };
  }
}

/** A share of an inner level, and the products of clusters that it leaves to the levels below. */
export interface InnerBranch extends Share {
  readonly products: Range;
}

/** The clusters of an inner level with `below` more levels under it, whatever dimension shares them. */
export function* innerClusters({ least, most }: Range, below: number): Generator<Omit<InnerBranch, 'parallel'>> {
  if (below === 0) {
    for (let clusters = least; clusters <= most; clusters++) yield { clusters, products: ONE };
    return;
  }
  for (let clusters = 1; clusters <= most; clusters++) {
    const rest = { least: Math.ceil(least / clusters), most: Math.floor(most / clusters) };
    if (rest.least <= rest.most) yield { clusters, products: rest };
  }
}

const ONE: Range = { least: 1, most: 1 };
