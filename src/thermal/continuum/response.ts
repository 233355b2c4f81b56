import { once } from '../../base/once.ts';
import { innerProducts } from '../../numeric/panels.ts';
import type { Assembly } from './bodies.ts';
import { balancesOf, type Cases, faceOf, fieldOf, loadsOf, storedTogether } from './cases.ts';
import { InterfaceSolver, type NearFluxes } from './fluxes/index.ts';
import type { Ladder } from './ladder.ts';
import { meansOver, type Rectangle, type Source } from './sources.ts';
import { resampledTail, type Tail, type TailResponse, tailOf, tailResponse } from './tail.ts';

/** A stack with its sources: what responses are computed of. */
export interface Continuum {
  readonly assembly: Assembly;
  readonly rectangles: readonly Rectangle[];
  readonly sources: readonly Source[];
  /** By rectangle: means over it of the die's modes. */
  readonly means: readonly Float64Array[];
  /** Made when first asked for. */
  readonly tail: () => Tail;
  /** The part that responses at shift 0 share. */
  readonly steady: () => Factored;
}

/** A stack at one shift. */
export interface Factored {
  readonly solver: InterfaceSolver;
  readonly short: TailResponse;
}

export function factoredAt({ assembly, tail, sources }: Omit<Continuum, 'steady'>, shift: number): Factored {
  return { solver: new InterfaceSolver(assembly, shift), short: tailResponse(assembly, tail(), sources, shift) };
}

function withSteady(plain: Omit<Continuum, 'steady'>): Continuum {
  return { ...plain, steady: once(() => factoredAt(plain, 0)) };
}

export function continuumOf(
  assembly: Assembly,
  rectangles: readonly Rectangle[],
  sources: readonly Source[],
): Continuum {
  const means = rectangles.map((one) => meansOver(assembly, one));
  const tail = once(() => tailOf(assembly, rectangles, columnsOf(sources)));
  return withSteady({ assembly, rectangles, sources, means, tail });
}

/** Rectangles of sources come before all others. */
function columnsOf(sources: readonly Source[]): number {
  return sources.reduce((most, { rectangle }) => Math.max(most, rectangle + 1), 0);
}

/** The same sources in an assembly with fewer or more modes; the tail takes those that are left out, or loses those that are added. */
export function resampled(continuum: Continuum, assembly: Assembly): Continuum {
  if (continuum.assembly === assembly) return continuum;
  const { rectangles, sources } = continuum;
  const means = rectangles.map((one) => meansOver(assembly, one));
  const tail = once(() => resampledTail(continuum.tail(), continuum.assembly, assembly, rectangles));
  return withSteady({ assembly, rectangles, sources, means, tail });
}

const NO_WAVES = { lambda: new Float64Array(0), weight: [], waves: null };

/**
 * The same stack without waves that are too short for the package: they are the same in all assemblies, so that differences between
 * these do not need them.
 */
export function coupledOnly(continuum: Continuum): Continuum {
  const { assembly, rectangles, sources, means } = continuum;
  const tail: Tail = { columns: columnsOf(sources), ...NO_WAVES };
  return withSteady({ assembly, rectangles, sources, means, tail: () => tail });
}

/** The same stack with some of its sources, by number; without waves that are too short for the package. */
export function someSources({ assembly, rectangles, sources }: Continuum, chosen: readonly number[]): Continuum {
  const used = [...new Set(chosen.map((u) => sources[u].rectangle))];
  const places = chosen.map((u) => ({ ...sources[u], rectangle: used.indexOf(sources[u].rectangle) }));
  const own = used.map((rectangle) => rectangles[rectangle]);
  const tail: Tail = { columns: own.length, ...NO_WAVES };
  const means = own.map((one) => meansOver(assembly, one));
  return withSteady({ assembly, rectangles: own, sources: places, means, tail: () => tail });
}

/**
 * Responses X(s) P = (G + s C)^-1 B P to combinations P of the inputs at one shift. Inputs are the sources, W, and the ambient's
 * temperature, K, behind what cools the outer faces; B' X reads means over the sources' rectangles, K, and the heat that leaves, W.
 */
