/**
 * Conduction in a stack of bodies by finite volumes, for comparison: no code of the model, no modes, no splines. Cells have
 * centres along x and y, and nodes along z at the faces of slices. Errors fall with the square of the level.
 */
export interface Slab {
  readonly thicknessM: number;
  readonly conductivity: number;
  readonly capacity: number;
  readonly widthM: number;
  readonly heightM: number;
}

/** A block that heats a layer's outer face; left and bottom from the die's corner, m. */
export interface Heated {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
}

export interface Solid {
  readonly die: { readonly widthM: number; readonly heightM: number };
  readonly layers: readonly Slab[];
  readonly blocks: readonly Heated[];
  /** Of the last layer's face, W/(m^2 K) and J/(m^2 K). */
  readonly film: number;
  readonly filmCapacity: number;
}

/** Lines through all edges, cells as large as `size` allows between them. */
function lines(edges: readonly number[], size: (at: number) => number, level: number): number[] {
  const sorted = [...edges].sort((a, b) => a - b).filter((v, i, all) => i === 0 || v - all[i - 1] > 1e-9);
  const out = [sorted[0]];
  for (let e = 1; e < sorted.length; e++) {
    const [from, to] = [sorted[e - 1], sorted[e]];
    const sums = [0];
    for (let j = 0; j < 200; j++) sums.push(sums[j] + (to - from) / 200 / size(from + ((j + 0.5) / 200) * (to - from)));
    const cells = Math.ceil(level * sums[200]);
    for (let j = 1, q = 1; j < cells; j++) {
      const sought = (sums[200] * j) / cells;
      while (sums[q] < sought) q++;
      out.push(from + ((q - 1 + (sought - sums[q - 1]) / (sums[q] - sums[q - 1])) / 200) * (to - from));
    }
    out.push(to);
  }
  return out;
}

/** Mean rises of the blocks, K, at the ends of samples; without a sample's length, the steady state of the first powers. */
export function rises(solid: Solid, samples: readonly (readonly number[])[], level: number, sampleS = 0): number[][] {
  const { die, layers, blocks } = solid;
  const alpha = Math.max(...layers.map((l) => l.conductivity / l.capacity));
  const away = (edges: readonly number[], at: number): number => Math.min(...edges.map((e) => Math.abs(at - e)));
  const along = (dieM: number, sides: readonly number[], edges: readonly number[]): number[] => {
    const own = [...edges, 0, dieM].map((e) => e - dieM / 2);
    const rims = sides.flatMap((side) => [-side / 2, side / 2]);
    const least = Math.min(dieM / 24, sampleS > 0 ? 0.5 * Math.sqrt(alpha * sampleS) : 1);
    const size = (at: number) => Math.min(least + 0.4 * away(own, at), least / 4 + 0.6 * away(rims, at));
    return lines([...own, ...rims], size, level);
  };
  const x = along(
    die.widthM,
    layers.map((l) => l.widthM),
    blocks.flatMap((b) => [b.left, b.left + b.width]),
  );
  const y = along(
    die.heightM,
    layers.map((l) => l.heightM),
    blocks.flatMap((b) => [b.bottom, b.bottom + b.height]),
  );
  const face = [0];
  for (const { thicknessM } of layers) face.push(face[face.length - 1] + thicknessM);
  const slices = layers.flatMap((slab, i) => {
    const reach = sampleS > 0 ? 0.15 * Math.sqrt((slab.conductivity / slab.capacity) * sampleS) : 1;
    const least = Math.min(slab.thicknessM / 3, reach, Math.min(die.widthM, die.heightM) / 30);
    const z = lines([face[i], face[i + 1]], (at) => Math.min(slab.thicknessM / 3, least + 0.3 * away(face, at)), level);
    return z.slice(1).map((end, j) => ({ ...slab, layer: i, dz: end - z[j] }));
  });
  const [nx, ny, nz] = [x.length - 1, y.length - 1, slices.length + 1];
  const n = nx * ny * nz;
  // Conductances to the next cell along z, x and y, whose numbers are this far away.
  const far = [1, nz, nz * nx];
  const g = far.map(() => new Float64Array(n));
  const [capacity, film] = [new Float64Array(n), new Float64Array(n)];
  const mid = (v: readonly number[], i: number): number => (v[i] + v[i + 1]) / 2;
  const has = (s: Slab, i: number, j: number): boolean =>
    i < nx && j < ny && Math.abs(mid(x, i)) < s.widthM / 2 && Math.abs(mid(y, j)) < s.heightM / 2;
  const inputs = blocks.map(() => ({ nodes: [] as number[], shares: [] as number[] }));
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const [dx, dy] = [x[i + 1] - x[i], y[j + 1] - y[j]];
      const column = (j * nx + i) * nz;
      slices.forEach((s, k) => {
        if (!has(s, i, j)) return;
        g[0][column + k] = (s.conductivity * dx * dy) / s.dz;
        for (const node of [column + k, column + k + 1]) {
          capacity[node] += (s.capacity * dx * dy * s.dz) / 2;
          if (has(s, i + 1, j)) g[1][node] += (s.conductivity * s.dz * dy) / 2 / (mid(x, i + 1) - mid(x, i));
          if (has(s, i, j + 1)) g[2][node] += (s.conductivity * s.dz * dx) / 2 / (mid(y, j + 1) - mid(y, j));
        }
        if (k === nz - 2) {
          film[column + k + 1] = solid.film * dx * dy;
          capacity[column + k + 1] += solid.filmCapacity * dx * dy;
        }
      });
      blocks.forEach((b, u) => {
        const [px, py] = [mid(x, i) + die.widthM / 2 - b.left, mid(y, j) + die.heightM / 2 - b.bottom];
        if (px < 0 || px > b.width || py < 0 || py > b.height) return;
        inputs[u].nodes.push(column + slices.findIndex(({ layer }) => layer === b.layer));
        inputs[u].shares.push((dx * dy) / (b.width * b.height));
      });
    }
  }
  const loads = (powers: readonly number[]): Float64Array => {
    const out = new Float64Array(n);
    inputs.forEach(({ nodes, shares }, u) => {
      nodes.forEach((node, i) => {
        out[node] += shares[i] * powers[u];
      });
    });
    return out;
  };
  const read = (rise: Float64Array): number[] =>
    inputs.map(({ nodes, shares }) => nodes.reduce((sum, node, i) => sum + shares[i] * rise[node], 0));
  const rise = new Float64Array(n);
  if (sampleS === 0) {
    solverOf(g, far, film)(loads(samples[0]), rise);
    return [read(rise)];
  }
  // Two stages of a diagonally implicit method of order 2, in steps that grow by 1.8 within a sample.
  const gamma = 1 - Math.SQRT1_2;
  const parts = Array.from({ length: 6 }, (_, i) => 1.8 ** i);
  const all = parts.reduce((sum, part) => sum + part, 0);
  return samples.map((powers) => {
    const load = loads(powers);
    for (const part of parts) {
      const rate = all / (part * sampleS * gamma);
      const solve = solverOf(
        g,
        far,
        film.map((v, i) => v + rate * capacity[i]),
      );
      const stage = rise.slice();
      solve(
        load.map((v, i) => v + rate * capacity[i] * rise[i]),
        stage,
      );
      const slope = (1 - gamma) / gamma;
      solve(
        load.map((v, i) => v + rate * capacity[i] * (rise[i] + slope * (stage[i] - rise[i]))),
        rise,
      );
    }
    return read(rise);
  });
}

