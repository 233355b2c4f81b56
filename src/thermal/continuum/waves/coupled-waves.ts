import { once } from '../../../base/once.ts';
import { addProduct } from '../../../numeric/matrix-product.ts';
import { dot } from '../../../numeric/panels.ts';
import type { ReducedModel } from '../../reduced/reduced-model.ts';
import type { Body } from '../bodies.ts';
import { eachSource, expansionShifts, lengthsAt } from '../expansion.ts';
import { numbersOf, PARITIES, type Parity } from '../fluxes/index.ts';
import { modalModel } from '../reduce.ts';
import { type Continuum, type Factored, factoredAt, type Response, responseAt } from '../response.ts';
import { NO_TAIL } from '../tail.ts';

/**
 * The cosines of the die that meet the package, in place of the sources: they are fewer than many sources, and those of different
 * parity do not meet, so that four models of a quarter of them each stand for the package.
 */
export interface CoupledWaves {
  readonly continuum: Continuum;
  readonly parts: readonly CoupledPart[];
}

export interface CoupledPart {
  /** Cosines by their number among the die's modes; power enters them, W/m. */
  readonly numbers: Int32Array;
  /** Power in each cosine as a source of its own. */
  readonly continuum: Continuum;
  readonly isEven: boolean;
  readonly steady: () => Response;
}

/** Null for few sources, or for sources on several faces. */
export function wavesOf(continuum: Continuum): CoupledWaves | null {
  const isOneFace = new Set(continuum.sources.map(({ face }) => face)).size === 1;
  return continuum.tail().waves && isOneFace ? coupledWaves(continuum) : null;
}

/** The sources of the continuum must lie on one face. */
export function coupledWaves(continuum: Continuum): CoupledWaves {
  const { bodies, die } = continuum.assembly;
  return { continuum, parts: PARITIES.map((parity, p) => partOf(continuum, bodies[die], parity, p === 0)) };
}

function partOf(whole: Continuum, { x, y, modes }: Body, parity: Parity, isEven: boolean): CoupledPart {
  const [ofX, ofY] = [numbersOf(x, parity.isOddX), numbersOf(y, parity.isOddY)];
  const numbers = Int32Array.from(ofY.flatMap((j) => ofX.map((i) => j * x.count + i)));
  const { face } = whole.sources[0];
  const means = Array.from(numbers, (number) => {
    const unit = new Float64Array(modes);
    unit[number] = 1;
    return unit;
  });
  const sources = means.map((_, rectangle) => ({ rectangle, face }));
  const continuum = { ...whole, rectangles: [], sources, means, steady: () => withoutTail(whole.steady()) };
  return {
    numbers,
    continuum,
    isEven,
    steady: once(() => responseAt(continuum, 0, eachSource(sources.length))),
  };
}

function withoutTail({ solver }: Factored): Factored {
  return { solver, short: NO_TAIL };
}

/** By source, its own steady rise through the cosines that meet the package, K/W. */
export function ownCoupledRises({ continuum, parts }: CoupledWaves): Float64Array {
  const { sources, means } = continuum;
  const rises = new Float64Array(sources.length);
  for (const { numbers, steady } of parts) {
    const n = numbers.length;
    const rows = new Float64Array(sources.length * n);
    sources.forEach(({ rectangle }, u) => {
      numbers.forEach((number, i) => {
        rows[u * n + i] = means[rectangle][number];
      });
    });
    const image = new Float64Array(rows.length);
    const panel = (values: Float64Array) => ({ values, at: 0, stride: n });
    addProduct(panel(rows), panel(steady().h), panel(image), sources.length, n, n);
    for (let u = 0; u < rises.length; u++) {
      rises[u] += dot(rows.subarray(u * n, (u + 1) * n), image.subarray(u * n, (u + 1) * n));
    }
  }
  return rises;
}

/** Half waves along the die that are not yet as in the steady state, by how many lengths of heat at a shift the die is long. */
const HALF_WAVES = 1;
const HALF_WAVES_A_LENGTH = 0.6;

/** Sources whose shifts are used: cosines cost little. */
const FEW = 1;

/** By part, the reduced model of its cosines above ambient: input W/m, output K m. The first one holds all heat. `kept` may have kept one. */
export function reduceCoupled(
  { continuum, parts }: CoupledWaves,
  shortestS: number,
  kept: (part: number, cosines: number, make: () => ReducedModel) => ReducedModel = (_part, _cosines, make) => make(),
): ReducedModel[] {
  const { assembly } = continuum;
  const { widthM, heightM } = assembly.bodies[assembly.die];
  const shifts = expansionShifts(assembly, shortestS, FEW);
  const factoredFor = shifts.map((shift) => once(() => withoutTail(factoredAt(continuum, shift))));
  const responsesOf = (part: CoupledPart): Response[] =>
    shifts.flatMap((shift, i) => {
      if (shift === 0) return [part.steady()];
      const combination = combinationOf(part, slowCosines(part, orderAt(continuum, shift)));
      return combination.length > 0
        ? [responseAt(part.continuum, shift, combination, { factored: factoredFor[i]() })]
        : [];
    });
  return parts.map((part, p) => {
    const count = part.numbers.length;
    return kept(p, count, () => {
      const uniform = new Float64Array(count);
      if (part.isEven) uniform[0] = Math.sqrt(widthM * heightM);
      return modalModel(assembly, 0, uniform, responsesOf(part)).model;
    });
  });
}

/** By part, how many fields its reduced model is made of, and how many cosines drive it. */
export function coupledSizes(
  { continuum, parts }: CoupledWaves,
  shortestS: number,
): { fields: number; cosines: number }[] {
  const orders = expansionShifts(continuum.assembly, shortestS, FEW)
    .filter((shift) => shift > 0)
    .map((shift) => orderAt(continuum, shift));
  return parts.map((part) => {
    const cosines = part.numbers.length;
    const fields = orders.reduce((sum, order) => sum + fieldsOf(part, slowCosines(part, order)), 1 + cosines);
    return { fields, cosines };
  });
}

/** Half waves a side of the cosines that are not yet as in the steady state. */
function orderAt(continuum: Continuum, shift: number): number {
  return Math.ceil(HALF_WAVES + HALF_WAVES_A_LENGTH * lengthsAt(continuum, shift));
}

/** At a slow shift, the cosines of a part that are not yet as in the steady state: those of up to so many half waves. */
function slowCosines({ numbers, continuum }: CoupledPart, order: number): number[] {
  const { bodies, die } = continuum.assembly;
  const { x, y } = bodies[die];
  const wave = (of: Body['x'], i: number): number => (i < of.even ? 2 * i : 2 * (i - of.even) + 1);
  return [...numbers.keys()].filter((at) => {
    const number = numbers[at];
    return wave(x, number % x.count) <= order && wave(y, Math.floor(number / x.count)) <= order;
  });
}

/** Responses to some cosines: if that is not all of them, to the ambient by itself too, which decides how all cool down. */
function fieldsOf({ numbers, isEven }: CoupledPart, chosen: readonly number[]): number {
  return chosen.length === numbers.length || !isEven ? chosen.length : chosen.length + 1;
}

function combinationOf(part: CoupledPart, chosen: readonly number[]): Float64Array {
  const m = part.numbers.length;
  if (chosen.length === m) return eachSource(m);
  const count = fieldsOf(part, chosen);
  const combination = new Float64Array((m + 1) * count);
  chosen.forEach((at, v) => {
    combination[at * count + v] = 1;
  });
  if (part.isEven) combination[m * count + count - 1] = 1;
  return combination;
}
