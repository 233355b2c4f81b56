import type { HotspotOptions } from '../../formats/hotspot/index.ts';
import type { ThermalLayer, ThermalStack } from './stack.ts';

/** HotSpot's stack without a layer file: silicon, thermal interface material, spreader, sink. */
export function hotspotStack(options: HotspotOptions): ThermalStack {
  const layer = (name: string, key: 'chip' | 'interface' | 'spreader' | 'sink'): ThermalLayer => ({
    name,
    thicknessM: options[`t_${key}`],
    conductivityWPerMK: options[`k_${key}`],
    heatCapacityJPerM3K: options[`p_${key}`],
  });
  return {
    layers: [
      layer('silicon', 'chip'),
      layer('interface', 'interface'),
      layer('spreader', 'spreader'),
      layer('sink', 'sink'),
    ],
    overhang: { spreaderSideM: options.s_spreader, sinkSideM: options.s_sink },
    convection: {
      resistanceKPerW: options.r_convec,
      capacityJPerK: options.c_convec,
      areaM2: options.s_sink ** 2,
    },
    ambientK: options.ambient,
  };
}