export interface Response {
  readonly shift: number;
  /** Combinations: P, inputs x count. */
  readonly count: number;
  readonly combination: Float64Array;
  /** B' X P, inputs x count. */
  readonly h: Float64Array;
  /** P' X' C X P, count x count; made when first asked for. */
  readonly stored: () => Float64Array;
  /** By combination: heat above ambient, J, and what leaves, W. */
  readonly heatJ: Float64Array;
  readonly outW: Float64Array;
  /** Means over rectangles at faces of the die, places x count, K. */
  readonly means: (places: readonly Source[]) => Float64Array;
  /** The part of them that comes through the waves that meet the package. */
  readonly coupledMeans: (places: readonly Source[]) => Float64Array;
  /** Where bodies meet, combinations x fluxes. */
  readonly flux: Float64Array;
  /** The field of one combination by body, face x mode; made anew whenever asked for. */
  readonly field: (v: number) => readonly Float64Array[];
  readonly ladders: readonly Ladder[];
}

/** Known of a response beforehand: the stack at its shift; and fluxes near those of it, by which it gets as exact as they ask for. */
export interface Known {
  readonly factored?: Factored;
  readonly near?: NearFluxes;
}

/** Errors: `solver-not-converged`. */
export function responseAt(
  continuum: Continuum,
  shift: number,
  combination: Float64Array,
  { factored, near }: Known = {},
): Response {
  const { assembly, sources } = continuum;
  const m = sources.length;
  const count = combination.length / (m + 1);
  const { solver, short } = factored ?? (shift === 0 ? continuum.steady() : factoredAt(continuum, shift));
  const loads = loadsOf(continuum, combination, count);
  const cases: Cases = { assembly, solver, loads, balance: solver.solve(loads, count, near) };
  const stored = once(() => {
    const all = storedTogether(cases);
    short.addStored(combination, count, all);
    return all;
  });
  const coupledMeans: Response['means'] = (places) => {
    const all = new Float64Array(places.length * count);
    readMeans(continuum, cases, places, all);
    return all;
  };
  const means: Response['means'] = (places) => {
    const all = coupledMeans(places);
    short.addMeans(places, combination, count, all);
    return all;
  };
  const { heatJ, outW } = balancesOf(cases);
  const h = new Float64Array((m + 1) * count);
  h.set(means(sources));
  h.set(outW, m * count);
  const ladders = solver.unit.map(({ ladder }) => ladder);
  const { flux } = cases.balance;
  const field: Response['field'] = (v) => fieldOf(cases, v);
  return { shift, count, combination, h, stored, heatJ, outW, means, coupledMeans, flux, field, ladders };
}

/** Steady responses to powers of the inputs; the last one is kept. Errors: `solver-not-converged`. */
export function lastSteady(continuum: Continuum): (powers: Float64Array) => Response {
  let last: Response | undefined;
  return (powers) => {
    if (!last?.combination.every((value, u) => value === powers[u])) last = responseAt(continuum, 0, powers);
    return last;
  };
}

/** Means over rectangles of the coupled modes, places x count. */
function readMeans({ assembly, means }: Continuum, cases: Cases, places: readonly Source[], out: Float64Array): void {
  const { modes, reach } = assembly.bodies[assembly.die];
  const { count } = cases.balance;
  for (const face of new Set(places.map((place) => place.face))) {
    const members = places.flatMap((place, i) => (place.face === face ? [i] : []));
    const rows = new Float64Array(members.length * modes);
    members.forEach((i, row) => {
      rows.set(means[places[i].rectangle], row * modes);
    });
    const x = faceOf(cases, assembly.die, face - reach.firstLayer);
    const product = new Float64Array(members.length * count);
    const panel = (values: Float64Array, of: number) => ({ values, at: 0, stride: modes, count: of });
    innerProducts(panel(rows, members.length), panel(x, count), modes, product);
    members.forEach((i, row) => {
      out.set(product.subarray(row * count, (row + 1) * count), i * count);
    });
  }
}
