import { fail } from '../../base/errors.ts';
import { backwardRows, factorInPlace, forwardRows } from '../../numeric/dense.ts';
import { innerProducts } from '../../numeric/panels.ts';
import type { Assembly } from './bodies.ts';
import { addFromBody, type FluxMatrix, fluxMatrix, fromInterface, PARITIES } from './fluxes.ts';
import { ladderOf } from './ladder.ts';
import { portsOf, type UnitLoads, unitLoads } from './unit-loads.ts';

/** Heat that enters a face of a body's reach in some of the cases, W/m (powers over the norm of the modes). */
export interface FaceLoads {
  readonly body: number;
  readonly face: number;
  /** The cases, ascending, and by case and mode how much enters. */
  readonly cases: Int32Array;
  readonly values: Float64Array;
}

/** How cases of loads are balanced. */
export interface Balance {
  readonly count: number;
  /** Cases x fluxes, interface after interface in the interface's modes. */
  readonly flux: Float64Array;
  /** Cases x bodies: by how much a floating body is warmer than its ladder says, K. */
  readonly liftK: Float64Array;
}

/**
 * (G + s C) x = load for bodies that exchange fluxes q where they meet: x_body = ladder^-1 (load +- E q), and the temperatures on
 * both sides of an interface agree in its modes. The system of q is symmetric and positive definite; it is factored by parity.
 */
export class InterfaceSolver {
  readonly unit: readonly UnitLoads[];
  /** Where the fluxes of each interface begin, and where all end. */
  readonly first: Int32Array;
  private readonly assembly: Assembly;
  /** At s = 0, bodies that no heat can leave but through interfaces: what enters their uniform mode also leaves it. */
  readonly floats: readonly boolean[];
  /** By interface: the uniform flux of 1 W. */
  readonly uniform: Float64Array;
  /** Factored. */
  private readonly matrices: readonly FluxMatrix[];
  /** If bodies float: the equations of the uniform fluxes, one a row, as they were before these were given. */
  private readonly ofUniform: Float64Array;

  constructor(assembly: Assembly, shift: number) {
    this.assembly = assembly;
    const { bodies, interfaces } = assembly;
    this.unit = bodies.map(({ reach, lambda }) =>
      unitLoads(ladderOf(reach.layers, reach.cooling, lambda, shift, reach.part), reach),
    );
    this.first = new Int32Array(interfaces.length + 1);
    interfaces.forEach(({ modes }, i) => {
      this.first[i + 1] = this.first[i] + modes;
    });
    this.floats = bodies.map(({ cooling }) => shift === 0 && cooling.every(({ conductance }) => conductance === 0));
    this.uniform = Float64Array.from(interfaces, ({ isUpperSmaller }, i) => {
      const { widthM, heightM } = bodies[isUpperSmaller ? i : i + 1];
      return 1 / Math.sqrt(widthM * heightM);
    });
    const ports = this.unit.map((unit) => portsOf(unit, unit.temperature));
    const matrices = PARITIES.map((parity) => fluxMatrix(assembly, ports, parity));
    const [{ values, order, first }] = matrices;
    this.ofUniform = new Float64Array(this.isGiven ? first.length * order : 0);
    if (this.isGiven) {
      first.forEach((g, i) => {
        this.ofUniform.set(values.subarray(g * order, (g + 1) * order), i * order);
      });
    }
    this.matrices = matrices.map((matrix, p) => this.factored(matrix, p === 0));
  }

