/** Sparse filters of SCALE-Sim v3 as its behaviour is described: matrices of addresses, in which 0 stands for a dropped weight. */
import { NumpyRandom } from '../../src/peers/scalesim-engine/numpy-random.ts';

type Matrix = number[][];

const NONE = -1;

/** Both operands without what the N:M mask drops. */
export function layerWise(a: Matrix, w: Matrix, kept: number, block: number): [Matrix, Matrix] {
  const masked = a.map((row) => row.map((address, k) => (k % block < kept ? address : 0)));
  const stays = masked[0].map((_, k) => masked.some((row) => row[k] !== 0) || (masked.length === 1 && k === 0));
  const squeezed = columns(w).map((filter) => {
    const out: number[] = [];
    for (let from = 0; from < filter.length; from += block) {
      const words = filter.slice(from, from + block).filter((address, i) => i < kept && address !== 0);
      out.push(...filledUp(words, kept));
    }
    return out;
  });
  const rows = columns(squeezed);
  while (rows[rows.length - 1].every((address) => address === 0)) rows.pop();
  return [masked.map((row) => row.filter((_, k) => stays[k])), rows];
}

/** Filters of a drawn N each, in which the rows of two blocks are those of one. */
export function rowWise(w: Matrix, { block, seed }: { block: number; seed: number }): Matrix {
  const random = new NumpyRandom(seed);
  const half = Math.floor(block / 2);
  const length = Math.ceil(w.length / (2 * block)) * block;
  const packed = columns(w).map((filter) => {
    const kept = random.integer(1, half + 1);
    const out: number[] = [];
    for (let from = 0; from < 2 * length; from += block) {
      const words = filter.slice(from, from + block).filter((address, i) => i < kept && address !== 0);
      out.push(...filledUp(words, half));
    }
    return filledUp(out, length);
  });
  const first = packed[0][0];
  const rows = columns(packed).map((row) => row.map((address) => (address === 0 ? NONE : address)));
  if (w[0][0] === 0 && first === 0) rows[0][0] = 0;
  return rows;
}

function filledUp(words: number[], length: number): number[] {
  return [...words, ...new Array<number>(length - words.length).fill(0)];
}

function columns(m: Matrix): Matrix {
  return m[0].map((_, j) => m.map((row) => row[j]));
}
