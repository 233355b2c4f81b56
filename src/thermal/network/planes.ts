import type { Convection, ThermalLayer } from './stack.ts';

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

/** The convection that cools plane `p`: the sink's for the last plane, the board's for the first. */
export function coolingOf(p: number, last: number, sink: Convection, board: Convection | undefined): Convection[] {
  return [...(p === last ? [sink] : []), ...(p === 0 && board ? [board] : [])];
}

export function conductanceOf({ resistanceKPerW, areaM2 }: Convection): number {
  return 1 / (resistanceKPerW * areaM2);
}

export function capacityOf(cooling: readonly Convection[]): number {
  return cooling.reduce((sum, { capacityJPerK, areaM2 }) => sum + capacityJPerK / areaM2, 0);
}

export function sheet(layer: ThermalLayer): BySite {
  return layer.lateral === false ? 0 : bySite((k) => k * layer.thicknessM, conductivity(layer));
}

/** Through the layer, K m^2 / W. */
export function resistance(layer: ThermalLayer): BySite {
  return bySite((k) => layer.thicknessM / k, conductivity(layer));
}

function conductivity(layer: ThermalLayer): BySite {
  return layer.bySite?.conductivityWPerMK ?? layer.conductivityWPerMK;
}

export function heatCapacity(layer: ThermalLayer): BySite {
  return layer.bySite?.heatCapacityJPerM3K ?? layer.heatCapacityJPerM3K;
}

/** f of values by site; one number if all of them are. */
export function bySite(f: (...values: number[]) => number, ...values: BySite[]): BySite {
  const numbers = (site: number): number[] => values.map((value) => (typeof value === 'number' ? value : value[site]));
  const sized = values.find((value) => typeof value !== 'number');
  return typeof sized === 'object' ? sized.map((_, site) => f(...numbers(site))) : f(...numbers(0));
}
