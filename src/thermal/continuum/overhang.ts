import { gaussRule } from '../../numeric/quadrature.ts';
import type { Grid } from '../floorplan/grid-map.ts';
import type { ThermalStack } from '../network/stack.ts';
import type { Assembly, Body } from './bodies.ts';
import type { Ladder } from './ladder.ts';
import type { LateralModes } from './lateral/index.ts';

/** A trapezium of a layer that reaches beyond what it is joined to: the regions that HotSpot's package nodes stand for. */
export interface OverhangRegion {
  readonly layer: number;
  readonly body: number;
  readonly areaM2: number;
  /** Mean over it of each mode of the body. */
  readonly means: Float64Array;
}

interface Frame {
  readonly layer: number;
  readonly innerWidthM: number;
  readonly innerHeightM: number;
  readonly outerM: number;
}

/**
 * In HotSpot's order: west, east, north, south of the spreader, of the sink under the spreader, of the rest of the sink; then of
 * substrate, solder, and of the board under the solder and beyond.
 */
export function overhangRegions(assembly: Assembly, { layers, overhang, secondary }: ThermalStack): OverhangRegion[] {
  const { widthM, heightM } = assembly.bodies[assembly.die];
  const around = (layer: number, outerM: number): Frame => ({
    layer,
    innerWidthM: widthM,
    innerHeightM: heightM,
    outerM,
  });
  const beyond = (layer: number, innerM: number, outerM: number): Frame => {
    return { layer, innerWidthM: innerM, innerHeightM: innerM, outerM };
  };
  const frames: Frame[] = [];
  if (overhang) {
    const { spreaderSideM, sinkSideM } = overhang;
    const last = layers.length - 1;
    frames.push(around(last - 1, spreaderSideM), around(last, spreaderSideM), beyond(last, spreaderSideM, sinkSideM));
  }
  if (secondary) {
    const { substrateSideM, solderSideM, boardSideM } = secondary;
    frames.push(
      around(2, substrateSideM),
      around(1, solderSideM),
      around(0, solderSideM),
      beyond(0, solderSideM, boardSideM),
    );
  }
  return frames.flatMap((frame) => regionsOf(assembly, frame));
}

/** How many there are. */
export function overhangCount({ overhang, secondary }: ThermalStack): number {
  return (overhang ? 12 : 0) + (secondary ? 16 : 0);
}

/** So many strips across a trapezium, each a Gauss point. */
const STRIPS = gaussRule(12);

function regionsOf({ bodies }: Assembly, { layer, innerWidthM, innerHeightM, outerM }: Frame): OverhangRegion[] {
  const body = bodies.findIndex(({ firstLayer, layers }) => layer >= firstLayer && layer < firstLayer + layers.length);
  const { x, y, modes } = bodies[body];
  const east = strips(x, y, innerWidthM, innerHeightM, outerM);
  const isSquare = x === y && innerWidthM === innerHeightM;
  const north = isSquare ? east : strips(y, x, innerHeightM, innerWidthM, outerM);
  const region = ({ across, along, shares, areaM2 }: Strips, isX: boolean, sign: number): OverhangRegion => {
    const means = new Float64Array(modes);
    shares.forEach((share, q) => {
      // Odd modes have the other sign on the other side; along a strip, which is symmetric, they have a mean of 0.
      const side = signed(across[q], isX ? x.even : y.even, sign);
      const own = along[q].subarray(0, isX ? y.even : x.even);
      const [ofX, ofY] = isX ? [side, own] : [own, side];
      for (let j = 0; j < ofY.length; j++) addTimes(share * ofY[j], ofX, means, j * x.count);
    });
    return { layer, body, areaM2, means };
  };
  return [region(east, true, -1), region(east, true, 1), region(north, false, 1), region(north, false, -1)];
}

/** With the odd modes, those from `even` on, times a sign. */
function signed(values: Float64Array, even: number, sign: number): Float64Array {
  return values.map((value, i) => (i < even ? value : sign * value));
}

