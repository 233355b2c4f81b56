import { backwardRows, factorInPlace, forwardRows } from '../../../numeric/dense.ts';
import type { Assembly } from '../bodies.ts';
import type { Ports } from '../unit-loads.ts';
import type { Fluxes, UniformFluxes } from './equations.ts';
import { type FluxMatrix, fluxMatrix, PARITIES } from './matrix.ts';

/** Multiply-adds to factor the matrices: a quarter of all fluxes in each, cubed and over 6. */
export function factorOperations({ interfaces }: Assembly): number {
  const order = interfaces.reduce((sum, { modes }) => sum + modes, 0) / PARITIES.length;
  return (PARITIES.length * order ** 3) / 6;
}

/** The equations as matrices, one a parity, factored: for many cases. */
export class DirectFluxes {
  private readonly uniform: UniformFluxes;
  private readonly interfaces: number;
  private readonly total: number;
  private readonly matrices: readonly FluxMatrix[];
  /** The equations of given uniform fluxes, one a row, as they were before. */
  private readonly ofUniform: Float64Array;

  constructor(assembly: Assembly, ports: readonly Ports[], uniform: UniformFluxes) {
    this.uniform = uniform;
    this.interfaces = assembly.interfaces.length;
    this.total = assembly.interfaces.reduce((sum, { modes }) => sum + modes, 0);
    this.matrices = PARITIES.map((parity) => fluxMatrix(assembly, ports, parity));
    const [{ values, order, first }] = this.matrices;
    this.ofUniform = new Float64Array(uniform.isGiven ? first.length * order : 0);
    if (uniform.isGiven) {
      first.forEach((g, i) => {
        this.ofUniform.set(values.subarray(g * order, (g + 1) * order), i * order);
      });
      this.fix(this.matrices[0]);
    }
    for (const matrix of this.matrices) factorInPlace(matrix.values, matrix.order);
  }

  /** Cases x fluxes that close the gaps; `given` holds the uniform fluxes where they are known, cases x interfaces. */
  solve(gap: Float64Array, count: number, given: Float64Array | null): Fluxes {
    const { total } = this;
    const flux = new Float64Array(gap.length);
    let left: Float64Array = new Float64Array(0);
    this.matrices.forEach((matrix, p) => {
      const { place, order, values } = matrix;
      const own = new Float64Array(count * order);
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) own[v * order + k] = gap[v * total + place[k]];
      const known = p === 0 ? given : null;
      if (!known && own.every((value) => value === 0)) return;
      if (known) this.constrain(known, own, matrix, count);
      forwardRows(values, order, own, count);
      backwardRows(values, order, own, count);
      if (known) {
        this.release(known, own, matrix, count);
        left = this.leftOf(gap, own, matrix, count);
      }
      for (let v = 0; v < count; v++) for (let k = 0; k < order; k++) flux[v * total + place[k]] = own[v * order + k];
    });
    return { flux, left };
  }

  /** Takes the uniform fluxes from the unknowns. The first of them then stands for the part that circulates. */
  private fix({ order, first, values }: FluxMatrix): void {
    const { ofWatt, circulates } = this.uniform;
    const row = new Float64Array(order);
    first.forEach((g, i) => {
      for (let k = 0; k < order; k++) row[k] += ofWatt[i] * values[g * order + k];
    });
    const energy = first.reduce((sum, g, i) => sum + ofWatt[i] * row[g], 0);
    for (const g of first) {
      for (let k = 0; k < order; k++) values[g * order + k] = values[k * order + g] = 0;
      values[g * order + g] = 1;
      row[g] = 0;
    }
    if (!circulates) return;
    for (let k = 0; k < order; k++) values[k] = values[k * order] = row[k];
    values[0] = energy;
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
      const along = first.reduce((sum, g, i) => sum + uniform.ofWatt[i] * own[g], 0);
      for (const g of first) own[g] = 0;
      if (uniform.circulates) own[0] = along;
    }
  }

  private release(given: Float64Array, flux: Float64Array, { order, first }: FluxMatrix, count: number): void {
    const { ofWatt, circulates } = this.uniform;
    for (let v = 0; v < count; v++) {
      const own = flux.subarray(v * order, (v + 1) * order);
      const amount = circulates ? own[0] : 0;
      first.forEach((g, i) => {
        own[g] = given[v * first.length + i] + ofWatt[i] * amount;
      });
    }
  }

  private leftOf(gap: Float64Array, flux: Float64Array, { order, place }: FluxMatrix, count: number): Float64Array {
    const { ofUniform, interfaces, total } = this;
    const left = new Float64Array(count * interfaces);
    for (let v = 0; v < count; v++) {
      for (let i = 0; i < interfaces; i++) {
        let rest = gap[v * total + place[this.matrices[0].first[i]]];
        for (let k = 0; k < order; k++) rest -= ofUniform[i * order + k] * flux[v * order + k];
        left[v * interfaces + i] = rest;
      }
    }
    return left;
  }
}
