import { innerProducts, type Panel } from '../../numeric/panels.ts';
import type { Assembly, Body } from './bodies.ts';
import type { Balance, FaceLoads, InterfaceSolver } from './fluxes/index.ts';
import { solveLadder } from './ladder.ts';
import type { Source } from './sources.ts';

/** Some cases of loads, balanced at one shift. */
export interface Cases {
  readonly assembly: Assembly;
  readonly solver: InterfaceSolver;
  readonly loads: readonly FaceLoads[];
  readonly balance: Balance;
}

/** Where power enters: the sources, and by rectangle the means over it of the die's modes. */
interface Entrances {
  readonly assembly: Assembly;
  readonly sources: readonly Source[];
  readonly means: readonly Float64Array[];
}

/** The loads of combinations (inputs x count) of the sources and of the ambient. */
export function loadsOf(
  { assembly, sources, means }: Entrances,
  combination: Float64Array,
  count: number,
): FaceLoads[] {
  const { bodies, die } = assembly;
  const { modes, reach } = bodies[die];
  const faces = [...new Set(sources.map(({ face }) => face))].sort((a, b) => a - b);
  const loads = faces.map((face): FaceLoads => {
    const members = sources.flatMap((source, u) => (source.face === face ? [u] : []));
    const cases = numbersWhere(count, (v) => members.some((u) => combination[u * count + v] !== 0));
    const values = new Float64Array(cases.length * modes);
    cases.forEach((v, row) => {
      for (const u of members) {
        const weight = combination[u * count + v];
        if (weight !== 0) addTimes(weight, means[sources[u].rectangle], values, row * modes);
      }
    });
    return { body: die, face: face - reach.firstLayer, cases, values };
  });
  const ambient = sources.length * count;
  const warm = numbersWhere(count, (v) => combination[ambient + v] !== 0);
  return warm.length === 0 ? loads : [...loads, ...ambientLoads(bodies, warm, combination.subarray(ambient))];
}

function numbersWhere(count: number, is: (i: number) => boolean): Int32Array {
  return Int32Array.from(Array.from({ length: count }, (_, i) => i).filter(is));
}

function addTimes(weight: number, x: Float64Array, y: Float64Array, at: number): void {
  for (let k = 0, to = at; k < x.length; k++, to++) y[to] += weight * x[k];
}

/** Heat that enters from a warmer ambient through the cooling of the outer faces. */
function ambientLoads(bodies: readonly Body[], cases: Int32Array, ambientK: Float64Array): FaceLoads[] {
  return bodies.flatMap(({ cooling, modes, widthM, heightM, reach }, body) =>
    [0, reach.layers.length].flatMap((face, end) => {
      const { conductance } = cooling[end];
      if (conductance === 0) return [];
      const values = new Float64Array(cases.length * modes);
      cases.forEach((v, row) => {
        values[row * modes] = conductance * ambientK[v] * Math.sqrt(widthM * heightM);
      });
      return [{ body, face, cases, values }];
    }),
  );
}

/** Temperatures of one case by body, face x mode. */
export function fieldOf({ assembly, solver, loads, balance }: Cases, v: number): Float64Array[] {
  return assembly.bodies.map(({ modes, widthM, heightM }, body) => {
    const { ladder } = solver.unit[body];
    const x = new Float64Array(ladder.faces * modes);
    for (const one of loads) {
      const row = one.body === body ? one.cases.indexOf(v) : -1;
      if (row >= 0) addTimes(1, one.values.subarray(row * modes, (row + 1) * modes), x, one.face * modes);
    }
    const u = new Float64Array(modes);
    for (const i of solver.interfacesOf(body)) {
      solver.entering(i, body, balance, v, u);
      addTimes(1, u, x, solver.faceAt(i, body) * modes);
    }
    solveLadder(ladder, x);
    const uniform = balance.liftK[v * assembly.bodies.length + body] * Math.sqrt(widthM * heightM);
    const { first, end } = ladder.part;
    if (uniform !== 0) for (let face = first; face <= end; face++) x[face * modes] += uniform;
    return x;
  });
}

/** Temperatures of a face of a body's reach, cases x modes. */
export function faceOf({ assembly, solver, loads, balance }: Cases, body: number, face: number): Float64Array {
  const { modes, widthM, heightM } = assembly.bodies[body];
  const { temperature } = solver.unit[body];
  const x = new Float64Array(balance.count * modes);
  for (const one of loads) {
    if (one.body !== body) continue;
    const effect = temperature(one.face, face);
    one.cases.forEach((v, row) => {
      for (let k = 0, from = row * modes, to = v * modes; k < modes; k++) x[to++] += effect[k] * one.values[from++];
    });
  }
  const u = new Float64Array(modes);
  for (const i of solver.interfacesOf(body)) {
    const effect = temperature(solver.faceAt(i, body), face);
    for (let v = 0; v < balance.count; v++) {
      solver.entering(i, body, balance, v, u);
      for (let k = 0, to = v * modes; k < modes; k++) x[to++] += effect[k] * u[k];
    }
  }
  const root = Math.sqrt(widthM * heightM);
  const bodies = assembly.bodies.length;
  for (let v = 0; v < balance.count; v++) x[v * modes] += root * balance.liftK[v * bodies + body];
  return x;
}

