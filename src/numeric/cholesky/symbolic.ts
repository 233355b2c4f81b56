import type { ConductanceMatrix } from '../sparse.ts';
import { supernodes } from './elimination-tree.ts';
import { dissectionOrder } from './ordering.ts';

/**
 * The positions of all entries of the factor L, which do not depend on the conductances. L is stored as one dense panel
 * per supernode: first the rows of its own columns (unused above the diagonal), then `rows`.
 */
export interface Symbolic {
  /** order[k]: the node that is column k. */
  readonly order: Int32Array;
  /** Columns of supernode s: [first[s], first[s + 1]). */
  readonly first: Int32Array;
  readonly children: Int32Array;
  /**
   * Rows of L below the own rows of supernode s: rows[rowStart[s]..rowStart[s + 1]), ascending; and their positions in
   * the parent's front.
   */
  readonly rowStart: Int32Array;
  readonly rows: Int32Array;
  readonly inParent: Int32Array;
  /** The start of each supernode's panel; the last entry is the total length. */
  readonly panel: Float64Array;
  /**
   * The position in L of each node's diagonal, and of each edge of the matrix, stored at its earlier end (-1 at its
   * later end).
   */
  readonly diagonalPlace: Float64Array;
  readonly edgePlace: Float64Array;
  /** Most numbers on the stack of update matrices at a time, and in the largest update matrix. */
  readonly stackSize: number;
  readonly updateSize: number;
}

export function symbolicFactor(matrix: ConductanceMatrix): Symbolic {
  const { order, first, parent } = supernodes(matrix, dissectionOrder(matrix));
  const count = parent.length;
  const n = order.length;
  const place = new Int32Array(n);
  for (let k = 0; k < n; k++) place[order[k]] = k;
  const { rowStart, rows } = rowStructure(matrix, order, place, first, parent);
  const children = new Int32Array(count);
  const panel = new Float64Array(count + 1);
  for (let s = 0; s < count; s++) {
    if (parent[s] >= 0) children[parent[s]]++;
    const columns = first[s + 1] - first[s];
    panel[s + 1] = panel[s] + columns * (columns + rowStart[s + 1] - rowStart[s]);
  }
  const places = placesInFronts(matrix, { order, place, first, parent, rowStart, rows, panel });
  return { order, first, children, rowStart, rows, panel, ...places, ...stackSizes(children, rowStart) };
}

interface Structure {
  readonly rowStart: Int32Array;
  readonly rows: Int32Array;
}

/** Rows of a supernode: those of its children, and the neighbours of its columns that are eliminated after it. */
function rowStructure(
  { start, column }: ConductanceMatrix,
  order: Int32Array,
  place: Int32Array,
  first: Int32Array,
  parent: Int32Array,
): Structure {
  const count = parent.length;
  const lists: Int32Array[] = [];
  const mark = new Int32Array(order.length).fill(-1);
  const childrenOf: number[][] = Array.from({ length: count }, () => []);
  const scratch = new Int32Array(order.length);
  const rowStart = new Int32Array(count + 1);
  for (let s = 0; s < count; s++) {
    const end = first[s + 1];
    let size = 0;
    const add = (k: number): void => {
      if (k < end || mark[k] === s) return;
      mark[k] = s;
      scratch[size++] = k;
    };
    for (const child of childrenOf[s]) for (const k of lists[child]) add(k);
    for (let c = first[s]; c < end; c++) {
      const node = order[c];
      for (let e = start[node]; e < start[node + 1]; e++) add(place[column[e]]);
    }
    lists.push(scratch.slice(0, size).sort());
    rowStart[s + 1] = rowStart[s] + size;
    if (parent[s] >= 0) childrenOf[parent[s]].push(s);
  }
  const rows = new Int32Array(rowStart[count]);
  lists.forEach((list, s) => {
    rows.set(list, rowStart[s]);
  });
  return { rowStart, rows };
}

interface Fronts extends Structure {
  readonly order: Int32Array;
  readonly place: Int32Array;
  readonly first: Int32Array;
  readonly parent: Int32Array;
  readonly panel: Float64Array;
}

function placesInFronts(
  { start, column }: ConductanceMatrix,
  { order, place, first, parent, rowStart, rows, panel }: Fronts,
): Pick<Symbolic, 'inParent' | 'diagonalPlace' | 'edgePlace'> {
  const inParent = new Int32Array(rows.length);
  const diagonalPlace = new Float64Array(order.length);
  const edgePlace = new Float64Array(column.length).fill(-1);
  const inFront = new Int32Array(order.length);
  const childrenOf: number[][] = Array.from({ length: parent.length }, () => []);
  for (let s = 0; s < parent.length; s++) {
    const columns = first[s + 1] - first[s];
    for (let c = 0; c < columns; c++) inFront[first[s] + c] = c;
    for (let r = rowStart[s], at = columns; r < rowStart[s + 1]; r++, at++) inFront[rows[r]] = at;
    for (const child of childrenOf[s]) {
      for (let r = rowStart[child]; r < rowStart[child + 1]; r++) inParent[r] = inFront[rows[r]];
    }
    for (let c = 0; c < columns; c++) {
      const node = order[first[s] + c];
      diagonalPlace[node] = panel[s] + c * columns + c;
      for (let e = start[node]; e < start[node + 1]; e++) {
        const row = place[column[e]];
        if (row > first[s] + c) edgePlace[e] = panel[s] + inFront[row] * columns + c;
      }
    }
    if (parent[s] >= 0) childrenOf[parent[s]].push(s);
  }
  return { inParent, diagonalPlace, edgePlace };
}

function stackSizes(children: Int32Array, rowStart: Int32Array): Pick<Symbolic, 'stackSize' | 'updateSize'> {
  let stackSize = 0;
  let updateSize = 0;
  let height = 0;
  const waiting: number[] = [];
  for (let s = 0; s < children.length; s++) {
    for (let c = 0; c < children[s]; c++) height -= waiting.pop()!;
    const below = rowStart[s + 1] - rowStart[s];
    const size = (below * (below + 1)) / 2;
    waiting.push(size);
    height += size;
    stackSize = Math.max(stackSize, height);
    updateSize = Math.max(updateSize, size);
  }
  return { stackSize, updateSize };
}
