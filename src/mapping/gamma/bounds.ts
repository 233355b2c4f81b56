import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { type AxisFigures, couplingOf, L1_ENERGY, L2_ENERGY, loopSizes, MAC_NJ } from '../maestro/index.ts';
import type { OuterBranch } from './branches.ts';
import { AT, type TiledDimension, tiledDimensions } from './dimensions.ts';
import type { GenomeSpace } from './genome.ts';
import { InnerChain } from './inner-chain.ts';
import { type GammaLimits, gammaValue } from './judge.ts';
import { OuterTable } from './outer-table.ts';

/** A lower bound of a cost. */
interface Least {
  energyNj: number;
  cycles: number;
  words: number;
}

/** Sums of bounds round; so much they may be too large. */
export const ROUNDING = 1 - 1e-12;

/** Tables and least rows that are kept at a time. */
const MOST_TABLES = 256;
const MOST_ROWS = 1 << 18;

/** Lower bounds of the costs of genomes, from figures of one dimension at a time. */
export class GenomeBounds {
  readonly dimensions: readonly TiledDimension[];
  private readonly tables = new Map<string, OuterTable>();
  private readonly leastRows = new Map<string, Float64Array>();
  private readonly hardware: MaestroHardware;
  private readonly limits: GammaLimits;
  readonly macs: number;
  /** Elements of the filter's window, which genomes take whole. */
  readonly window: number;
  /** Elements that L2 takes in from outside, whatever the genome. */
  private readonly arriving: number;
  /** The last bound that was measured. */
  readonly least: Least = { energyNj: 0, cycles: 0, words: 0 };

  constructor(space: GenomeSpace, layer: MaestroLayer, hardware: MaestroHardware, limits: GammaLimits) {
    this.hardware = hardware;
    this.limits = limits;
    this.dimensions = tiledDimensions(space);
    this.macs = space.sizes.reduce((product, size) => product * size, 1);
    this.window = this.dimensions.reduce((rest, { tiles }) => rest / tiles, this.macs);
    const loops = loopSizes(layer);
    const { input, weight } = couplingOf(layer);
    this.arriving = [input, weight]
      .map((tensor) => tensor.reduce((product, dimension) => product * loops.get(dimension)!, 1))
      .reduce((sum, elements) => sum + elements, 0);
  }

  /** A bound of every genome: inputs and weights enter L2, and all PEs are busy. */
  get simpleBound(): number {
    const { limits, hardware, arriving, macs } = this;
    if (limits.wordsFirst) return 0;
    const cycles = macs / ((limits.peLimit ?? hardware.pes) * hardware.simdLanes);
    return gammaValue(limits.objective, { energyNj: MAC_NJ * L2_ENERGY * arriving, cycles }) * ROUNDING;
  }

  /** The tables of the outermost level. */
  tablesOf({ parallel, clusters, innerLevels }: OuterBranch): OuterTable[] {
    return this.dimensions.map((dimension, i) => {
      const own = parallel === i ? clusters : 0;
      return kept(this.tables, `${i},${own},${innerLevels}`, MOST_TABLES, () => {
        return new OuterTable(dimension, own, innerLevels);
      });
    });
  }

  /** The least factors of a dimension below an outer tile, where sub-clusters of the second level share it, or 0. */
  leastInner(table: OuterTable, key: string, tile: number, clusters: number, innerLevels: number): Float64Array {
    const enough = Math.min(clusters, table.dimension.whole + 2);
    return kept(this.leastRows, `${key},${innerLevels},${tile},${enough}`, MOST_ROWS, () => {
      const chain = new InnerChain(table.dimension, innerLevels);
      chain.begin(tile, table.handedAt(tile));
      return chain.least(enough);
    });
  }

  /** The value that no genome of these products of factors falls below; infinite if it fits no buffer. */
  boundOf(branch: OuterBranch, v: Float64Array): number {
    if (!this.fits(v)) return Number.POSITIVE_INFINITY;
    this.measure(branch, v);
    return this.limits.wordsFirst ? this.least.words : gammaValue(this.limits.objective, this.least) * ROUNDING;
  }

