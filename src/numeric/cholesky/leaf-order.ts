import type { Graph } from './graph.ts';

/**
 * Orders order[low..high) by exact minimum degree. Neighbours outside the range count too; they are eliminated later.
 * Neighbour sets are bit sets, which suits some hundred nodes. `local` holds -1 for every node, before and after.
 */
export function orderLeaf(graph: Graph, order: Int32Array, low: number, high: number, local: Int32Array): void {
  const members = order.slice(low, high);
  const size = members.length;
  const named = nameLocally(graph, members, local);
  const words = (named.length + 31) >> 5;
  const bits = new Int32Array(size * words);
  const degree = new Int32Array(size);
  for (let v = 0; v < size; v++) {
    const node = members[v];
    for (let e = graph.start[node]; e < graph.start[node + 1]; e++) setBit(bits, v * words, local[graph.column[e]]);
    degree[v] = countBits(bits, v * words, words);
  }
  for (const node of named) local[node] = -1;
  const left = Int32Array.from({ length: size }, (_, v) => v);
  for (let k = 0; k < size; k++) {
    let at = k;
    for (let l = k + 1; l < size; l++) if (degree[left[l]] < degree[left[at]]) at = l;
    const v = left[at];
    left[at] = left[k];
    left[k] = v;
    order[low + k] = members[v];
    for (let l = k + 1; l < size; l++) {
      const u = left[l];
      if (!hasBit(bits, v * words, u)) continue;
      for (let w = 0; w < words; w++) bits[u * words + w] |= bits[v * words + w];
      clearBit(bits, u * words, u);
      clearBit(bits, u * words, v);
      degree[u] = countBits(bits, u * words, words);
    }
  }
}

/** Numbers the members from 0, then their neighbours; returns all of them in that order. */
function nameLocally({ start, column }: Graph, members: Int32Array, local: Int32Array): number[] {
  const named: number[] = [];
  const add = (node: number): void => {
    if (local[node] < 0) local[node] = named.push(node) - 1;
  };
  for (const node of members) add(node);
  for (const node of members) for (let e = start[node]; e < start[node + 1]; e++) add(column[e]);
  return named;
}

function setBit(bits: Int32Array, row: number, bit: number): void {
  bits[row + (bit >> 5)] |= 1 << (bit & 31);
}

function clearBit(bits: Int32Array, row: number, bit: number): void {
  bits[row + (bit >> 5)] &= ~(1 << (bit & 31));
}

function hasBit(bits: Int32Array, row: number, bit: number): boolean {
  return ((bits[row + (bit >> 5)] >>> (bit & 31)) & 1) === 1;
}

function countBits(bits: Int32Array, row: number, words: number): number {
  let count = 0;
  for (let w = row; w < row + words; w++) {
    // Bits summed in pairs, fours and eights, then over the bytes by one product (Warren, Hacker's Delight, 5-1).
    let x = bits[w];
    x -= (x >>> 1) & 0x55555555;
    x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
    x = (x + (x >>> 4)) & 0x0f0f0f0f;
    count += Math.imul(x, 0x01010101) >>> 24;
  }
  return count;
}
