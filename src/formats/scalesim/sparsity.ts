import type { Diagnostic } from '../../base/errors.ts';
import type { SourceText } from '../../base/source.ts';
import { type Cell, cellSpan } from '../csv.ts';

/**
 * N:M sparsity of a layer's filters: of every `block` weights along the window it keeps the first `kept`. The last
 * block may be shorter.
 */
export interface Sparsity {
  readonly kept: number;
  readonly block: number;
}

/** No block comes near this. Hardware has blocks of 4 or 8, and a block is held in memory. */
const LARGEST_BLOCK = 2 ** 16;

/**
 * The cell as N:M. Otherwise adds a problem and returns undefined: `wrong-type`, or `out-of-range` unless 1 <= N <= M
 * <= 65536.
 */
export function readSparsity(source: SourceText, cell: Cell, problems: Diagnostic[]): Sparsity | undefined {
  const span = cellSpan(source, cell);
  const expected = `N:M, N kept weights of every M, 1 <= N <= M <= ${LARGEST_BLOCK}; 1:1 is dense`;
  const [, n, m] = /^(\d+)\s*:\s*(\d+)$/.exec(cell.text) ?? [];
  if (n === undefined) {
    problems.push({ code: 'wrong-type', message: `the sparsity is not N:M: "${cell.text}"`, span, expected });
    return undefined;
  }
  const [kept, block] = [Number(n), Number(m)];
  if (kept >= 1 && kept <= block && block <= LARGEST_BLOCK) return { kept, block };
  problems.push({ code: 'out-of-range', message: `a sparsity of ${cell.text}`, span, expected });
  return undefined;
}

/** Number of kept weights among `words` weights along the window. */
export function keptWords({ kept, block }: Sparsity, words: number): number {
  return Math.floor(words / block) * kept + Math.min(kept, words % block);
}

/** Number of whole bits that distinguish the positions in a block: ceil(log2 M). */
export function placeBits({ block }: Sparsity): number {
  return 32 - Math.clz32(block - 1);
}
