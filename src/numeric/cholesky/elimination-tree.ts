import type { Graph } from './graph.ts';

/** Columns eliminated together share one dense front. Numbered so that children come right before their parents. */
export interface Supernodes {
  /** order[k]: the node that is column k. */
  readonly order: Int32Array;
  /** Columns of supernode s: [first[s], first[s + 1]). */
  readonly first: Int32Array;
  /** -1 for a root. */
  readonly parent: Int32Array;
}

/** Share of zeros that a merge may add to the merged columns, by the number of columns. */
const ALLOWED_ZEROS: readonly (readonly [columns: number, part: number])[] = [
  [4, 1],
  [16, 0.5],
  [32, 0.2],
  [64, 0.1],
  [Number.POSITIVE_INFINITY, 0.03],
];

/**
 * The elimination tree of the order (Liu 1990), with columns merged into supernodes where that adds few zeros; the order
 * is changed to match, without more fill.
 */
export function supernodes(graph: Graph, order: Int32Array): Supernodes {
  const n = order.length;
  const { parent, count } = columnTree(graph, order);
  const mergedInto = mergeColumns(parent, count);
  // Parents have higher columns, so that going down from the top each column finds its supernode's top column already set.
  const top = new Int32Array(n);
  for (let j = n - 1; j >= 0; j--) top[j] = mergedInto[j] < 0 ? j : top[mergedInto[j]];
  const topParent = parent.map((p) => (p < 0 ? -1 : top[p]));
  const tops = postorder(topParent, top);
  const number = new Int32Array(n);
  tops.forEach((t, s) => {
    number[t] = s;
  });
  const first = new Int32Array(tops.length + 1);
  for (let j = 0; j < n; j++) first[number[top[j]] + 1]++;
  for (let s = 0; s < tops.length; s++) first[s + 1] += first[s];
  const next = first.slice();
  const newOrder = new Int32Array(n);
  for (let j = 0; j < n; j++) newOrder[next[number[top[j]]]++] = order[j];
  const parents = Int32Array.from(tops, (t) => (topParent[t] < 0 ? -1 : number[topParent[t]]));
  return { order: newOrder, first, parent: parents };
}

/** By column: its parent, the first row below the diagonal of L that is not 0 (-1: none), and how many rows L has there. */
function columnTree({ start, column }: Graph, order: Int32Array): { parent: Int32Array; count: Int32Array } {
  const n = order.length;
  const place = new Int32Array(n);
  for (let k = 0; k < n; k++) place[order[k]] = k;
  const parent = new Int32Array(n).fill(-1);
  const count = new Int32Array(n).fill(1);
  const mark = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    mark[k] = k;
    const node = order[k];
    for (let e = start[node], end = start[node + 1]; e < end; e++) {
      // Row k of L: the paths from its neighbours up the tree.
      for (let j = place[column[e]]; j < k && mark[j] !== k; j = parent[j]) {
        if (parent[j] < 0) parent[j] = k;
        count[j]++;
        mark[j] = k;
      }
    }
  }
  return { parent, count };
}

/** For every column, the parent column with which it merges; -1 where a supernode ends. */
function mergeColumns(parent: Int32Array, rowCount: Int32Array): Int32Array {
  const n = parent.length;
  const mergedInto = new Int32Array(n).fill(-1);
  const columns = new Int32Array(n).fill(1);
  const rows = rowCount.slice();
  const zeros = new Float64Array(n);
  const firstChild = new Int32Array(n).fill(-1);
  const nextChild = new Int32Array(n).fill(-1);
  const entries = (s: number, f: number): number => s * f - (s * (s - 1)) / 2;
  for (let p = 0; p < n; p++) {
    for (let c = firstChild[p]; c >= 0; c = nextChild[c]) {
      const s = columns[c] + columns[p];
      const f = columns[c] + rows[p];
      const added = entries(s, f) - entries(columns[c], rows[c]) - entries(columns[p], rows[p]);
      const total = zeros[c] + zeros[p] + added;
      const [, part] = ALLOWED_ZEROS.find(([most]) => s <= most)!;
      if (added > 0 && total > part * entries(s, f)) continue;
      mergedInto[c] = p;
      columns[p] = s;
      rows[p] = f;
      zeros[p] = total;
    }
    if (parent[p] >= 0) {
      nextChild[p] = firstChild[parent[p]];
      firstChild[parent[p]] = p;
    }
  }
  return mergedInto;
}

/** The top columns of the supernodes, children before parents and each subtree contiguous. */
function postorder(topParent: Int32Array, top: Int32Array): number[] {
  const n = top.length;
  const firstChild = new Int32Array(n + 1).fill(-1);
  const nextChild = new Int32Array(n).fill(-1);
  const root = n;
  for (let j = n - 1; j >= 0; j--) {
    if (top[j] !== j) continue;
    const p = topParent[j] < 0 ? root : topParent[j];
    nextChild[j] = firstChild[p];
    firstChild[p] = j;
  }
  const result: number[] = [];
  const path = [root];
  while (path.length > 0) {
    const at = path[path.length - 1];
    const child = firstChild[at];
    if (child >= 0) {
      firstChild[at] = nextChild[child];
      path.push(child);
    } else {
      path.pop();
      if (at !== root) result.push(at);
    }
  }
  return result;
}
