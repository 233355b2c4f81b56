import { addProduct } from '../../../numeric/matrix-product.ts';
import { dot } from '../../../numeric/panels.ts';
import type { Assembly, Interface } from '../bodies.ts';
import type { Ports } from '../unit-loads.ts';
import { addFromBody, fromInterface } from './between.ts';
import type { Fluxes, NearFluxes, UniformFluxes } from './equations.ts';

/** A root of energies, over that of the first residual: fluxes are as exact. */
const TOLERANCE = 1e-11;

/** Beyond these the matrices take over. */
const MOST_STEPS = 60;

const USUAL_STEPS = 12;

/** Multiply-adds of a case: a step takes fluxes to the wider body and back, twice. */
export function caseOperations({ interfaces }: Assembly): number {
  const once = interfaces.reduce((sum, { overlap: { x, y } }) => {
    return sum + (y.smaller.count * x.larger.count * (x.smaller.count + y.larger.count)) / 2;
  }, 0);
  return USUAL_STEPS * 4 * once;
}

/** Diagonals stay above this part of what they are without the next interface. */
const LEAST_PART = 0.05;

/**
 * The equations by conjugate gradients, without a matrix: for a few cases. The preconditioner factors them block by block from the
 * last interface to the first, each block by its diagonal, which is separable and so exact.
 */
export class IteratedFluxes {
  private readonly assembly: Assembly;
  private readonly ports: readonly Ports[];
  private readonly uniform: UniformFluxes;
  /** Where the fluxes of each interface begin, and where all end. */
  private readonly first: Int32Array;
  private readonly diagonal: readonly Float64Array[];
  /** By body, values in its modes at its two ends. */
  private readonly ends: readonly (readonly [Float64Array, Float64Array])[];

  constructor(assembly: Assembly, ports: readonly Ports[], uniform: UniformFluxes, first: Int32Array) {
    this.assembly = assembly;
    this.ports = ports;
    this.uniform = uniform;
    this.first = first;
    this.ends = assembly.bodies.map(({ modes }) => [new Float64Array(modes), new Float64Array(modes)]);
    this.diagonal = this.diagonals();
  }

  /** As of `DirectFluxes`; null if some case does not converge. */
  solve(gap: Float64Array, count: number, given: Float64Array | null, near: NearFluxes | null = null): Fluxes | null {
    const { first } = this;
    const { length } = this.assembly.interfaces;
    const total = first[length];
    const flux = near ? near.flux.slice() : new Float64Array(gap.length);
    const left = new Float64Array(given ? count * length : 0);
    for (let v = 0; v < count; v++) {
      const q = flux.subarray(v * total, (v + 1) * total);
      if (given) for (let i = 0; i < length; i++) q[first[i]] = given[v * length + i];
      const rest = this.converged(gap.subarray(v * total, (v + 1) * total), q, given !== null, near?.tolerance);
      if (!rest) return null;
      if (given) for (let i = 0; i < length; i++) left[v * length + i] = rest[first[i]];
    }
    return { flux, left };
  }

  /** Improves q until its residual is small (before its first step, or over q with a `tolerance`), and returns that; null if it stays large. */
  private converged(gap: Float64Array, q: Float64Array, isGiven: boolean, tolerance?: number): Float64Array | null {
    const n = q.length;
    const [image, z, direction] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    const residual = (out: Float64Array): Float64Array => {
      this.apply(q, image);
      for (let k = 0; k < n; k++) out[k] = gap[k] - image[k];
      return out;
    };
    const r = residual(new Float64Array(n));
    if (isGiven) this.project(r);
    let energy = 0;
    let enough = tolerance === undefined ? 0 : tolerance ** 2 * dot(q, image);
    for (let step = 0; step <= MOST_STEPS; step++) {
      this.precondition(r, z);
      if (isGiven) this.project(z);
      const before = energy;
      energy = dot(r, z);
      if (step === 0 && tolerance === undefined) enough = TOLERANCE ** 2 * energy;
      if (energy <= enough) return residual(new Float64Array(n));
      const beta = step === 0 ? 0 : energy / before;
      for (let k = 0; k < n; k++) direction[k] = z[k] + beta * direction[k];
      this.apply(direction, image);
      if (isGiven) this.project(image);
      const length = energy / dot(direction, image);
      for (let k = 0; k < n; k++) {
        q[k] += length * direction[k];
        r[k] -= length * image[k];
      }
    }
    return null;
  }

  /** Only the part of the uniform fluxes that circulates is unknown. */
  private project(x: Float64Array): void {
    const { first } = this;
    const { ofWatt, circulates } = this.uniform;
    let [along, norm] = [0, 0];
    ofWatt.forEach((one, i) => {
      along += one * x[first[i]];
      norm += one * one;
    });
    ofWatt.forEach((one, i) => {
      x[first[i]] = circulates ? (one * along) / norm : 0;
    });
  }

