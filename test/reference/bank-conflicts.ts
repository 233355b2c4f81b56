/**
 * The cycles of a layer's folds when scratchpads have banks, the slow way: every operand is laid out word by word, every cycle
 * of the array asks for its words port by port, and a cycle takes as long as the fullest bank (docs/guide/simulate.md).
 */
import type { BankedLayout, LayerLayouts } from '../../src/peers/scalesim/index.ts';
import type { Layer } from '../../src/workload/index.ts';

export interface BankDesign {
  readonly rows: number;
  readonly columns: number;
  readonly dataflow: string;
  /** Length of a tile of what is streamed. */
  readonly streamTile: number;
}

/** Line and bank of each word, by its indices joined by commas. */
type Places = Map<string, { line: string; bank: number }>;

/** Words by their indices, in an ifmap "y,x,channel" and in filters "filter,channel,y,x"; undefined for overhang. */
interface Matrices {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  ifmapAt(m: number, k: number): string | undefined;
  filterAt(k: number, n: number): string;
  readonly ifmapSizes: number[];
  readonly filterSizes: number[];
}

export function referenceFoldCycles(layer: Layer, layouts: LayerLayouts, design: BankDesign): number[] {
  const matrices = matricesOf(layer);
  const ifmap = layouts.ifmap && placesOf(matrices.ifmapSizes, layouts.ifmap);
  const filter = layouts.filter && placesOf(matrices.filterSizes, layouts.filter);
  return foldsOf(matrices, design).map((cycles) => {
    let total = 0;
    for (const { ifmapWords, filterWords } of cycles) {
      const ofIfmap = ifmap && layouts.ifmap ? cyclesFor(ifmapWords, ifmap, layouts.ifmap.ports) : 1;
      const ofFilter = filter && layouts.filter ? cyclesFor(filterWords, filter, layouts.filter.ports) : 1;
      total += Math.max(1, ofIfmap, ofFilter);
    }
    return total;
  });
}

function cyclesFor(words: readonly string[], places: Places, ports: number): number {
  const linesOf = new Map<number, Set<string>>();
  for (const word of words) {
    const { line, bank } = places.get(word)!;
    linesOf.set(bank, (linesOf.get(bank) ?? new Set()).add(line));
  }
  return Math.max(0, ...[...linesOf.values()].map((lines) => Math.ceil(lines.size / ports)));
}

/** Walks through every line, its slowest dimension outermost, and counts its places, the empty ones too. */
function placesOf(sizes: readonly number[], { factors, places: order, lineWords, banks }: BankedLayout): Places {
  const places: Places = new Map();
  const slowestFirst = sizes.map((_, d) => d).sort((a, b) => order[a] - order[b]);
  const tiles = indices(sizes.map((size, d) => Math.ceil(size / factors[d])));
  for (const tile of tiles) {
    let column = 0;
    for (const inside of indices(slowestFirst.map((d) => factors[d]))) {
      const word = sizes.map((_, d) => tile[d] * factors[d] + inside[slowestFirst.indexOf(d)]);
      const bank = Math.floor(column / (lineWords / banks));
      if (word.every((index, d) => index < sizes[d])) places.set(word.join(), { line: tile.join(), bank });
      column++;
    }
  }
  return places;
}

/** All index tuples below the sizes, the last index fastest. */
function indices(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (tuples, size) => tuples.flatMap((tuple) => Array.from({ length: size }, (_, i) => [...tuple, i])),
    [[]],
  );
}

