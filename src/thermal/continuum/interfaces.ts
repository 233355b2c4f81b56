import { fail } from '../../base/errors.ts';
import { factorInPlace, solveInPlace } from '../../numeric/dense.ts';
import type { Assembly } from './bodies.ts';
import { addFromBody, type FluxMatrix, fluxMatrix, fromInterface, PARITIES } from './fluxes.ts';
import { type Ladder, ladderOf, portsOf, solveLadder } from './ladder.ts';

/** The heat through the interfaces of an assembly at one shift. */
export interface InterfaceSolver {
  readonly ladders: readonly Ladder[];
  /** Loads by body, face x mode, W/m (powers over the norm of the modes), to temperatures alike. */
  solve(loads: readonly (Float64Array | null)[]): readonly Float64Array[];
}

/**
 * (G + s C) x = load for bodies that exchange fluxes q where they meet: x_body = ladder^-1 (load +- E q), and the temperatures on
 * both sides of an interface agree in its modes. The system of q is symmetric and positive definite; it is factored by parity.
 * Error: `solver-not-converged`.
 */
export function interfaceSolver(assembly: Assembly, shift: number): InterfaceSolver {
  return new Interfaces(assembly, shift);
}

class Interfaces implements InterfaceSolver {
  readonly ladders: readonly Ladder[];
  private readonly assembly: Assembly;
  private readonly first: Int32Array;
  /** At s = 0, bodies that no heat can leave but through interfaces: what enters their uniform mode also leaves it. */
  private readonly floats: readonly boolean[];
  /** By interface: the uniform flux of 1 W. */
  private readonly uniform: Float64Array;
  /** Factored. */
  private readonly matrices: readonly FluxMatrix[];

  constructor(assembly: Assembly, shift: number) {
    this.assembly = assembly;
    const { bodies, interfaces } = assembly;
    this.ladders = bodies.map(({ reach, lambda }) => ladderOf(reach.layers, reach.cooling, lambda, shift, reach.part));
    this.first = new Int32Array(interfaces.length + 1);
    interfaces.forEach(({ modes }, i) => {
      this.first[i + 1] = this.first[i] + modes;
    });
    this.floats = bodies.map(({ cooling }) => shift === 0 && cooling.every(({ conductance }) => conductance === 0));
    this.uniform = Float64Array.from(interfaces, ({ isUpperSmaller }, i) => {
      const { widthM, heightM } = bodies[isUpperSmaller ? i : i + 1];
      return 1 / Math.sqrt(widthM * heightM);
    });
    const ports = this.ladders.map(portsOf);
    this.matrices = PARITIES.map((parity, p) => this.factored(fluxMatrix(assembly, ports, parity), p === 0));
  }

  solve(loads: readonly (Float64Array | null)[]): readonly Float64Array[] {
    const { first, assembly, matrices } = this;
    const flux = this.given(loads);
    const before = this.temperatures(loads, flux);
    const gap = new Float64Array(flux.length);
    assembly.interfaces.forEach((one, i) => {
      const part = gap.subarray(first[i], first[i + 1]);
      addFromBody(one, true, before[i].subarray(this.endOf(i)), 1, part);
      addFromBody(one, false, before[i + 1].subarray(this.startOf(i + 1)), -1, part);
    });
    matrices.forEach((matrix, p) => {
      const { place } = matrix;
      const own = new Float64Array(place.length);
      for (let k = 0; k < place.length; k++) own[k] = gap[place[k]];
      if (p === 0) this.constrain(matrix, own);
      solveInPlace(matrix.values, matrix.order, own);
      if (p === 0) this.release(matrix, own);
      for (let k = 0; k < place.length; k++) flux[place[k]] += own[k];
    });
    if (!flux.every(Number.isFinite)) {
      fail('solver-not-converged', 'the heat between the parts of the package did not settle', {
        expected: 'finite powers, and layers whose conductances are comparable',
      });
    }
    const x = this.temperatures(loads, flux);
    // A floating body is as warm as what it touches below.
    for (let b = x.length - 2; b >= 0; b--) if (this.floats[b]) this.lift(b, x);
    return x;
  }

  /** Of a body's own faces, the first element of the first and of the last. */
  private startOf(b: number): number {
    const { firstLayer, reach, modes } = this.assembly.bodies[b];
    return (firstLayer - reach.firstLayer) * modes;
  }

