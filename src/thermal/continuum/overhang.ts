import { gaussRule } from '../../numeric/quadrature.ts';
import type { Grid } from '../floorplan/grid-map.ts';
import type { ThermalStack } from '../network/stack.ts';
import type { Assembly } from './bodies.ts';
import type { Ladder } from './ladder.ts';

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
const STRIPS = 12;

function regionsOf({ bodies }: Assembly, { layer, innerWidthM, innerHeightM, outerM }: Frame): OverhangRegion[] {
  const body = bodies.findIndex(({ firstLayer, layers }) => layer >= firstLayer && layer < firstLayer + layers.length);
  const { x, y, modes } = bodies[body];
  const { points, weights } = gaussRule(STRIPS);
  const region = (isX: boolean, sign: number): OverhangRegion => {
    const [across, along] = isX ? [innerWidthM, innerHeightM] : [innerHeightM, innerWidthM];
    const [first, second] = isX ? [x, y] : [y, x];
    const means = new Float64Array(modes);
    const values = new Float64Array(first.count);
    const areaM2 = ((outerM + along) * (outerM - across)) / 4;
    points.forEach((point, q) => {
      const share = (1 + point) / 2;
      const place = (across + share * (outerM - across)) / 2;
      const half = (along + share * (outerM - along)) / 2;
      first.values(sign * place, values);
      const others = second.means(-half, half);
      const weight = ((weights[q] * (outerM - across)) / 4) * (2 * half);
      for (let j = 0, at = 0; j < y.count; j++) {
        for (let i = 0; i < x.count; i++, at++) {
          means[at] += ((isX ? values[i] * others[j] : values[j] * others[i]) * weight) / areaM2;
        }
      }
    });
    return { layer, body, areaM2, means };
  };
  return [region(true, -1), region(true, 1), region(false, 1), region(false, -1)];
}

/** Mean temperature of a region half-way through its layer. */
export function readRegion(
  { layer, body, means }: OverhangRegion,
  { bodies }: Assembly,
  ladder: Ladder,
  field: Float64Array,
): number {
  const { modes, reach } = bodies[body];
  const f = layer - reach.firstLayer;
  let sum = 0;
  for (let i = 0, at = f * modes; i < modes; i++, at++) {
    const half = (ladder.gamma[at] * reach.layers[f].thicknessM) / 2;
    sum += (means[i] * (field[at] + field[at + modes])) / (2 * Math.cosh(half));
  }
  return sum;
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