/** Conjugate gradients with an incomplete Cholesky factor whose row sums are those of the matrix. */
function solverOf(g: readonly Float64Array[], far: readonly number[], own: Float64Array) {
  const n = own.length;
  const diagonal = own.map((v, i) => g.reduce((sum, c, d) => sum + c[i] + (i >= far[d] ? c[i - far[d]] : 0), v) || 1);
  const inverse = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let value = diagonal[i];
    for (let d = 0; d < 3; d++) {
      const o = i - far[d];
      if (o >= 0) value -= g[d][o] * inverse[o] * (g[d][o] + 0.97 * (g[(d + 1) % 3][o] + g[(d + 2) % 3][o]));
    }
    inverse[i] = 1 / Math.max(value, 1e-3 * diagonal[i]);
  }
  const [c0, c1, c2] = g;
  const [, f1, f2] = far;
  const times = (v: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < n; i++) {
      let sum = diagonal[i] * v[i];
      if (i >= 1) sum -= c0[i - 1] * v[i - 1];
      if (i >= f1) sum -= c1[i - f1] * v[i - f1];
      if (i >= f2) sum -= c2[i - f2] * v[i - f2];
      if (i + 1 < n) sum -= c0[i] * v[i + 1];
      if (i + f1 < n) sum -= c1[i] * v[i + f1];
      if (i + f2 < n) sum -= c2[i] * v[i + f2];
      out[i] = sum;
    }
  };
  const precondition = (v: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < n; i++) {
      let sum = v[i];
      if (i >= 1) sum += c0[i - 1] * out[i - 1];
      if (i >= f1) sum += c1[i - f1] * out[i - f1];
      if (i >= f2) sum += c2[i - f2] * out[i - f2];
      out[i] = sum * inverse[i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = 0;
      if (i + 1 < n) sum += c0[i] * out[i + 1];
      if (i + f1 < n) sum += c1[i] * out[i + f1];
      if (i + f2 < n) sum += c2[i] * out[i + f2];
      out[i] += sum * inverse[i];
    }
  };
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
  };
  return (load: Float64Array, out: Float64Array): void => {
    const [image, near] = [new Float64Array(n), new Float64Array(n)];
    times(out, image);
    const rest = load.map((v, i) => v - image[i]);
    precondition(rest, near);
    const along = near.slice();
    precondition(load, image);
    let size = dot(rest, near);
    const enough = 1e-14 * dot(load, image);
    for (let k = 0; k < 2000 && size > enough; k++) {
      times(along, image);
      const step = size / dot(along, image);
      for (let i = 0; i < n; i++) {
        out[i] += step * along[i];
        rest[i] -= step * image[i];
      }
      precondition(rest, near);
      const next = dot(rest, near);
      for (let i = 0; i < n; i++) along[i] = near[i] + (next / size) * along[i];
      size = next;
    }
  };
}