  private endOf(b: number): number {
    const { layers, modes } = this.assembly.bodies[b];
    return this.startOf(b) + layers.length * modes;
  }

  /**
   * Where bodies float, their uniform fluxes are given, but for what circulates from one cooled end to the other: that becomes the
   * unknown of the first of them.
   */
  private get isGiven(): boolean {
    return this.floats.some((is) => is);
  }

  private get circulates(): boolean {
    return this.assembly.cooling.every(({ conductance }) => conductance > 0);
  }

  private factored(matrix: FluxMatrix, isUniform: boolean): FluxMatrix {
    const { order, first, values } = matrix;
    if (isUniform && this.isGiven) {
      const row = new Float64Array(order);
      first.forEach((g, i) => {
        for (let k = 0; k < order; k++) row[k] += this.uniform[i] * values[g * order + k];
      });
      const energy = first.reduce((sum, g, i) => sum + this.uniform[i] * row[g], 0);
      for (const g of first) {
        for (let k = 0; k < order; k++) values[g * order + k] = values[k * order + g] = 0;
        values[g * order + g] = 1;
        row[g] = 0;
      }
      if (this.circulates) {
        for (let k = 0; k < order; k++) values[k] = values[k * order] = row[k];
        values[0] = energy;
      }
    }
    factorInPlace(values, order);
    return matrix;
  }

  private constrain({ first }: FluxMatrix, gap: Float64Array): void {
    if (!this.isGiven) return;
    const along = first.reduce((sum, g, i) => sum + this.uniform[i] * gap[g], 0);
    for (const g of first) gap[g] = 0;
    if (this.circulates) gap[0] = along;
  }

  private release({ first }: FluxMatrix, flux: Float64Array): void {
    if (!this.isGiven) return;
    const amount = flux[0];
    first.forEach((g, i) => {
      flux[g] = this.uniform[i] * amount;
    });
  }

  /** Fluxes that take the powers of floating bodies to the last, cooled body. */
  private given(loads: readonly (Float64Array | null)[]): Float64Array {
    const { bodies, interfaces } = this.assembly;
    const flux = new Float64Array(this.first[interfaces.length]);
    if (!this.isGiven) return flux;
    let powerW = 0;
    interfaces.forEach((_, i) => {
      const { widthM, heightM, modes } = bodies[i];
      const load = loads[i];
      // From a cooled first body on, what floats downstream counts.
      if (load && (this.floats[i] || i > 0)) {
        for (let f = 0; f < load.length; f += modes) powerW += load[f] * Math.sqrt(widthM * heightM);
      }
      flux[this.first[i]] = powerW * this.uniform[i];
    });
    return flux;
  }

  private temperatures(loads: readonly (Float64Array | null)[], flux: Float64Array): Float64Array[] {
    const { assembly, first, ladders } = this;
    const { bodies, interfaces } = assembly;
    return bodies.map(({ modes }, b) => {
      const field = loads[b]?.slice() ?? new Float64Array(ladders[b].faces * modes);
      const u = new Float64Array(modes);
      if (b > 0) {
        fromInterface(interfaces[b - 1], false, flux.subarray(first[b - 1], first[b]), u);
        addTo(field, this.startOf(b), u, 1);
      }
      if (b < interfaces.length) {
        fromInterface(interfaces[b], true, flux.subarray(first[b], first[b + 1]), u);
        addTo(field, this.endOf(b), u, -1);
      }
      solveLadder(ladders[b], field);
      return field;
    });
  }

  private lift(b: number, x: readonly Float64Array[]): void {
    const { bodies, interfaces } = this.assembly;
    const gap = new Float64Array(interfaces[b].modes);
    addFromBody(interfaces[b], true, x[b].subarray(this.endOf(b)), 1, gap);
    addFromBody(interfaces[b], false, x[b + 1].subarray(this.startOf(b + 1)), -1, gap);
    const amount = -gap[0] * this.uniform[b] * Math.sqrt(bodies[b].widthM * bodies[b].heightM);
    for (let at = this.startOf(b); at <= this.endOf(b); at += bodies[b].modes) x[b][at] += amount;
  }
}

function addTo(field: Float64Array, from: number, u: Float64Array, sign: number): void {
  for (let i = 0; i < u.length; i++) field[from + i] += sign * u[i];
}
