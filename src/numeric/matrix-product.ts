/** A block of a row-major matrix. */
export interface Block {
  readonly values: Float64Array;
  readonly at: number;
  readonly stride: number;
}

/**
 * C += A B: rows x inner by inner x columns. Two rows of C and four of B at a time, for every element loaded to be used several
 * times.
 */
export function addProduct(a: Block, b: Block, c: Block, rows: number, inner: number, columns: number): void {
  let i = 0;
  for (; i + 1 < rows; i += 2) addTwoRows(a, b, c, i, inner, columns);
  if (i < rows) addRow(a, b, c, i, 0, inner, columns);
}

function addTwoRows(a: Block, b: Block, c: Block, i: number, inner: number, columns: number): void {
  const x = a.values;
  const y = b.values;
  const z = c.values;
  const from = a.at + i * a.stride;
  const next = from + a.stride;
  const to = c.at + i * c.stride;
  const gap = c.stride;
  let k = 0;
  for (; k + 3 < inner; k += 4) {
    const p0 = x[from + k];
    const p1 = x[from + k + 1];
    const p2 = x[from + k + 2];
    const p3 = x[from + k + 3];
    const q0 = x[next + k];
    const q1 = x[next + k + 1];
    const q2 = x[next + k + 2];
    const q3 = x[next + k + 3];
    const i0 = b.at + k * b.stride - to;
    const i1 = i0 + b.stride;
    const i2 = i1 + b.stride;
    const i3 = i2 + b.stride;
    for (let j = to, end = to + columns; j < end; j++) {
      const y0 = y[i0 + j];
      const y1 = y[i1 + j];
      const y2 = y[i2 + j];
      const y3 = y[i3 + j];
      z[j] += p0 * y0 + p1 * y1 + (p2 * y2 + p3 * y3);
      z[j + gap] += q0 * y0 + q1 * y1 + (q2 * y2 + q3 * y3);
    }
  }
  addRow(a, b, c, i, k, inner, columns);
  addRow(a, b, c, i + 1, k, inner, columns);
}

/** From the element `first` of the inner side on. */
function addRow(a: Block, b: Block, c: Block, i: number, first: number, inner: number, columns: number): void {
  const x = a.values;
  const y = b.values;
  const z = c.values;
  const to = c.at + i * c.stride;
  for (let k = first; k < inner; k++) {
    const p = x[a.at + i * a.stride + k];
    const from = b.at + k * b.stride - to;
    for (let j = to, end = to + columns; j < end; j++) z[j] += p * y[from + j];
  }
}
