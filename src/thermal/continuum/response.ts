import { once } from '../../base/once.ts';
import { addProduct } from '../../numeric/matrix-product.ts';
import { innerProducts, type Panel } from '../../numeric/panels.ts';
import { transposed } from '../../numeric/projection.ts';
import { type Assembly, type Body, coarserAssembly, type Resolution } from './bodies.ts';
import { type InterfaceSolver, interfaceSolver } from './interfaces.ts';
import { applyCapacity, heatCapacityOf, type Ladder } from './ladder.ts';
import { meansOver, type Rectangle, type Source } from './sources.ts';
import { longerTail, type Tail, type TailResponse, tailOf, tailResponse } from './tail.ts';

/** A stack with its sources: what responses are computed of. */
export interface Continuum {
  readonly assembly: Assembly;
  readonly rectangles: readonly Rectangle[];
  readonly sources: readonly Source[];
  /** By rectangle: means over it of the die's modes. */
  readonly means: readonly Float64Array[];
  readonly tail: Tail;
  /** What responses at shift 0 share. */
  readonly steady: () => Factored;
}

/** A stack at one shift. */
interface Factored {
  readonly solver: InterfaceSolver;
  readonly short: TailResponse;
}

function factoredAt({ assembly, tail, sources }: Omit<Continuum, 'steady'>, shift: number): Factored {
  return { solver: interfaceSolver(assembly, shift), short: tailResponse(assembly, tail, sources, shift) };
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
  return withSteady({ assembly, rectangles, sources, means, tail: tailOf(assembly, rectangles) });
}

/** The same with fewer modes, of which the tail takes those that are left out. */
export function coarserContinuum(fine: Continuum, resolution: Resolution): Continuum {
  const { rectangles, sources } = fine;
  const assembly = coarserAssembly(fine.assembly, resolution);
  const means = rectangles.map((one) => meansOver(assembly, one));
  const tail = longerTail(fine.tail, fine.assembly, assembly, fine.means);
  return withSteady({ assembly, rectangles, sources, means, tail });
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
  /** By combination and body, face x mode. */
  readonly fields: readonly (readonly Float64Array[])[];
  readonly ladders: readonly Ladder[];
}

/** Errors: `solver-not-converged`. */
export function responseAt(continuum: Continuum, shift: number, combination: Float64Array): Response {
  const { assembly, sources, means } = continuum;
  const { bodies, die } = assembly;
  const m = sources.length;
  const inputs = m + 1;
  const count = combination.length / inputs;
  const { solver, short } = shift === 0 ? continuum.steady() : factoredAt(continuum, shift);
  const { modes, layers, firstLayer } = bodies[die];
  const h = new Float64Array(inputs * count);
  const fields: Float64Array[][] = [];
  for (let v = 0; v < count; v++) {
    const load = new Float64Array((layers.length + 1) * modes);
    sources.forEach(({ face, rectangle }, u) => {
      const power = combination[u * count + v];
      if (power === 0) return;
      const at = (face - firstLayer) * modes;
      for (let i = 0; i < modes; i++) load[at + i] += power * means[rectangle][i];
    });
    const ambientK = combination[m * count + v];
    const loads = bodies.map((body, b) => {
      const own = b === die ? load : null;
      return ambientK === 0 ? own : withAmbient(body, ambientK, own);
    });
    const solution = solver.solve(loads);
    fields.push([...solution]);
    const x = solution[die];
    sources.forEach(({ face, rectangle }, u) => {
      const at = (face - firstLayer) * modes;
      let sum = 0;
      for (let i = 0; i < modes; i++) sum += means[rectangle][i] * x[at + i];
      h[u * count + v] = sum;
    });
  }
  const stored = once(() => {
    const all = storedHeat(assembly, solver.ladders, fields);
    addTriple(all, combination, short.stored(), combination, m, count);
    return all;
  });
  const { heatJ, outW } = balances(assembly, solver.ladders, fields);
  h.set(outW, m * count);
  addTriple(h, null, short.response, combination, m, count);
  return { shift, count, combination, h, stored, heatJ, outW, fields, ladders: solver.ladders };
}