  fits(v: Float64Array): boolean {
    const { hardware, window } = this;
    if (2 * (v[AT.sizeInput] + window * v[AT.sizeWeight] + v[AT.sizeOutput]) > hardware.l1Size) return false;
    return 2 * (v[AT.firstInput] + window * v[AT.firstWeight] + v[AT.leavingFirst]) <= hardware.l2Size;
  }

  /** Bounds the costs from below; `entering` are the elements that at least enter the outermost level. */
  measure(
    { pes, innerLevels }: Pick<OuterBranch, 'pes' | 'innerLevels'>,
    v: Float64Array,
    entering = v[AT.coveredInput] + this.window * v[AT.coveredWeight],
  ): void {
    const { least, window } = this;
    const { simdLanes, nocBandwidth, offchipBandwidth, hopLatency } = this.hardware;
    least.words = entering + v[AT.leaving];
    least.energyNj = MAC_NJ * L2_ENERGY * (least.words + this.arriving);
    if (innerLevels === 0)
      least.energyNj += MAC_NJ * L1_ENERGY * (2 * window * (v[AT.products] + v[AT.sums]) + entering);
    const idle = hopLatency - 1;
    const first = idle + Math.ceil((v[AT.firstInput] + window * v[AT.firstWeight]) / nocBandwidth);
    const iterations = v[AT.iterations];
    const border = Math.max(2 * (v[AT.firstInput] + window * v[AT.firstWeight]), 2 * v[AT.leavingFirst]);
    const half = Math.floor(Math.floor(border / offchipBandwidth) / 2);
    least.cycles = Math.max(
      this.macs / (pes * simdLanes),
      this.work(v, innerLevels) + first,
      // Without a latency a fetch may take one cycle less than its elements; no iteration takes less than one.
      idle < 0 ? entering / nocBandwidth / 2 : entering / nocBandwidth + iterations * idle,
      iterations * half,
    );
  }

  /** Cycles in which the busiest PEs compute, with the first fetches of inner runs. */
  private work(v: Float64Array, innerLevels: number): number {
    const { window } = this;
    const { simdLanes, nocBandwidth, hopLatency } = this.hardware;
    const products = (v[AT.time] * window) / simdLanes;
    if (innerLevels === 0) return products;
    // Without a latency an inner run may end a cycle before its products, but takes one at least.
    if (hopLatency === 0) return products / 2 ** innerLevels;
    const idle = hopLatency - 1;
    const start = idle + Math.ceil((v[AT.innerFirstInput] + window * v[AT.innerFirstWeight]) / nocBandwidth);
    const moved = idle + (v[AT.innerInput] + window * v[AT.innerWeight]) / nocBandwidth;
    const whole = v[AT.whole];
    return Math.max(products + whole * start, whole * Math.max(moved, (v[AT.innerTime] * window) / simdLanes + start));
  }

  /** Elements of inputs and weights that enter the outermost level under an order of its loops. */
  entering(figures: readonly AxisFigures[], order: readonly number[]): number {
    let sum = 0;
    for (const tensor of ['inInput', 'inWeight'] as const) {
      const isIn = (i: number): boolean => this.dimensions[i][tensor];
      // Loops that are not in the order have one iteration, and are outside all others.
      let outside = tensor === 'inWeight' ? this.window : 1;
      let first = outside;
      for (let i = 0; i < figures.length; i++) {
        if (!isIn(i)) continue;
        first *= figures[i].first;
        if (!order.includes(i)) outside *= figures[i].inside;
      }
      sum += first;
      for (const [at, i] of order.entries()) {
        const { inside, iterations, changing, renewed } = figures[i];
        if (isIn(i)) {
          const inner = order.slice(at + 1).filter(isIn);
          const rest = inner.reduce((product, other) => product * figures[other].outside, 1);
          const isRenewed = inner.some((other) => !figures[other].isCovered);
          sum += outside * (isRenewed ? renewed : changing) * rest;
        }
        outside *= isIn(i) ? inside : iterations;
      }
    }
    return sum;
  }
}

/** The value of a key, made if it is not known. */
function kept<T>(known: Map<string, T>, key: string, most: number, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    if (known.size >= most) known.clear();
    known.set(key, value);
  }
  return value;
}
