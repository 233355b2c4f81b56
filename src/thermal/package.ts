import { fail } from '../errors.ts';
import type { ThermalStack } from './stack.ts';

/** The 12 nodes of the overhang: spreader, inner sink, outer sink, each west, east, north, south (HotSpot's inode_0..11). */
export const RIM_NODES = 12;

/** One side of the overhang; index 0..3 is west, east, north, south. */
export interface RimSide {
  /** From one edge cell of the spreader (sink), past half a cell, to the spreader (inner sink) node; W/K. */
  readonly spreaderToCell: number;
  readonly sinkToCell: number;
  readonly spreaderToSink: number;
  readonly innerToOuterSink: number;
  readonly innerToAmbient: number;
  readonly outerToAmbient: number;
  /** J/K. */
  readonly spreaderCapacity: number;
  readonly innerCapacity: number;
  readonly outerCapacity: number;
}

/** What a side's conductances depend on besides the stack. */
export interface RimGeometry {
  readonly dieWidthM: number;
  readonly dieHeightM: number;
  readonly rows: number;
  readonly columns: number;
  /** How much of a layer's resistance lies between its rim node and the sink's side of the layer; 1 in HotSpot. */
  readonly below: number;
  readonly capacityFactor: number;
}

/**
 * The overhang as trapezia, one a side (HotSpot 7.0, temperature.c `populate_package_R`; its "x" is west and east, "y"
 * north and south). Errors: `die-larger-than-package` unless die < spreader < sink on both axes: HotSpot divides by zero.
 */
export function rimSides(stack: ThermalStack, geometry: RimGeometry): RimSide[] {
  const { dieWidthM, dieHeightM, rows, columns } = geometry;
  checkSizes(stack, geometry);
  const westEast = rimSide(stack, geometry, dieWidthM, dieHeightM, dieWidthM / columns, dieHeightM / rows, rows);
  const northSouth = rimSide(stack, geometry, dieHeightM, dieWidthM, dieHeightM / rows, dieWidthM / columns, columns);
  return [westEast, westEast, northSouth, northSouth];
}

/** `acrossM` is the die's extent towards the side, `alongM` parallel to it; so for the cells, of which there are `count`. */
function rimSide(
  stack: ThermalStack,
  { below, capacityFactor }: RimGeometry,
  acrossM: number,
  alongM: number,
  cellAcrossM: number,
  cellAlongM: number,
  count: number,
): RimSide {
  const [spreader, sink] = stack.layers.slice(-2);
  const { spreaderSideM: s, sinkSideM } = stack.overhang!;
  const { resistanceKPerW, capacityJPerK, areaM2 } = stack.convection;
  const resistance = (k: number, lengthM: number, sectionM2: number): number => lengthM / (k * sectionM2);
  const kp = spreader.conductivityWPerMK;
  const tp = spreader.thicknessM;
  const kh = sink.conductivityWPerMK;
  const th = sink.thicknessM;
  const reach = (s - acrossM) / 4;
  const inner = (s + alongM) * reach;
  const outer = (sinkSideM ** 2 - s ** 2) / 4;
  const halfCell = (k: number, t: number): number => resistance(k, cellAcrossM / 2, cellAlongM * t);
  const near = (s + 3 * alongM) / 4;
  const far = (3 * s + alongM) / 4;
  const spreaderLump = resistance(kp, reach, near * tp);
  const sinkLump = resistance(kh, reach, near * th);
  const toOuter = resistance(kh, reach, far * th) + resistance(kh, (sinkSideM - s) / 4, ((sinkSideM + 3 * s) / 4) * th);
  const toAmbient = (area: number): number =>
    1 / (below * resistance(kh, th, area) + (resistanceKPerW * areaM2) / area);
  const sinkCapacity = (area: number): number =>
    capacityFactor * area * (sink.heatCapacityJPerM3K * th + capacityJPerK / areaM2);
  return {
    spreaderToCell: 1 / (halfCell(kp, tp) + count * spreaderLump),
    sinkToCell: 1 / (halfCell(kh, th) + count * sinkLump),
    spreaderToSink: 1 / (below * resistance(kp, tp, inner) + (1 - below) * resistance(kh, th, inner)),
    innerToOuterSink: 1 / toOuter,
    innerToAmbient: toAmbient(inner),
    outerToAmbient: toAmbient(outer),
    spreaderCapacity: capacityFactor * inner * spreader.heatCapacityJPerM3K * tp,
    innerCapacity: sinkCapacity(inner),
    outerCapacity: sinkCapacity(outer),
  };
}

function checkSizes({ overhang, layers }: ThermalStack, { dieWidthM, dieHeightM }: RimGeometry): void {
  const { spreaderSideM, sinkSideM } = overhang!;
  const mm = (lengthM: number): string => `${Number((lengthM * 1e3).toPrecision(6))} mm`;
  if (layers.length < 2) fail('out-of-range', 'a stack with an overhang ends with a spreader and a sink');
  if (Math.max(dieWidthM, dieHeightM) >= spreaderSideM || spreaderSideM >= sinkSideM) {
    const sizes = `die ${mm(dieWidthM)} x ${mm(dieHeightM)}, spreader ${mm(spreaderSideM)}, sink ${mm(sinkSideM)}`;
    fail('die-larger-than-package', `the package does not enclose the die: ${sizes}`, {
      expected: 'a die smaller than the spreader, and a spreader smaller than the sink',
    });
  }
}