/** What enters from an ambient that is warmer, through what cools a body. */
function withAmbient(
  { layers, cooling, modes, widthM, heightM }: Body,
  ambientK: number,
  load: Float64Array | null,
): Float64Array | null {
  if (cooling.every(({ conductance }) => conductance === 0)) return load;
  const all = load ?? new Float64Array((layers.length + 1) * modes);
  const rise = ambientK * Math.sqrt(widthM * heightM);
  all[0] += cooling[0].conductance * rise;
  all[layers.length * modes] += cooling[1].conductance * rise;
  return all;
}

/** y += left' a right; without `left`, a right. Here a is m x m, the others have `count` columns. */
function addTriple(
  y: Float64Array,
  left: Float64Array | null,
  a: Float64Array,
  right: Float64Array,
  m: number,
  count: number,
): void {
  const plain = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
  const product = left ? new Float64Array(m * count) : y;
  addProduct(plain(a, m), plain(right, count), plain(product, count), m, m, count);
  if (!left) return;
  addProduct(plain(transposed(left, m, count), m), plain(product, count), plain(y, count), count, m, count);
}

/** Rows of a symmetric product that are made at a time: as many of the other rows are spared. */
const ROWS = 16;

/** y += a_i . b_j over the first `length` elements for j <= i, and a little beyond. */
function addLower(a: Panel, b: Panel, length: number, y: Float64Array): void {
  const part = new Float64Array(ROWS * b.count);
  for (let first = 0; first < a.count; first += ROWS) {
    const some = Math.min(ROWS, a.count - first);
    const others = first + some;
    innerProducts({ ...a, at: a.at + first * a.stride, count: some }, { ...b, count: others }, length, part);
    for (let i = 0; i < some; i++) {
      for (let j = 0; j < others; j++) y[(first + i) * b.count + j] += part[i * others + j];
    }
  }
}

function storedHeat(
  assembly: Assembly,
  ladders: readonly Ladder[],
  fields: readonly (readonly Float64Array[])[],
): Float64Array {
  const count = fields.length;
  const total = new Float64Array(count * count);
  assembly.bodies.forEach(({ reach }, b) => {
    const n = ladders[b].faces * ladders[b].modes;
    const all = new Float64Array(count * n);
    const images = new Float64Array(count * n);
    const capacity = heatCapacityOf(ladders[b], reach.layers, reach.cooling);
    fields.forEach((field, v) => {
      all.set(field[b], v * n);
      applyCapacity(capacity, field[b], images.subarray(v * n, (v + 1) * n));
    });
    const rows = (values: Float64Array) => ({ values, at: 0, stride: n, count });
    addLower(rows(all), rows(images), n, total);
  });
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) total[j * count + i] = total[i * count + j];
  }
  return total;
}

/** From the uniform modes, which alone hold heat in all. */
function balances(
  { bodies }: Assembly,
  ladders: readonly Ladder[],
  fields: readonly (readonly Float64Array[])[],
): { heatJ: Float64Array; outW: Float64Array } {
  const heatJ = new Float64Array(fields.length);
  const outW = new Float64Array(fields.length);
  fields.forEach((field, v) => {
    bodies.forEach(({ layers, cooling, widthM, heightM, modes, firstLayer, reach }, b) => {
      const root = Math.sqrt(widthM * heightM);
      const from = (firstLayer - reach.firstLayer) * modes;
      const x = field[b].subarray(from);
      const gamma = ladders[b].gamma.subarray(from);
      layers.forEach(({ thicknessM, heatCapacityJPerM3K }, f) => {
        const half = (gamma[f * modes] * thicknessM) / 2;
        const mean =
          ((half < 1e-4 ? 1 - (half * half) / 3 : Math.tanh(half) / half) * (x[f * modes] + x[(f + 1) * modes])) / 2;
        heatJ[v] += root * thicknessM * heatCapacityJPerM3K * mean;
      });
      [0, layers.length].forEach((face, end) => {
        heatJ[v] += root * cooling[end].capacity * x[face * modes];
        outW[v] += root * cooling[end].conductance * x[face * modes];
      });
    });
  });
  return { heatJ, outW };
}