function addTimes(weight: number, x: Float64Array, y: Float64Array, at: number): void {
  for (let i = 0; i < x.length; i++) y[at + i] += weight * x[i];
}

interface Strips {
  /** By strip: values of the modes across it, means of the even ones along it (others are not read), its share of the area. */
  readonly across: Float64Array[];
  readonly along: Float64Array[];
  readonly shares: number[];
  readonly areaM2: number;
}

/** The trapezium on the positive side, of modes across and along it; `width` and `length` are the inner sides. */
function strips(across: LateralModes, along: LateralModes, width: number, length: number, outerM: number): Strips {
  const areaM2 = ((outerM + length) * (outerM - width)) / 4;
  const found: Strips = { across: [], along: [], shares: [], areaM2 };
  STRIPS.points.forEach((point, q) => {
    const share = (1 + point) / 2;
    const half = (length + share * (outerM - length)) / 2;
    const values = new Float64Array(across.count);
    across.values((width + share * (outerM - width)) / 2, values);
    found.across.push(values);
    // Those of even modes are the same over either half.
    found.along.push(along.means(0, half));
    found.shares.push(((STRIPS.weights[q] * (outerM - width)) / 4) * ((2 * half) / areaM2));
  });
  return found;
}

/** Reads the mean temperatures of regions half-way through their layers, of fields by body (face x mode), into `out`. */
export function readRegions(
  regions: readonly OverhangRegion[],
  { bodies }: Assembly,
  ladders: readonly Ladder[],
  fields: readonly Float64Array[],
  out: Float64Array,
): void {
  const middles = new Map<number, Float64Array>();
  regions.forEach(({ layer, body, means }, r) => {
    const middle = middles.get(layer) ?? middleOf(layer, bodies[body], ladders[body], fields[body]);
    middles.set(layer, middle);
    let sum = 0;
    for (let i = 0; i < middle.length; i++) sum += means[i] * middle[i];
    out[r] = sum;
  });
}

/** A layer's temperatures half-way through it, by mode. */
function middleOf(layer: number, { modes, reach }: Body, { gamma }: Ladder, field: Float64Array): Float64Array {
  const f = layer - reach.firstLayer;
  const middle = new Float64Array(modes);
  for (let i = 0, at = f * modes; i < modes; i++, at++) {
    const half = (gamma[at] * reach.layers[f].thicknessM) / 2;
    middle[i] = (field[at] + field[at + modes]) / (2 * Math.cosh(half));
  }
  return middle;
}

/**
 * J/K that nodes stand for: half of each neighbouring layer under a cell, whole layers of the overhang, with what is joined to the
 * outer faces. Blocks and the cooled face hold nothing beside their cells.
 */
export function nodeCapacity(
  { bodies, die, layers, cooling }: Assembly,
  grid: Grid,
  regions: readonly OverhangRegion[],
  nodes: number,
): Float64Array {
  const capacity = new Float64Array(nodes);
  const cells = grid.rows * grid.columns;
  const cellM2 = (bodies[die].widthM * bodies[die].heightM) / cells;
  const add = (face: number, perM2: number): void => {
    for (let i = face * cells; i < (face + 1) * cells; i++) capacity[i] += cellM2 * perM2;
  };
  layers.forEach(({ thicknessM, heatCapacityJPerM3K }, f) => {
    add(f, (thicknessM * heatCapacityJPerM3K) / 2);
    add(f + 1, (thicknessM * heatCapacityJPerM3K) / 2);
  });
  add(0, cooling[0].capacity);
  add(layers.length, cooling[1].capacity);
  regions.forEach(({ layer, areaM2 }, i) => {
    const { thicknessM, heatCapacityJPerM3K } = layers[layer];
    const ends = (layer === 0 ? cooling[0].capacity : 0) + (layer === layers.length - 1 ? cooling[1].capacity : 0);
    capacity[layers.length * cells + cells + i] = areaM2 * (thicknessM * heatCapacityJPerM3K + ends);
  });
  return capacity;
}
