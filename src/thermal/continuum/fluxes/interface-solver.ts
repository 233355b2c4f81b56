import { fail } from '../../../base/errors.ts';
import { innerProducts, type Panel } from '../../../numeric/panels.ts';
import type { Assembly } from '../bodies.ts';
import { ladderOf } from '../ladder.ts';
import { type Ports, portsOf, type UnitLoads, unitLoads } from '../unit-loads.ts';
import { addFromBody, fromInterface } from './between.ts';
import { DirectFluxes, factorOperations } from './direct.ts';
import type { Fluxes, NearFluxes, UniformFluxes } from './equations.ts';
import { caseOperations, IteratedFluxes } from './iterated.ts';
import { fluxMatrix, fluxPlaces, PARITIES } from './matrix.ts';

/** So many cases are iterated even if a matrix takes fewer operations: it takes more code, which has to be compiled. */
const FEWEST = 2;

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
 * both sides of an interface agree in its modes. The system of q is symmetric and positive definite.
 */
export class InterfaceSolver {
  readonly unit: readonly UnitLoads[];
  /** Where the fluxes of each interface begin, and where all end. */
  readonly first: Int32Array;
  private readonly assembly: Assembly;
  /** At s = 0, bodies that no heat can leave but through interfaces: what enters their uniform mode also leaves it. */
  readonly floats: readonly boolean[];
  /** Where bodies float, uniform fluxes are known but for what circulates. */
  readonly uniform: UniformFluxes;
  private readonly ports: readonly Ports[];
  private iterated: IteratedFluxes | undefined;
  private direct: DirectFluxes | undefined;
  private solved = 0;

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
    this.uniform = {
      isGiven: this.floats.some((is) => is),
      circulates: assembly.cooling.every(({ conductance }) => conductance > 0),
      ofWatt: Float64Array.from(interfaces, ({ isUpperSmaller }, i) => {
        const { widthM, heightM } = bodies[isUpperSmaller ? i : i + 1];
        return 1 / Math.sqrt(widthM * heightM);
      }),
    };
    this.ports = this.unit.map((unit) => portsOf(unit, unit.temperature));
  }

  /** From `near` fluxes, as exact as these ask for. Error: `solver-not-converged`. */
  solve(loads: readonly FaceLoads[], count: number, near: NearFluxes | null = null): Balance {
    const gap = this.gaps(loads, count, 'temperature');
    const given = this.uniform.isGiven ? this.given(loads, count) : null;
    const { flux, left } = this.fluxes(gap, count, given, near);
    if (!flux.every(Number.isFinite)) {
      fail('solver-not-converged', 'the heat between the parts of the package did not settle', {
        expected: 'finite powers, and layers whose conductances are comparable',
      });
    }
    return { count, flux, liftK: this.lifts(left, count) };
  }

  /** By iteration as long as all cases so far take fewer operations than the matrices would; these serve what does not converge, too. */
  private fluxes(gap: Float64Array, count: number, given: Float64Array | null, near: NearFluxes | null): Fluxes {
    const { assembly, ports, uniform, first } = this;
    this.solved += count;
    const few = Math.max(FEWEST, factorOperations(assembly) / caseOperations(assembly));
    if (!this.direct && this.solved <= few) {
      this.iterated ??= new IteratedFluxes(assembly, ports, uniform, first);
      const found = this.iterated.solve(gap, count, given, near);
      if (found) return found;
    }
    this.direct ??= new DirectFluxes(assembly, ports, uniform);
    return this.direct.solve(gap, count, given);
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
    const { iterated } = this;
    if (!this.direct && iterated) {
      const image = new Float64Array(flux.length);
      for (let v = 0; v < count; v++) {
        const of = (values: Float64Array) => values.subarray(v * total, (v + 1) * total);
        iterated.apply(of(flux), of(image), ports);
      }
      for (let k = 0; k < image.length; k++) image[k] -= 2 * gap[k];
      addMutual(flux, image, count, sum);
      return;
    }
    for (const parity of PARITIES) {
      const { place } = fluxPlaces(assembly, parity);
      const order = place.length;
      const [own, image] = [new Float64Array(count * order), new Float64Array(count * order)];
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) own[v * order + k] = flux[v * total + place[k]];
      if (own.every((value) => value === 0)) continue;
      const { values } = fluxMatrix(assembly, ports, parity);
      innerProducts(rowsOf(own, count), rowsOf(values, order), order, image);
      for (let v = 0; v < count; v++) {
        for (let k = 0; k < order; k++) image[v * order + k] -= 2 * gap[v * total + place[k]];
      }
      addMutual(own, image, count, sum);
    }
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
        for (let i = body; i < interfaces.length; i++)
          flux[v * interfaces.length + i] += powerW * this.uniform.ofWatt[i];
      });
    }
    return flux;
  }

  /** A floating body is as warm as what it touches below. */
  private lifts(left: Float64Array, count: number): Float64Array {
    const { floats, uniform } = this;
    const bodies = floats.length;
    const lifts = new Float64Array(count * bodies);
    for (let v = 0; v < count; v++) {
      for (let b = bodies - 2; b >= 0; b--) {
        if (!floats[b]) continue;
        lifts[v * bodies + b] = lifts[v * bodies + b + 1] - left[v * (bodies - 1) + b] * uniform.ofWatt[b];
      }
    }
    return lifts;
  }
}

function rowsOf(values: Float64Array, count: number): Panel {
  return { values, at: 0, stride: values.length / count, count };
}

/** Adds the products of rows with the images of all rows, half of either order. */
function addMutual(rows: Float64Array, images: Float64Array, count: number, sum: Float64Array): void {
  const product = new Float64Array(count * count);
  innerProducts(rowsOf(rows, count), rowsOf(images, count), rows.length / count, product);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) sum[i * count + j] += (product[i * count + j] + product[j * count + i]) / 2;
  }
}
