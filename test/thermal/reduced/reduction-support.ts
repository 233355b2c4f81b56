/** Networks, floorplans and slow references for the laws of reduced models. */
import fc from 'fast-check';
import { HOTSPOT_DEFAULTS } from '../../../src/formats/hotspot/config.ts';
import { addConductance, conductanceMatrix, edgeList } from '../../../src/numeric/sparse.ts';
import {
  type Block,
  type BlockMap,
  type Grid,
  hotspotRules,
  hotspotStack,
  makeFloorplan,
  type NetworkRules,
  physicalRules,
  type ReducedModel,
  type SparseRows,
  type SteadySolver,
  steadyResistance,
  type ThermalNetwork,
} from '../../../src/thermal/index.ts';
import { denseSteady } from '../dense-reference.ts';
import { type Model, modelOf } from '../support.ts';

/** Solves (G + shift C) rise = source by elimination on the dense matrix: slow, and obviously right. */
export function eliminationOf(network: ThermalNetwork): (shift: number) => SteadySolver {
  return (shift) => {
    const diagonal = network.conductance.diagonal.map((g, i) => g + shift * network.capacity[i]);
    const shifted = { ...network, conductance: { ...network.conductance, diagonal } };
    return {
      solve(source, rise) {
        rise.set(denseSteady(shifted, source));
        return { iterations: 1, residual: 0, operations: 0 };
      },
    };
  };
}

/** Weighted sums of node rises, one a row, above `baseK`: block means of a field by the definition. */
export function weightedSums(rows: SparseRows, rise: ArrayLike<number>, baseK = 0): number[] {
  return Array.from({ length: rows.start.length - 1 }, (_, u) => {
    let sum = baseK;
    for (let i = rows.start[u]; i < rows.start[u + 1]; i++) sum += rows.weight[i] * rise[rows.index[i]];
    return sum;
  });
}

/** Steady rises of the blocks of a reduced model, K: its resistance times the power. */
export function steadyRisesOf(model: ReducedModel, powerW: ArrayLike<number>): number[] {
  const resistance = steadyResistance(model);
  const m = powerW.length;
  return Array.from(powerW, (_, u) => Array.from(powerW).reduce((sum, p, v) => sum + p * resistance[u * m + v], 0));
}

/** The first samples of a power trace, each with the power of every block. */
export function samplesOf(columns: readonly Float64Array[], count: number): Float64Array[] {
  return Array.from({ length: count }, (_, k) => Float64Array.from(columns, (column) => column[k]));
}

function rowsOf(entries: readonly (readonly (readonly [node: number, weight: number])[])[]): SparseRows {
  const flat = entries.flat();
  let count = 0;
  return {
    start: Int32Array.from([0, ...entries.map((row) => (count += row.length))]),
    index: Int32Array.from(flat, ([node]) => node),
    weight: Float64Array.from(flat, ([, weight]) => weight),
  };
}

export interface Chain {
  readonly network: ThermalNetwork;
  /** Two sources and two outputs at any of the nodes. */
  readonly map: BlockMap;
  /** Rises of the nodes to begin with, K. */
  readonly start: Float64Array;
}

/** A chain of 5 to 24 nodes with up to 20 further links, capacities over four decades, and the ambient at its end. */
export const chains: fc.Arbitrary<Chain> = fc
  .record({
    capacityDecades: fc.array(fc.double({ min: -4, max: 0, noNaN: true }), { minLength: 5, maxLength: 24 }),
    links: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.double({ min: 0.05, max: 3, noNaN: true })), { maxLength: 20 }),
    ambientWPerK: fc.double({ min: 0.1, max: 2, noNaN: true }),
    places: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    phase: fc.nat(),
  })
  .map(({ capacityDecades, links, ambientWPerK, places, phase }) => {
    const nodes = capacityDecades.length;
    const [a, b, c] = places.map((place) => place % nodes);
    const capacity = Float64Array.from(capacityDecades, (decade) => 10 ** decade);
    return {
      network: chainOf(capacity, links, ambientWPerK),
      map: {
        // The first source heats one node, the second two; the first output is the mean of two, the second one node.
        spread: rowsOf([[[a, 1]], [[b, 0.25], [c, 0.75]]]), // biome-ignore format: a row of the matrix a line
        mean: rowsOf([[[a, 0.5], [c, 0.5]], [[b, 1]]]), // biome-ignore format: a row of the matrix a line
      },
      start: Float64Array.from(capacity, (_, i) => 20 * Math.sin(phase + 1.7 * i)),
    };
  });

