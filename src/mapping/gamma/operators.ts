import type { Generator } from '../../base/random.ts';
import type { Gene, Genome, GenomeSpace } from './genome.ts';

/** The form of genomes, beside their space. */
export interface GenomeLimits {
  /** PEs of the hardware, or the most of them if they are searched. */
  readonly pes: number;
  /** Whether the number of PEs is searched, as DiGamma does. */
  readonly searchesPes: boolean;
  readonly fewestLevels: number;
  readonly mostLevels: number;
}

/** Probabilities of GAMMA 3d6caf8. */
const CROSSED = 0.57;
const SWAPPED = 0.47;
const MUTATED = 0.53;
const TRIES = 3;
const EXCHANGED = 0.1;
const BORN = 0.57;
const DEAD = 0.27;
const PES_CHANGED = 0.5;

/** Random genomes and GAMMA's six operators on them. All numbers come from one generator. */
export class Operators {
  private readonly space: GenomeSpace;
  private readonly limits: GenomeLimits;
  private readonly random: Generator;
  /** For each dimension its place among the free ones; a filter's tile never changes. */
  private readonly isFree: Uint8Array;

  constructor(space: GenomeSpace, limits: GenomeLimits, random: Generator) {
    this.space = space;
    this.limits = limits;
    this.random = random;
    this.isFree = Uint8Array.from(space.names, (_, d) => (space.free.includes(d) ? 1 : 0));
  }

  pick(n: number): number {
    return Math.floor(this.random.next() * n);
  }

  /** A start of GAMMA: random tiles at the first level, tiles of 1 at the others; all tiles 1 if `isSmall`. */
  start(isSmall: boolean): Gene[] {
    const genome: Gene[] = [this.gene(() => true, isSmall)];
    for (let level = 1; level < this.limits.fewestLevels; level++) this.bear(genome);
    this.setPes(genome);
    return genome;
  }

  /** A genome with random tiles at every level. */
  draw(): Gene[] {
    const { fewestLevels, mostLevels } = this.limits;
    const genome: Gene[] = [this.gene(() => true, false)];
    const levels = fewestLevels + this.pick(mostLevels - fewestLevels + 1);
    while (genome.length < levels) {
      const outer = genome[genome.length - 1];
      const inner = this.gene(() => true, false, outer);
      inner.size = this.clusterSize(outer.tile[inner.parallel]);
      genome.push(inner);
    }
    this.setPes(genome);
    return genome;
  }

  private gene(isUsed: (d: number) => boolean, isSmall: boolean, outer?: Gene): Gene {
    const { names, sizes, free } = this.space;
    const order = Int32Array.from(names, (_, d) => d);
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.pick(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    const most = outer?.tile ?? sizes;
    const tile = Int32Array.from(names, (_, d) =>
      this.isFree[d] === 0 ? sizes[d] : isSmall || !isUsed(d) ? 1 : 1 + this.pick(most[d]),
    );
    return { parallel: free[this.pick(free.length)], size: this.limits.pes, order, tile };
  }

  /** A divisor of the smaller of a tile and the PEs. */
  private clusterSize(tile: number): number {
    const most = Math.min(tile, this.limits.pes);
    const divisors: number[] = [];
    for (let n = 1; n <= most; n++) if (most % n === 0) divisors.push(n);
    return divisors[this.pick(divisors.length)];
  }

  /** Exchanges the tiles of one dimension between two genomes, at all levels. */
  cross(a: Genome, b: Genome): void {
    if (this.random.next() >= CROSSED) return;
    const { free } = this.space;
    const d = free[this.pick(free.length)];
    for (let level = 0; level < Math.min(a.length, b.length); level++) {
      const [mine, other] = [a[level].tile, b[level].tile];
      [mine[d], other[d]] = [other[d], mine[d]];
    }
  }

  /** Exchanges two loops of one level. */
  swapOrder(genome: Genome): void {
    if (this.random.next() >= SWAPPED) return;
    const { order } = genome[this.pick(genome.length)];
    const [i, j] = [this.pick(order.length), this.pick(order.length)];
    [order[i], order[j]] = [order[j], order[i]];
  }

  /** Up to three new tiles, or new parallel dimensions with a new size of the cluster. */
  mutate(genome: Genome): void {
    const { sizes, free } = this.space;
    for (let t = 0; t < TRIES; t++) {
      if (this.random.next() >= MUTATED) continue;
      const level = this.pick(genome.length);
      const gene = genome[level];
      const most = level === 0 ? sizes : genome[level - 1].tile;
      const at = this.pick(free.length + 1);
      if (at < free.length) {
        const d = free[at];
        gene.tile[d] = 1 + this.pick(most[d]);
        continue;
      }
      gene.parallel = free[this.pick(free.length)];
      if (level > 0) gene.size = this.clusterSize(most[gene.parallel]);
    }
  }

  /** Exchanges the parallel dimensions of two levels. */
  exchangeParallel(genome: Genome): void {
    if (genome.length < 2 || this.random.next() >= EXCHANGED) return;
    const [a, b] = [this.pick(genome.length), this.pick(genome.length)];
    [genome[a].parallel, genome[b].parallel] = [genome[b].parallel, genome[a].parallel];
  }

  /** A new innermost level may be born, the innermost one may die. */
  changeLevels(genome: Gene[]): void {
    if (this.random.next() < BORN && genome.length < this.limits.mostLevels) this.bear(genome);
    if (this.random.next() < DEAD && genome.length > this.limits.fewestLevels) genome.pop();
  }

  private bear(genome: Gene[]): void {
    const outer = genome[genome.length - 1];
    const inner = this.gene(() => false, true, outer);
    inner.size = this.clusterSize(outer.tile[inner.parallel]);
    genome.push(inner);
  }

  /** Cuts inner tiles to the outer ones, and clusters to what the PEs allow. */
  repair(genome: Genome): void {
    let left = this.limits.pes;
    for (let level = 0; level < genome.length; level++) {
      const { tile } = genome[level];
      const most = level === 0 ? this.space.sizes : genome[level - 1].tile;
      for (let d = 0; d < tile.length; d++) if (tile[d] > most[d]) tile[d] = most[d];
      if (level === 0) continue;
      if (genome[level].size > left) genome[level].size = left;
      left = Math.floor(left / genome[level].size);
    }
  }

  /** DiGamma's PEs: a multiple of the cluster, from the upper half of those that the parallel dimension can use. */
  setPes(genome: Genome): void {
    const [{ parallel, tile }, ...inner] = genome;
    if (!this.limits.searchesPes) return;
    const cluster = inner.reduce((product, { size }) => product * size, 1);
    const used = Math.ceil(this.space.sizes[parallel] / tile[parallel]);
    const most = Math.max(1, Math.min(Math.floor(this.limits.pes / cluster), used));
    const least = Math.max(1, Math.ceil(most / 2));
    genome[0].size = cluster * (least + this.pick(most - least + 1));
  }

  /** The same with the probability that DiGamma gives it, and always for PEs that the clusters no longer divide. */
  changePes(genome: Genome, isFirst: boolean): void {
    const cluster = genome.slice(1).reduce((product, { size }) => product * size, 1);
    const isOdd = genome[0].size % cluster !== 0 || genome[0].size < cluster;
    if (isFirst || isOdd || this.random.next() < PES_CHANGED) this.setPes(genome);
  }
}
