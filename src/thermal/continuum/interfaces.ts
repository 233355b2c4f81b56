import { fail } from '../../base/errors.ts';
import type { Assembly } from './bodies.ts';
import { addFromBody, addToInterface, dot, fromInterface, inInterface } from './fluxes.ts';
import { type Ladder, ladderOf, type Ports, portsOf, solveLadder } from './ladder.ts';

/** The heat through the interfaces of an assembly at one shift, found by conjugate gradients. */
export interface InterfaceSolver {
  readonly ladders: readonly Ladder[];
  /** Loads by body, face x mode, W/m (powers over the norm of the modes). */
  solve(loads: readonly (Float64Array | null)[]): InterfaceSolution;
}

export interface InterfaceSolution {
  /** Temperatures by body, face x mode. */
  readonly x: readonly Float64Array[];
  /** Fluxes, one interface after the other, and the mismatch of temperatures that is left. */
  readonly flux: Float64Array;
  readonly residual: Float64Array;
  readonly iterations: number;
}

const MOST_ITERATIONS = 300;

/** Of a load's energy: fluxes that carry less of it need not be right beyond that. */
const LEAST_PART = 1e-4;

/**
 * (G + s C) x = load for bodies that exchange fluxes q where they meet: x_body = ladder^-1 (load +- T q), and the temperatures on
 * both sides of an interface agree in the modes of its smaller body. The system of q is symmetric and positive definite. Error:
 * `solver-not-converged`.
 */
export function interfaceSolver(assembly: Assembly, shift: number, tolerance: number): InterfaceSolver {
  return new Interfaces(assembly, shift, tolerance);
}

class Interfaces implements InterfaceSolver {
  readonly ladders: readonly Ladder[];
  private readonly assembly: Assembly;
  private readonly ports: readonly Ports[];
  private readonly tolerance: number;
  private readonly first: Int32Array;
  private readonly size: number;
  /** At s = 0, bodies that no heat can leave but through interfaces: what enters their uniform mode also leaves it. */
  private readonly floats: readonly boolean[];
  private readonly diagonals: readonly Float64Array[];
  /** Fluxes that circulate: 1 W through all interfaces, if both ends are cooled; with its energy. */
  private readonly through: Float64Array | null;
  private throughEnergy = 0;
  private readonly scratch: readonly { readonly top: Float64Array; readonly bottom: Float64Array }[];

  constructor(assembly: Assembly, shift: number, tolerance: number) {
    this.assembly = assembly;
    this.tolerance = tolerance;
    const { bodies, interfaces } = assembly;
    this.ladders = bodies.map(({ layers, cooling, lambda }) => ladderOf(layers, cooling, lambda, shift));
    this.ports = this.ladders.map(portsOf);
    this.first = new Int32Array(interfaces.length + 1);
    interfaces.forEach(({ modes }, i) => {
      this.first[i + 1] = this.first[i] + modes;
    });
    this.size = this.first[interfaces.length];
    this.floats = bodies.map(({ cooling }) => shift === 0 && cooling.every(({ conductance }) => conductance === 0));
    this.scratch = bodies.map(({ modes }) => ({ top: new Float64Array(modes), bottom: new Float64Array(modes) }));
    this.diagonals = this.diagonalsOf();
    const both = assembly.cooling.every(({ conductance }) => conductance > 0);
    this.through = both && this.floats.some((is) => is) ? this.throughFlux() : null;
    if (this.through) {
      const image = new Float64Array(this.size);
      this.apply(this.through, image);
      this.throughEnergy = dot(this.through, image);
    }
  }

  solve(loads: readonly (Float64Array | null)[]): InterfaceSolution {
    const { size, assembly } = this;
    const free = loads.map((load, b) => {
      const x = load ? load.slice() : new Float64Array(this.ladders[b].faces * this.ladders[b].modes);
      if (load) solveLadder(this.ladders[b], x);
      return x;
    });
    const flux = this.given(loads);
    const residual = new Float64Array(size);
    const image = new Float64Array(size);
    assembly.interfaces.forEach((one, i) => {
      const [above, below] = [free[i], free[i + 1]];
      const part = residual.subarray(this.first[i], this.first[i + 1]);
      const last = above.length - assembly.bodies[i].modes;
      addToInterface(one, above.subarray(last), below.subarray(0, assembly.bodies[i + 1].modes), part);
    });
    this.apply(flux, image);
    for (let i = 0; i < size; i++) residual[i] -= image[i];
    const scale = this.scaleOf(free, loads);
    const iterations = this.descend(flux, residual, scale);
    return { x: this.temperatures(loads, flux), flux, residual, iterations };
  }