/** The heat that each two cases store together, J K: count x count. */
export function storedTogether(cases: Cases): Float64Array {
  const { solver, loads, balance, assembly } = cases;
  const { count } = balance;
  const sum = new Float64Array(count * count);
  loads.forEach((one, p) => {
    loads.slice(0, p + 1).forEach((other, q) => {
      if (one.body === other.body) addLoads(one, other, solver.unit[one.body].stored(one.face, other.face), p !== q);
    });
  });
  solver.addStored(balance, solver.gaps(loads, count, 'stored'), sum);
  const { bodies } = assembly;
  solver.floats.forEach((floats, b) => {
    if (!floats) return;
    const capacity = capacityOf(bodies[b]);
    const lift = Float64Array.from({ length: count }, (_, v) => balance.liftK[v * bodies.length + b]);
    // Above the ladder's own temperatures, of which a half counts for either case.
    const heat = heatOf(cases, b).map((whole, v) => whole - (capacity * lift[v]) / 2);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) sum[i * count + j] += lift[i] * heat[j] + heat[i] * lift[j];
    }
  });
  return sum;

  function addLoads(one: FaceLoads, other: FaceLoads, effect: Float64Array, isTwice: boolean): void {
    const modes = effect.length;
    const scaled = one.values.map((value, at) => value * effect[at % modes]);
    const rows = (values: Float64Array, of: FaceLoads): Panel => ({
      values,
      at: 0,
      stride: modes,
      count: of.cases.length,
    });
    const product = new Float64Array(one.cases.length * other.cases.length);
    innerProducts(rows(scaled, one), rows(other.values, other), modes, product);
    one.cases.forEach((i, row) => {
      other.cases.forEach((j, column) => {
        const value = product[row * other.cases.length + column];
        sum[i * count + j] += value;
        if (isTwice) sum[j * count + i] += value;
      });
    });
  }
}

function capacityOf({ widthM, heightM, layers, cooling }: Body): number {
  const perM2 = layers.reduce((sum, { thicknessM, heatCapacityJPerM3K }) => sum + thicknessM * heatCapacityJPerM3K, 0);
  return widthM * heightM * (perM2 + cooling[0].capacity + cooling[1].capacity);
}

/** By case, the uniform temperature of a face of a body's reach over the body, K. */
function meanOf({ assembly, solver, loads, balance }: Cases, body: number, face: number): Float64Array {
  const { modes, widthM, heightM } = assembly.bodies[body];
  const root = Math.sqrt(widthM * heightM);
  const { count, liftK, flux } = balance;
  const total = solver.first[assembly.interfaces.length];
  const { temperature } = solver.unit[body];
  const mean = Float64Array.from({ length: count }, (_, v) => liftK[v * assembly.bodies.length + body]);
  for (const one of loads) {
    if (one.body !== body) continue;
    const [effect] = temperature(one.face, face);
    one.cases.forEach((v, row) => {
      mean[v] += (effect * one.values[row * modes]) / root;
    });
  }
  for (const i of solver.interfacesOf(body)) {
    // The uniform flux of an interface is the only one that holds power, W.
    const effect = ((i === body ? -1 : 1) * temperature(solver.faceAt(i, body), face)[0]) / (root * root);
    for (let v = 0; v < count; v++) mean[v] += (effect * flux[v * total + solver.first[i]]) / solver.uniform.ofWatt[i];
  }
  return mean;
}

/** By case, the heat in a body, J. */
export function heatOf(cases: Cases, body: number): Float64Array {
  const { layers, cooling, widthM, heightM, firstLayer, reach, modes } = cases.assembly.bodies[body];
  const area = widthM * heightM;
  const own = firstLayer - reach.firstLayer;
  const { gamma } = cases.solver.unit[body].ladder;
  const faces = Array.from({ length: layers.length + 1 }, (_, f) => meanOf(cases, body, own + f));
  return faces[0].map((_, v) => {
    let heat = cooling[0].capacity * faces[0][v] + cooling[1].capacity * faces[layers.length][v];
    layers.forEach(({ thicknessM, heatCapacityJPerM3K }, f) => {
      const half = (gamma[(own + f) * modes] * thicknessM) / 2;
      const share = half < 1e-4 ? 1 - (half * half) / 3 : Math.tanh(half) / half;
      heat += (thicknessM * heatCapacityJPerM3K * share * (faces[f][v] + faces[f + 1][v])) / 2;
    });
    return area * heat;
  });
}

/** By case, the heat above ambient, J, and what leaves, W. */
export function balancesOf(cases: Cases): { heatJ: Float64Array; outW: Float64Array } {
  const { assembly, balance } = cases;
  const heatJ = new Float64Array(balance.count);
  const outW = new Float64Array(balance.count);
  assembly.bodies.forEach(({ cooling, layers, firstLayer, reach, widthM, heightM }, body) => {
    heatOf(cases, body).forEach((heat, v) => {
      heatJ[v] += heat;
    });
    [0, layers.length].forEach((face, end) => {
      const { conductance } = cooling[end];
      if (conductance === 0) return;
      meanOf(cases, body, firstLayer - reach.firstLayer + face).forEach((mean, v) => {
        outW[v] += widthM * heightM * conductance * mean;
      });
    });
  });
  return { heatJ, outW };
}
