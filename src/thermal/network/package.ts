import { fail } from '../../base/errors.ts';
import type { NetworkRules } from '../rules/rules.ts';
import type { Convection, ThermalLayer, ThermalStack } from './stack.ts';

/**
 * The overhang of layers that reach beyond the die, from the die outwards: spreader and sink, or substrate, solder and
 * board. Each is a frame of four trapezia, one node each; the last layer reaches on to `outerSideM`, by four more nodes.
 */
export interface RimChain {
  /** Index of each layer in the stack, and its side. */
  readonly layers: readonly { readonly index: number; readonly layer: ThermalLayer; readonly sideM: number }[];
  readonly outerSideM: number;
  readonly convection: Convection;
  /** How much of a layer's resistance lies between its nodes and its face turned outwards. */
  readonly below: number;
}

/** One node of one side's overhang, in the chain's order. Resistance in K/W, conductances in W/K, capacity in J/K. */
export interface RimNode {
  /** From the die's border to the node; the outermost is not joined to the die. */
  readonly fromBorder: number;
  /** To the next node of this side; 0 for the last. */
  readonly outwards: number;
  readonly toAmbient: number;
  readonly capacity: number;
}

/** The chains of a stack: that of the overhang, that of the secondary path. */
export function rimChains(stack: ThermalStack, { belowRim }: NetworkRules): RimChain[] {
  const { layers, overhang, secondary, convection } = stack;
  const chains: RimChain[] = [];
  const at = (index: number, sideM: number): RimChain['layers'][number] => ({ index, layer: layers[index], sideM });
  if (overhang) {
    if (layers.length < 2) fail('out-of-range', 'a stack with an overhang ends with a spreader and a sink');
    const { spreaderSideM, sinkSideM } = overhang;
    const both = [at(layers.length - 2, spreaderSideM), at(layers.length - 1, spreaderSideM)];
    chains.push({ layers: both, outerSideM: sinkSideM, convection, below: belowRim.overhang });
  }
  if (secondary) {
    if (layers.length < 3) fail('out-of-range', 'a secondary path begins with a board, solder and a substrate');
    const { substrateSideM, solderSideM, boardSideM } = secondary;
    const all = [at(2, substrateSideM), at(1, solderSideM), at(0, solderSideM)];
    chains.push({ layers: all, outerSideM: boardSideM, convection: secondary.convection, below: belowRim.board });
  }
  return chains;
}

/**
 * The nodes of the sides west, east, north, south (HotSpot 7.0, temperature.c `populate_package_R`; its "x" is west and
 * east, "y" north and south). Errors: `die-larger-than-package` unless every layer reaches beyond the die on both axes and
 * the last one beyond its inner part: HotSpot divides by zero, or takes areas below 0.
 */
export function rimSides(chain: RimChain, dieWidthM: number, dieHeightM: number): RimNode[][] {
  checkSizes(chain, dieWidthM, dieHeightM);
  const westEast = rimNodes(chain, dieWidthM, dieHeightM);
  const northSouth = rimNodes(chain, dieHeightM, dieWidthM);
  return [westEast, westEast, northSouth, northSouth];
}

/** Floorplans are sums: a die may be larger by rounding than a package of its size. */
const ROUNDING = 1e-9;

/** The least by which a part reaches beyond what it carries, as a part of that. */
const LEAST_OVERHANG = 1e-7;

/**
 * The stack with every part wider than what it carries, if by a ten-millionth that is felt nowhere: a sink may be as wide as its
 * spreader, and a spreader as the die.
 */
