import {
  bySite,
  capacityOf,
  conductanceOf,
  coolingOf,
  heatCapacity,
  resistance,
  type StackPlane,
  sheet,
} from '../network/planes.ts';
import type { ThermalStack } from '../network/stack.ts';
import type { NetworkRules } from './rules.ts';

/** The physical network rules. */
export const physicalRules: NetworkRules = {
  name: 'physical',
  planeCount: (layers) => layers + 1,
  planes: facePlanes,
  rimPlanes: (layer) => [
    { plane: layer, share: 0.5 },
    { plane: layer + 1, share: 0.5 },
  ],
  belowRim: { overhang: 0.5, board: 0.5 },
  directionsExchanged: false,
  capacityFactor: 1,
  blockMean: 'area',
};

/**
 * Planes are the faces between layers, and both outer faces. A layer gives half of its capacity and half of its lateral
 * conductance to each face, and its whole resistance lies between them. Power thus enters exactly at the face of the
 * silicon, and the error decreases with the square of a layer's thickness.
 */
function facePlanes({ layers, convection, secondary }: ThermalStack): StackPlane[] {
  return Array.from({ length: layers.length + 1 }, (_, p) => {
    const neighbours = layers.slice(Math.max(0, p - 1), p + 1);
    const cooling = coolingOf(p, layers.length, convection, secondary?.convection);
    const halves = neighbours.map((layer) => bySite((c) => (c * layer.thicknessM) / 2, heatCapacity(layer)));
    return {
      sheets: neighbours.map((layer) => ({ value: sheet(layer), share: 0.5 })),
      toNext: p === layers.length ? 0 : bySite((r) => 1 / r, resistance(layers[p])),
      toAmbient: cooling.reduce((sum, one) => sum + conductanceOf(one), 0),
      capacity: bySite((...all) => all.reduce((sum, value) => sum + value, 0), ...halves, capacityOf(cooling)),
    };
  });
}