  /** A load's own energy, which errors of the fluxes are seen against. */
  private scaleOf(free: readonly Float64Array[], loads: readonly (Float64Array | null)[]): number {
    let sum = 0;
    loads.forEach((load, b) => {
      if (load) sum += dot(load, free[b]);
    });
    return sum;
  }

  /** Conjugate gradients; the energy of an error is that of the residual in the preconditioner's norm. */
  private descend(flux: Float64Array, residual: Float64Array, scale: number): number {
    const { size, tolerance } = this;
    this.constrain(residual);
    const [z, d, image] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
    let rz = 0;
    let goal = 0;
    for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
      this.precondition(residual, z);
      const before = rz;
      rz = dot(residual, z);
      if (iteration === 0) goal = tolerance * tolerance * Math.min(scale, Math.max(rz, LEAST_PART * scale));
      if (!(rz > goal)) return iteration;
      const beta = iteration === 0 ? 0 : rz / before;
      for (let i = 0; i < size; i++) d[i] = z[i] + beta * d[i];
      this.apply(d, image);
      this.constrain(image);
      const alpha = rz / dot(d, image);
      for (let i = 0; i < size; i++) {
        flux[i] += alpha * d[i];
        residual[i] -= alpha * image[i];
      }
    }
    return fail('solver-not-converged', 'the heat between the parts of the package did not settle', {
      expected: 'finite powers, and layers whose conductances are comparable',
    });
  }

  /** y = S q: by how much the temperatures below and above the interfaces differ for fluxes downwards. */
  private apply(q: Float64Array, y: Float64Array): void {
    const { assembly, first, ports, scratch } = this;
    const { bodies, interfaces } = assembly;
    y.fill(0);
    bodies.forEach((_, b) => {
      const { top, bottom } = scratch[b];
      if (b > 0) fromInterface(interfaces[b - 1], false, q.subarray(first[b - 1], first[b]), top);
      if (b < interfaces.length) fromInterface(interfaces[b], true, q.subarray(first[b], first[b + 1]), bottom);
      const port = ports[b];
      const hasTop = b > 0;
      const hasBottom = b < interfaces.length;
      for (let i = 0; i < top.length; i++) {
        const u = hasTop ? top[i] : 0;
        const v = hasBottom ? bottom[i] : 0;
        top[i] = port.top[i] * u - port.across[i] * v;
        bottom[i] = port.bottom[i] * v - port.across[i] * u;
      }
      if (hasTop) addFromBody(interfaces[b - 1], false, top, y.subarray(first[b - 1], first[b]));
      if (hasBottom) addFromBody(interfaces[b], true, bottom, y.subarray(first[b], first[b + 1]));
    });
  }

  /** Of the block factors of S, from both ends of the stack to the die. */
  private diagonalsOf(): Float64Array[] {
    const { assembly, ports } = this;
    const { interfaces, die } = assembly;
    const own = interfaces.map((one, i) => {
      const upper = inInterface(one, true, ports[i].bottom);
      const lower = inInterface(one, false, ports[i + 1].top);
      return upper.map((value, k) => value + lower[k]);
    });
    const reduce = (i: number, outer: number, body: number): void => {
      if (!this.isOrdered(i, outer, body)) return;
      const less = ports[body].across.map((t, k) => (t === 0 ? 0 : (t * t) / own[outer][k]));
      const part = inInterface(interfaces[i], body === i, less);
      own[i] = own[i].map((value, k) => value - part[k]);
    };
    for (let i = interfaces.length - 2; i >= die; i--) reduce(i, i + 1, i + 1);
    for (let i = 1; i < die; i++) reduce(i, i - 1, i);
    if (die > 0 && die < interfaces.length) reduce(die - 1, die, die);
    return own;
  }

  /** Whether the outer interface has the modes of the body between it and the inner one. */
  private isOrdered(_inner: number, outer: number, body: number): boolean {
    return this.assembly.interfaces[outer].isUpperSmaller === (outer === body);
  }

  private precondition(residual: Float64Array, z: Float64Array): void {
    const { assembly, first, diagonals } = this;
    const { interfaces, die } = assembly;
    const part = (x: Float64Array, i: number): Float64Array => x.subarray(first[i], first[i + 1]);
    z.set(residual);
    // What circulates has a part of its own.
    for (let i = 0; i < interfaces.length; i++) if (this.isGiven(i)) z[first[i]] = 0;
    const inward: [number, number, number][] = [];
    for (let i = interfaces.length - 2; i >= die; i--) inward.push([i, i + 1, i + 1]);
    for (let i = 1; i < die; i++) inward.push([i, i - 1, i]);
    if (die > 0 && die < interfaces.length) inward.push([die - 1, die, die]);
    for (const [i, outer, body] of inward) {
      if (!this.isOrdered(i, outer, body)) continue;
      // S_(i, outer) = -T' across.
      const u = part(z, outer).map((value, k) => (this.ports[body].across[k] * value) / diagonals[outer][k]);
      addFromBody(interfaces[i], body === i, u, part(z, i));
    }
    for (let i = 0; i < interfaces.length; i++) {
      const some = part(z, i);
      for (let k = 0; k < some.length; k++) some[k] /= diagonals[i][k];
    }
    for (const [i, outer, body] of inward.reverse()) {
      if (!this.isOrdered(i, outer, body)) continue;
      const u = this.scratch[body].top;
      fromInterface(interfaces[i], body === i, part(z, i), u);
      const some = part(z, outer);
      for (let k = 0; k < some.length; k++) some[k] += (this.ports[body].across[k] * u[k]) / diagonals[outer][k];
    }
    this.constrain(z, residual);
  }

  /** Where bodies float, uniform fluxes are given, but for what circulates from one cooled end to the other. */
  private constrain(x: Float64Array, residual?: Float64Array): void {
    const { through, floats, first, assembly } = this;
    if (!floats.some((is) => is)) return;
    const along = through ? dot(through, residual ?? x) : 0;
    assembly.interfaces.forEach((_, i) => {
      if (this.isGiven(i)) x[first[i]] = 0;
    });
    if (!through) return;
    const scale = residual ? along / this.throughEnergy : along / dot(through, through);
    for (let i = 0; i < x.length; i++) x[i] += scale * through[i];
  }

  private isGiven(i: number): boolean {
    return this.floats[i] || this.floats[i + 1];
  }

  private throughFlux(): Float64Array {
    const flux = new Float64Array(this.size);
    this.assembly.interfaces.forEach(({ isUpperSmaller }, i) => {
      const { widthM, heightM } = this.assembly.bodies[isUpperSmaller ? i : i + 1];
      flux[this.first[i]] = 1 / Math.sqrt(widthM * heightM);
    });
    return flux;
  }

  /** Fluxes that take the powers of floating bodies to the last, cooled body. */
  private given(loads: readonly (Float64Array | null)[]): Float64Array {
    const flux = new Float64Array(this.size);
    if (!this.floats.some((is) => is)) return flux;
    let powerW = 0;
    const { bodies, interfaces } = this.assembly;
    interfaces.forEach(({ isUpperSmaller }, i) => {
      const { widthM, heightM, modes } = bodies[i];
      const load = loads[i];
      // From a cooled first body on, what floats downstream counts.
      if (load && (this.floats[i] || i > 0)) {
        for (let f = 0; f < load.length; f += modes) powerW += load[f] * Math.sqrt(widthM * heightM);
      }
      if (!this.isGiven(i)) return;
      const small = bodies[isUpperSmaller ? i : i + 1];
      flux[this.first[i]] = powerW / Math.sqrt(small.widthM * small.heightM);
    });
    return flux;
  }

  private temperatures(loads: readonly (Float64Array | null)[], flux: Float64Array): Float64Array[] {
    const { assembly, first, ladders } = this;
    const { bodies, interfaces } = assembly;
    const x = bodies.map(({ modes }, b) => {
      const field = loads[b]?.slice() ?? new Float64Array(ladders[b].faces * modes);
      const u = new Float64Array(modes);
      const last = field.length - modes;
      if (b > 0) {
        fromInterface(interfaces[b - 1], false, flux.subarray(first[b - 1], first[b]), u);
        for (let i = 0; i < modes; i++) field[i] += u[i];
      }
      if (b < interfaces.length) {
        fromInterface(interfaces[b], true, flux.subarray(first[b], first[b + 1]), u);
        for (let i = 0; i < modes; i++) field[last + i] -= u[i];
      }
      solveLadder(ladders[b], field);
      return field;
    });
    // A floating body is as warm as what it touches below.
    for (let b = bodies.length - 2; b >= 0; b--) if (this.floats[b]) this.lift(b, x);
    return x;
  }

  private lift(b: number, x: readonly Float64Array[]): void {
    const { bodies, interfaces } = this.assembly;
    const gap = new Float64Array(interfaces[b].modes);
    const { modes } = bodies[b];
    addToInterface(interfaces[b], x[b].subarray(x[b].length - modes), x[b + 1].subarray(0, bodies[b + 1].modes), gap);
    const small = bodies[interfaces[b].isUpperSmaller ? b : b + 1];
    const kelvin = -gap[0] / Math.sqrt(small.widthM * small.heightM);
    const amount = kelvin * Math.sqrt(bodies[b].widthM * bodies[b].heightM);
    for (let at = 0; at < x[b].length; at += modes) x[b][at] += amount;
  }
}
