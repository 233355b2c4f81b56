import type { Convection, ThermalLayer, ThermalStack } from './stack.ts';

/** One value for all sites, or one a site. */
export type BySite = number | Float64Array;

/** A plane of a network. */
export interface StackPlane {
  /** Conductivity times thickness, W/K, of the layers whose heat flows sideways in this plane; shares of whole layers. */
  readonly sheets: readonly { readonly value: BySite; readonly share: number }[];
  /** To the next plane (0 in the last) and to the ambient, W/(m^2 K). */
  readonly toNext: BySite;
  readonly toAmbient: BySite;
  /** J/(m^2 K), HotSpot's too: without its factor. */
  readonly capacity: BySite;
}

/** A stack's planes; the `hotspot` way or the physical one. */
export function layerPlanes(stack: ThermalStack, hotspot: boolean): StackPlane[] {
  return hotspot ? hotspotPlanes(stack) : physicalPlanes(stack);
}

/**
 * Planes are the faces between layers, and both outer faces: a layer gives half of its capacity and of its lateral
 * conductance to either face and its whole resistance between them. So power enters at the very face of the silicon, and
 * the error falls with the square of a layer's thickness.
 */
function physicalPlanes({ layers, convection, secondary }: ThermalStack): StackPlane[] {
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

/**
 * HotSpot 7.0, temperature_grid.c: a plane is a whole layer seen from its face away from the sink, and the sink's own
 * resistance is in series with the convection. With `detailed` (its -detailed_3D on) planes are joined by half of either
 * layer, except that the first one's resistance counts whole; the sink's still includes the convection, half of which
 * therefore comes twice.
 */
function hotspotPlanes({ layers, convection, secondary, detailed }: ThermalStack): StackPlane[] {
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

/** What cools plane `p`: the sink's convection the last one, the board's the first. */
function coolingOf(p: number, last: number, sink: Convection, board: Convection | undefined): Convection[] {
  return [...(p === last ? [sink] : []), ...(p === 0 && board ? [board] : [])];
}

function conductanceOf({ resistanceKPerW, areaM2 }: Convection): number {
  return 1 / (resistanceKPerW * areaM2);
}

function capacityOf(cooling: readonly Convection[]): number {
  return cooling.reduce((sum, { capacityJPerK, areaM2 }) => sum + capacityJPerK / areaM2, 0);
}

function sheet(layer: ThermalLayer): BySite {
  return layer.lateral === false ? 0 : bySite((k) => k * layer.thicknessM, conductivity(layer));
}

/** Through the layer, K m^2 / W. */
function resistance(layer: ThermalLayer): BySite {
  return bySite((k) => layer.thicknessM / k, conductivity(layer));
}

function conductivity(layer: ThermalLayer): BySite {
  return layer.bySite?.conductivityWPerMK ?? layer.conductivityWPerMK;
}

function heatCapacity(layer: ThermalLayer): BySite {
  return layer.bySite?.heatCapacityJPerM3K ?? layer.heatCapacityJPerM3K;
}

/** f of values by site; one number if all of them are. */
function bySite(f: (...values: number[]) => number, ...values: BySite[]): BySite {
  const numbers = (site: number): number[] => values.map((value) => (typeof value === 'number' ? value : value[site]));
  const sized = values.find((value) => typeof value !== 'number');
  return typeof sized === 'object' ? sized.map((_, site) => f(...numbers(site))) : f(...numbers(0));
}
