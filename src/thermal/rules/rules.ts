import type { BlockMean } from '../floorplan/grid-map.ts';
import type { StackPlane } from '../network/planes.ts';
import type { ThermalStack } from '../network/stack.ts';

/** How a stack becomes a network. docs/methods/thermal.md lists the differences between the variants. */
export interface NetworkRules {
  /** Part of the keys of kept models. */
  readonly name: 'physical' | 'hotspot';
  /** Planes of a stack of so many layers. */
  planeCount(layers: number): number;
  planes(stack: ThermalStack): StackPlane[];
  /** The planes in which a layer meets the rim's nodes, and the share of its lateral conductance there. */
  rimPlanes(layer: number): readonly { readonly plane: number; readonly share: number }[];
  /** How much of a layer's resistance lies between the rim's nodes and its face turned outwards. */
  readonly belowRim: { readonly overhang: number; readonly board: number };
  /** Rows are joined by the resistance of columns, and columns by that of rows. */
  readonly directionsExchanged: boolean;
  /** Multiplies every capacity. */
  readonly capacityFactor: number;
  /** How cells become the temperature of a block, unless the user chooses. */
  readonly blockMean: BlockMean;
}
