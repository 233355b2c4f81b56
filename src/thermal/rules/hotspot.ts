import {
  type BySite,
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

/** The network rules of HotSpot 7.0. */
export const hotspotRules: NetworkRules = {
  name: 'hotspot',
  planeCount: (layers) => layers,
  planes: layerPlanes,
  rimPlanes: (layer) => [{ plane: layer, share: 1 }],
  // HotSpot's nodes lie on the face away from the sink. In the board's layers this is the outward face.
  belowRim: { overhang: 1, board: 0 },
  directionsExchanged: true,
  // temperature.h C_FACTOR; it multiplies the capacity of the convection too.
  capacityFactor: 0.333,
  blockMean: 'touched',
};

/**
 * HotSpot 7.0, temperature_grid.c: a plane is a whole layer, seen from its face away from the sink, and the sink's own
 * resistance is in series with the convection. With `detailed` (its -detailed_3D on) half of either layer joins two
 * planes, except that the resistance of the first layer counts in full. The sink's resistance still includes the
 * convection, so that half of the convection counts twice.
 */
function layerPlanes({ layers, convection, secondary, detailed }: ThermalStack): StackPlane[] {
  const last = layers.length - 1;
  const resistances = layers.map((layer, p) => {
    return bySite((r) => r + (p === last ? 1 / conductanceOf(convection) : 0), resistance(layer));
  });
  const toNext = (p: number): BySite => {
    if (p === last) return 0;
    if (!detailed) return bySite((r) => 1 / r, resistances[p]);
    return bySite((r, next) => 1 / ((p === 0 ? r : r / 2) + next / 2), resistances[p], resistances[p + 1]);
  };
  return layers.map((layer, p) => {
    const sink = p === last ? bySite((r) => 1 / r, resistances[p]) : 0;
    const board = p === 0 && secondary ? conductanceOf(secondary.convection) : 0;
    const cooled = capacityOf(coolingOf(p, last, convection, secondary?.convection));
    return {
      sheets: [{ value: sheet(layer), share: 1 }],
      toNext: toNext(p),
      toAmbient: bySite((g) => g + board, sink),
      capacity: bySite((c) => c * layer.thicknessM + cooled, heatCapacity(layer)),
    };
  });
}