function matricesOf(layer: Layer): Matrices {
  const { filters: n, channels, filterHeight, filterWidth, ifmapHeight, ifmapWidth, sparsity } = layer;
  if (layer.type === 'gemm') {
    const kept = keptWords(channels, sparsity);
    return {
      m: ifmapWidth,
      n,
      k: kept.length,
      ifmapAt: (m, k) => [m, kept[k], 0].join(),
      filterAt: (k, filter) => [filter, 0, 0, kept[k]].join(),
      ifmapSizes: [ifmapWidth, channels, 1],
      filterSizes: [n, 1, 1, channels],
    };
  }
  const kept = keptWords(filterHeight * filterWidth * channels, sparsity);
  const tapOf = (k: number): number[] => {
    const [tap, channel] = [Math.floor(kept[k] / channels), kept[k] % channels];
    return [Math.floor(tap / filterWidth), tap % filterWidth, channel];
  };
  return {
    m: layer.ofmapHeight * layer.ofmapWidth,
    n,
    k: kept.length,
    ifmapAt(m, k) {
      const [fy, fx, channel] = tapOf(k);
      const y = Math.floor(m / layer.ofmapWidth) * layer.strideHeight + fy;
      const x = (m % layer.ofmapWidth) * layer.strideWidth + fx;
      return y < ifmapHeight && x < ifmapWidth ? [y, x, channel].join() : undefined;
    },
    filterAt(k, filter) {
      const [fy, fx, channel] = tapOf(k);
      return [filter, channel, fy, fx].join();
    },
    ifmapSizes: [ifmapHeight, ifmapWidth, channels],
    filterSizes: [n, channels, filterHeight, filterWidth],
  };
}

function keptWords(words: number, sparsity: Layer['sparsity']): number[] {
  const { kept, block } = sparsity ?? { kept: 1, block: 1 };
  return Array.from({ length: words }, (_, word) => word).filter((word) => word % block < kept);
}

interface Asked {
  readonly ifmapWords: string[];
  readonly filterWords: string[];
}

/** What the array asks for, fold by fold and cycle by cycle: the column fold outermost, the row fold innermost. */
function foldsOf(matrices: Matrices, { rows: R, columns: C, dataflow, streamTile }: BankDesign): Asked[][] {
  const { m, n, k } = matrices;
  const [sr, sc, t] = dataflow === 'os' ? [m, n, k] : dataflow === 'ws' ? [k, n, m] : [k, m, n];
  const folds: Asked[][] = [];
  for (let c0 = 0; c0 < sc; c0 += C) {
    for (let t0 = 0; t0 < t; t0 += streamTile) {
      for (let r0 = 0; r0 < sr; r0 += R) {
        const length = Math.min(streamTile, t - t0);
        const fold: Asked[] = [];
        const cycles = dataflow === 'os' ? length + R + C - 2 : 2 * R + C + length - 2;
        for (let j = 0; j < cycles; j++) {
          const asked: Asked = { ifmapWords: [], filterWords: [] };
          const ifmap = (pixel: number, word: number): void => {
            const address = matrices.ifmapAt(pixel, word);
            if (address !== undefined) asked.ifmapWords.push(address);
          };
          const filter = (word: number, number: number): void =>
            void asked.filterWords.push(matrices.filterAt(word, number));
          const isStreamed = (at: number): boolean => at >= 0 && at < length;
          for (let r = 0; r < R && r0 + r < sr; r++) {
            const at = dataflow === 'os' ? j - r : j - R - r;
            if (!isStreamed(at)) continue;
            if (dataflow === 'os') ifmap(r0 + r, t0 + at);
            if (dataflow === 'ws') ifmap(t0 + at, r0 + r);
            if (dataflow === 'is') filter(r0 + r, t0 + at);
          }
          for (let c = 0; c < C && c0 + c < sc; c++) {
            if (dataflow === 'os' && isStreamed(j - c)) filter(t0 + j - c, c0 + c);
            const row = r0 + R - 1 - j;
            if (dataflow === 'os' || j >= R || row >= sr) continue;
            if (dataflow === 'ws') filter(row, c0 + c);
            if (dataflow === 'is') ifmap(c0 + c, row);
          }
          fold.push(asked);
        }
        folds.push(fold);
      }
    }
  }
  return folds;
}