  /** Error: `solver-not-converged`. */
  solve(loads: readonly FaceLoads[], count: number): Balance {
    const gap = this.gaps(loads, count, 'temperature');
    const flux = new Float64Array(gap.length);
    const total = this.first[this.assembly.interfaces.length];
    const liftK = new Float64Array(count * this.floats.length);
    this.matrices.forEach((matrix, p) => {
      const { place, order, values } = matrix;
      const own = new Float64Array(count * order);
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) own[v * order + k] = gap[v * total + place[k]];
      const given = p === 0 && this.isGiven ? this.given(loads, count) : null;
      if (given) this.constrain(given, own, matrix, count);
      forwardRows(values, order, own, count);
      backwardRows(values, order, own, count);
      if (given) this.release(given, own, matrix, count);
      if (given) liftK.set(this.lifts(gap, own, matrix, count));
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) flux[v * total + place[k]] = own[v * order + k];
    });
    if (!flux.every(Number.isFinite)) {
      fail('solver-not-converged', 'the heat between the parts of the package did not settle', {
        expected: 'finite powers, and layers whose conductances are comparable',
      });
    }
    return { count, flux, liftK };
  }

  /**
   * By how much an interface's upper side is warmer than its lower one without fluxes, cases x fluxes; or the like for the heat that
   * the fields store together.
   */
  gaps(loads: readonly FaceLoads[], count: number, figure: 'temperature' | 'stored'): Float64Array {
    const { assembly, first, unit } = this;
    const { interfaces, bodies } = assembly;
    const total = first[interfaces.length];
    const gap = new Float64Array(count * total);
    for (const { body, face, cases, values } of loads) {
      const { modes } = bodies[body];
      const u = new Float64Array(modes);
      for (const i of this.interfacesOf(body)) {
        const effect = unit[body][figure](face, this.faceAt(i, body));
        cases.forEach((v, row) => {
          for (let k = 0, at = row * modes; k < modes; k++, at++) u[k] = effect[k] * values[at];
          const part = gap.subarray(v * total + first[i], v * total + first[i + 1]);
          addFromBody(interfaces[i], i === body, u, i === body ? 1 : -1, part);
        });
      }
    }
    return gap;
  }

  /** The interfaces above and below a body. */
  interfacesOf(body: number): number[] {
    return [body - 1, body].filter((i) => i >= 0 && i < this.assembly.interfaces.length);
  }

  /** The face of a body at an interface. */
  faceAt(i: number, body: number): number {
    const { first, end } = this.unit[body].ladder.part;
    return i === body ? end : first;
  }

  /** Heat that enters a body through an interface, W/m by mode. */
  entering(i: number, body: number, { flux }: Balance, v: number, u: Float64Array): void {
    const { first, assembly } = this;
    const total = first[assembly.interfaces.length];
    fromInterface(assembly.interfaces[i], i === body, flux.subarray(v * total + first[i], v * total + first[i + 1]), u);
    if (i === body) for (let k = 0; k < u.length; k++) u[k] = -u[k];
  }

  /** Adds q' S q - (q' g + g' q) with the fluxes' own matrix S of stored heat and the gaps g of that; count x count. */
  addStored({ flux, count }: Balance, gap: Float64Array, sum: Float64Array): void {
    const { assembly, unit, first } = this;
    const total = first[assembly.interfaces.length];
    const ports = unit.map((one) => portsOf(one, one.stored));
    for (const parity of PARITIES) {
      const { order, place, values } = fluxMatrix(assembly, ports, parity);
      const [own, image] = [new Float64Array(count * order), new Float64Array(count * order)];
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) own[v * order + k] = flux[v * total + place[k]];
      const rows = (of: Float64Array, some: number) => ({ values: of, at: 0, stride: order, count: some });
      innerProducts(rows(own, count), rows(values, order), order, image);
      for (let v = 0; v < count; v++) {
        for (let k = 0; k < order; k++) image[v * order + k] -= 2 * gap[v * total + place[k]];
      }
      const product = new Float64Array(count * count);
      innerProducts(rows(own, count), rows(image, count), order, product);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) sum[i * count + j] += (product[i * count + j] + product[j * count + i]) / 2;
      }
    }
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

  /** Fluxes that take the powers of floating bodies to the last, cooled body; cases x interfaces. */
  private given(loads: readonly FaceLoads[], count: number): Float64Array {
    const { bodies, interfaces } = this.assembly;
    const flux = new Float64Array(count * interfaces.length);
    for (const { body, cases, values } of loads) {
      const { widthM, heightM, modes } = bodies[body];
      // From a cooled first body on, what floats downstream counts.
      if (!this.floats[body] && body === 0) continue;
      cases.forEach((v, row) => {
        const powerW = values[row * modes] * Math.sqrt(widthM * heightM);
        for (let i = body; i < interfaces.length; i++) flux[v * interfaces.length + i] += powerW * this.uniform[i];
      });
    }
    return flux;
  }

  /** Takes what given fluxes do from the gaps of the first parity, which become right sides. */
  private constrain(given: Float64Array, gap: Float64Array, { order, first }: FluxMatrix, count: number): void {
    const { ofUniform, uniform } = this;
    for (let v = 0; v < count; v++) {
      const own = gap.subarray(v * order, (v + 1) * order);
      first.forEach((_, i) => {
        const amount = given[v * first.length + i];
        for (let k = 0; k < order; k++) own[k] -= amount * ofUniform[i * order + k];
      });
      const along = first.reduce((sum, g, i) => sum + uniform[i] * own[g], 0);
      for (const g of first) own[g] = 0;
      if (this.circulates) own[0] = along;
    }
  }

  private release(given: Float64Array, flux: Float64Array, { order, first }: FluxMatrix, count: number): void {
    for (let v = 0; v < count; v++) {
      const own = flux.subarray(v * order, (v + 1) * order);
      const amount = this.circulates ? own[0] : 0;
      first.forEach((g, i) => {
        own[g] = given[v * first.length + i] + this.uniform[i] * amount;
      });
    }
  }

  /** A floating body is as warm as what it touches below. */
  private lifts(gap: Float64Array, flux: Float64Array, { order }: FluxMatrix, count: number): Float64Array {
    const { floats, uniform, ofUniform } = this;
    const bodies = floats.length;
    const lifts = new Float64Array(count * bodies);
    const total = gap.length / count;
    for (let v = 0; v < count; v++) {
      for (let b = bodies - 2; b >= 0; b--) {
        if (!floats[b]) continue;
        let rest = gap[v * total + this.first[b]];
        for (let k = 0; k < order; k++) rest -= ofUniform[b * order + k] * flux[v * order + k];
        lifts[v * bodies + b] = lifts[v * bodies + b + 1] - rest * uniform[b];
      }
    }
    return lifts;
  }
}