  /** y = S q, or the like for other figures between the ends of bodies. */
  apply(q: Float64Array, y: Float64Array, ports = this.ports): void {
    const { assembly, ends } = this;
    const { bodies, interfaces } = assembly;
    y.fill(0);
    bodies.forEach((_, b) => {
      const [top, bottom] = ends[b];
      if (b > 0) fromInterface(interfaces[b - 1], false, this.of(q, b - 1), top);
      if (b < interfaces.length) fromInterface(interfaces[b], true, this.of(q, b), bottom);
      const { top: a, across: c, bottom: d } = ports[b];
      const isBetween = b > 0 && b < interfaces.length;
      for (let k = 0; k < top.length; k++) {
        const u = top[k];
        const w = bottom[k];
        top[k] = a[k] * u - (isBetween ? c[k] * w : 0);
        bottom[k] = d[k] * w - (isBetween ? c[k] * u : 0);
      }
      if (b > 0) addFromBody(interfaces[b - 1], false, top, 1, this.of(y, b - 1));
      if (b < interfaces.length) addFromBody(interfaces[b], true, bottom, 1, this.of(y, b));
    });
  }

  /** z = M^-1 r with M = (1 + N) D (1 + N)', where N holds what each interface does to the one above it, over D. */
  private precondition(r: Float64Array, z: Float64Array): void {
    const { diagonal } = this;
    const last = diagonal.length - 1;
    z.set(r);
    for (let i = last; i >= 0; i--) {
      const own = this.of(z, i);
      for (let k = 0; k < own.length; k++) own[k] /= diagonal[i][k];
      if (i > 0) this.addAcross(i, i - 1, own, this.of(z, i - 1));
    }
    // Above, an interface got r less what the next one does to it, over D; below, it gets what the one above does to it.
    for (let i = 1; i <= last; i++) {
      const change = new Float64Array(diagonal[i].length);
      this.addAcross(i - 1, i, this.of(z, i - 1), change);
      const own = this.of(z, i);
      for (let k = 0; k < own.length; k++) own[k] += change[k] / diagonal[i][k];
    }
  }

  /** y -= S q from one interface to a neighbouring one, which is negative: through the body between them. */
  private addAcross(from: number, to: number, q: Float64Array, y: Float64Array): void {
    const { assembly, ports, ends } = this;
    const body = Math.max(from, to);
    const [u] = ends[body];
    const { across } = ports[body];
    fromInterface(assembly.interfaces[from], from === body, q, u);
    for (let k = 0; k < u.length; k++) u[k] *= across[k];
    addFromBody(assembly.interfaces[to], to === body, u, 1, y);
  }

  private of(q: Float64Array, i: number): Float64Array {
    return q.subarray(this.first[i], this.first[i + 1]);
  }

  /** By interface, the diagonal of S less what follows from the next interface. */
  private diagonals(): Float64Array[] {
    const { bodies, interfaces } = this.assembly;
    const made: Float64Array[] = [];
    for (let i = interfaces.length - 1; i >= 0; i--) {
      const one = interfaces[i];
      const own = new Float64Array(one.modes);
      addDiagonal(one, true, this.ports[i].bottom, own);
      addDiagonal(one, false, this.ports[i + 1].top, own);
      if (i + 1 < interfaces.length) {
        const effect = new Float64Array(bodies[i + 1].modes);
        spreadDiagonal(
          interfaces[i + 1],
          true,
          made[0].map((value) => 1 / value),
          effect,
        );
        const { across } = this.ports[i + 1];
        for (let k = 0; k < effect.length; k++) effect[k] *= across[k] * across[k];
        const less = new Float64Array(one.modes);
        addDiagonal(one, false, effect, less);
        for (let k = 0; k < own.length; k++) own[k] = Math.max(own[k] - less[k], LEAST_PART * own[k]);
      }
      made.unshift(own.map((value) => (value > 0 ? value : 1)));
    }
    return made;
  }
}

/** d += the diagonal of E' P E for P of a body, where E holds the integrals of its modes with those of an interface. */
function addDiagonal(one: Interface, isUpper: boolean, port: Float64Array, d: Float64Array): void {
  const { isUpperSmaller, overlap, place } = one;
  if (isUpperSmaller === isUpper) {
    for (let k = 0; k < place.length; k++) d[k] += port[place[k]];
    return;
  }
  const { x, y } = overlap;
  const to = { rows: y.smaller.count, columns: x.smaller.count };
  addSquares(port, { rows: y.larger.count, columns: x.larger.count }, x.down, y.up, d, to);
}

/** out = the diagonal of E D E' over the modes of a body. */
function spreadDiagonal(one: Interface, isUpper: boolean, d: Float64Array, out: Float64Array): void {
  const { isUpperSmaller, overlap, place } = one;
  out.fill(0);
  if (isUpperSmaller === isUpper) {
    for (let k = 0; k < place.length; k++) out[place[k]] = d[k];
    return;
  }
  const { x, y } = overlap;
  const to = { rows: y.larger.count, columns: x.larger.count };
  addSquares(d, { rows: y.smaller.count, columns: x.smaller.count }, x.up, y.down, out, to);
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** out += Y d X, with d a table of modes and X, Y the squares of the integrals along both sides. */
function addSquares(d: Float64Array, of: Size, x: Float64Array, y: Float64Array, out: Float64Array, to: Size): void {
  const half = new Float64Array(of.rows * to.columns);
  addProduct(
    table(d, of.columns),
    table(squares(x), to.columns),
    table(half, to.columns),
    of.rows,
    of.columns,
    to.columns,
  );
  addProduct(table(squares(y), of.rows), table(half, to.columns), table(out, to.columns), to.rows, of.rows, to.columns);
}

function table(values: Float64Array, stride: number) {
  return { values, at: 0, stride };
}

function squares(values: Float64Array): Float64Array {
  return values.map((value) => value * value);
}
