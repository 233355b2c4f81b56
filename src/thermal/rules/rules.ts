import type { BlockMean } from '../floorplan/grid-map.ts';
import type { StackPlane } from '../network/planes.ts';
import type { ThermalStack } from '../network/stack.ts';

/** Rules by which a stack becomes a network. docs/methods/thermal.md lists the differences between the variants. */
export interface NetworkRules {
  /** The name, which is part of the keys of cached models. */
  readonly name: 'physical' | 'hotspot';
  /** Number of planes of a stack with `layers` layers. */
  planeCount(layers: number): number;
  planes(stack: ThermalStack): StackPlane[];
  /** The planes in which a layer meets the nodes of the rim, and the share of its lateral conductance in each. */
  rimPlanes(layer: number): readonly { readonly plane: number; readonly share: number }[];
  /** The share of a layer's resistance between the nodes of the rim and the layer's outward face. */
  readonly belowRim: { readonly overhang: number; readonly board: number };
  /** Whether rows are joined by the resistance of columns, and columns by that of rows. */
  readonly directionsExchanged: boolean;
  /** Factor of every capacity. */
  readonly capacityFactor: number;
  /** The method that derives block temperatures from cells, unless the user chooses one. */
  readonly blockMean: BlockMean;
}