function chainOf(
  capacity: Float64Array,
  links: readonly (readonly [number, number, number])[],
  ambientWPerK: number,
): ThermalNetwork {
  const nodes = capacity.length;
  const edges = edgeList(nodes + links.length);
  for (let i = 1; i < nodes; i++) addConductance(edges, i - 1, i, 1 + (i % 3));
  for (const [i, j, g] of links) if (i % nodes !== j % nodes) addConductance(edges, i % nodes, j % nodes, g);
  const toAmbient = new Float64Array(nodes);
  toAmbient[nodes - 1] = ambientWPerK;
  return { nodes, conductance: conductanceMatrix(edges, toAmbient), toAmbient, capacity, ambientK: 300 };
}

export interface Die extends Model {
  /** Powers of the blocks, W. */
  readonly power: Float64Array;
  readonly shiftRatio: number;
}

type Cut = readonly [pick: number, part: number, upright: boolean];

/** From 1/5 to 5. */
const factor = fc.double({ min: -1, max: 1, noNaN: true }).map((power) => 5 ** power);

/** Dies of 1 to 25 mm under random packages, cut into up to 21 blocks of very different sizes. */
export const dies: fc.Arbitrary<Die> = fc
  .record({
    sideM: fc.double({ min: 1e-3, max: 25e-3, noNaN: true }),
    cuts: fc.array(fc.tuple(fc.nat(), fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.boolean()), {
      maxLength: 20,
    }),
    grid: fc.constantFrom({ rows: 8, columns: 8 }, { rows: 12, columns: 8 }),
    factors: fc.tuple(factor, factor, factor, factor, factor, factor),
    rules: fc.constantFrom(physicalRules, hotspotRules),
    shiftRatio: fc.constantFrom(25, 12),
    phase: fc.nat(),
  })
  .map(({ sideM, cuts, grid, factors, rules, shiftRatio, phase }) => {
    const model = dieOf(sideM, blocksOf(sideM, cuts), grid, factors, rules);
    const power = Float64Array.from(model.floorplan.blocks, (_, u) => 1 + Math.sin(phase + 2.3 * u));
    return { ...model, power, shiftRatio };
  });

function dieOf(
  sideM: number,
  blocks: readonly Block[],
  grid: Grid,
  [a, b, c, d, e, f]: readonly number[],
  rules: NetworkRules,
): Model {
  const o = HOTSPOT_DEFAULTS;
  const chip = { t_chip: a * o.t_chip, k_chip: b * o.k_chip, t_interface: c * o.t_interface, k_interface: d * o.k_interface }; // biome-ignore format: the die
  const cooling = { r_convec: e * o.r_convec, c_convec: f * o.c_convec, s_spreader: 1.5 * sideM, s_sink: 2 * sideM };
  return modelOf(makeFloorplan(blocks, { gaps: 'allow' }), hotspotStack({ ...o, ...chip, ...cooling }), grid, rules);
}

/** Each cut parts one of the blocks so far. On these grids some then share a cell, and follow from others. */
function blocksOf(sideM: number, cuts: readonly Cut[]): Block[] {
  const blocks = [{ leftM: 0, bottomM: 0, widthM: sideM, heightM: sideM }];
  for (const [pick, part, upright] of cuts) {
    const at = pick % blocks.length;
    const { leftM, bottomM, widthM, heightM } = blocks[at];
    const [w, h] = upright ? [part * widthM, heightM] : [widthM, part * heightM];
    const [x, y] = upright ? [leftM + w, bottomM] : [leftM, bottomM + h];
    const rest = { leftM: x, bottomM: y, widthM: leftM + widthM - x, heightM: bottomM + heightM - y };
    blocks.splice(at, 1, { leftM, bottomM, widthM: w, heightM: h }, rest);
  }
  return blocks.map((block, i) => ({ name: `b${i}`, ...block }));
}
