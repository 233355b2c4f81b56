/** Neighbours of node i: column[e] for e in [start[i], start[i + 1]); every edge from both its ends. */
export interface Graph {
  readonly start: Int32Array;
  readonly column: Int32Array;
}