export function widened(stack: ThermalStack, dieWidthM: number, dieHeightM: number): ThermalStack {
  const die = Math.max(dieWidthM, dieHeightM);
  const around = (sideM: number, givenM: number, innerM = givenM): number =>
    sideM < givenM * (1 - ROUNDING) ? sideM : Math.max(sideM, innerM * (1 + LEAST_OVERHANG));
  const { overhang, secondary } = stack;
  const spreader = overhang && around(overhang.spreaderSideM, die);
  const solder = secondary && around(secondary.solderSideM, die);
  return {
    ...stack,
    ...(overhang && {
      overhang: {
        spreaderSideM: spreader!,
        sinkSideM: around(overhang.sinkSideM, overhang.spreaderSideM, spreader),
      },
    }),
    ...(secondary && {
      secondary: {
        ...secondary,
        substrateSideM: around(secondary.substrateSideM, die),
        solderSideM: solder!,
        boardSideM: around(secondary.boardSideM, secondary.solderSideM, solder),
      },
    }),
  };
}

function resistance(k: number, lengthM: number, sectionM2: number): number {
  return lengthM / (k * sectionM2);
}

/** The area of one trapezium, m^2. */
export function rimAreaM2(sideM: number, acrossM: number, alongM: number): number {
  return ((sideM + alongM) * (sideM - acrossM)) / 4;
}

/** `acrossM` is the die's extent towards the side, `alongM` parallel to it. */
function rimNodes({ layers, outerSideM, convection, below }: RimChain, acrossM: number, alongM: number): RimNode[] {
  const { resistanceKPerW, capacityJPerK, areaM2 } = convection;
  const { layer: last, sideM } = layers[layers.length - 1];
  const { conductivityWPerMK: k, thicknessM: t } = last;
  const through = ({ layer, sideM: side }: RimChain['layers'][number]): number =>
    resistance(layer.conductivityWPerMK, layer.thicknessM, rimAreaM2(side, acrossM, alongM));
  const cooled = (area: number): Pick<RimNode, 'toAmbient' | 'capacity'> => ({
    toAmbient: 1 / (below * resistance(k, t, area) + (resistanceKPerW * areaM2) / area),
    capacity: area * (last.heatCapacityJPerM3K * t + capacityJPerK / areaM2),
  });
  const toOuter =
    resistance(k, (sideM - acrossM) / 4, ((3 * sideM + alongM) / 4) * t) +
    resistance(k, (outerSideM - sideM) / 4, ((outerSideM + 3 * sideM) / 4) * t);
  const inner = layers.map((one, m): RimNode => {
    const { layer, sideM: side } = one;
    const { conductivityWPerMK, thicknessM, heatCapacityJPerM3K } = layer;
    const area = rimAreaM2(side, acrossM, alongM);
    const section = ((side + 3 * alongM) / 4) * thicknessM;
    const fromBorder = resistance(conductivityWPerMK, (side - acrossM) / 4, section);
    if (m === layers.length - 1) return { fromBorder, outwards: 1 / toOuter, ...cooled(area) };
    const outwards = 1 / (below * through(one) + (1 - below) * through(layers[m + 1]));
    return { fromBorder, outwards, toAmbient: 0, capacity: area * heatCapacityJPerM3K * thicknessM };
  });
  return [...inner, { fromBorder: 0, outwards: 0, ...cooled((outerSideM ** 2 - sideM ** 2) / 4) }];
}

function checkSizes({ layers, outerSideM }: RimChain, dieWidthM: number, dieHeightM: number): void {
  const mm = (lengthM: number): string => `${Number((lengthM * 1e3).toPrecision(6))} mm`;
  const { layer: last, sideM } = layers[layers.length - 1];
  const encloses = layers.every((one) => Math.max(dieWidthM, dieHeightM) < one.sideM);
  if (encloses && sideM < outerSideM) return;
  const sides = layers.slice(0, -1).map((one) => `${one.layer.name} ${mm(one.sideM)}`);
  const sizes = [`die ${mm(dieWidthM)} x ${mm(dieHeightM)}`, ...sides, `${last.name} ${mm(outerSideM)}`].join(', ');
  fail('die-larger-than-package', `the package does not enclose the die: ${sizes}`, {
    expected: `a die smaller than the ${layers[0].layer.name}, which is smaller than the ${last.name}`,
  });
}
