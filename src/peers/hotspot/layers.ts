import type { HotspotOptions } from '../../formats/hotspot/index.ts';
import type { Floorplan, Grid } from '../../thermal/floorplan/index.ts';
import type { ThermalLayer, ThermalStack } from '../../thermal/network/index.ts';
import type { HotspotProblem } from './input/problem.ts';
import { cellMaterials } from './materials.ts';
import type { HotspotRules } from './model.ts';

/** A layer of HotSpot's network, with the blocks whose temperatures are reported for it. */
export interface ModelLayer {
  readonly prefix: string;
  readonly power: boolean;
  readonly floorplan: Floorplan;
  readonly layer: ThermalLayer;
}

/** Layers of the secondary path, outermost first. Their resistivity (m K/W) and heat capacity are constants of HotSpot. */
const SECONDARY_LAYERS = [
  { prefix: 'pcb_', name: 'printed circuit board', thickness: 't_pcb', resistivity: 0.333, heatCapacity: 1.32e6 },
  { prefix: 'solder_', name: 'solder', thickness: 't_solder', resistivity: 0.06, heatCapacity: 2.1e6 },
  { prefix: 'sub_', name: 'substrate', thickness: 't_sub', resistivity: 0.5, heatCapacity: 1.6e6 },
  { prefix: 'c4_', name: 'C4 bumps', thickness: 't_c4', resistivity: 0.8, heatCapacity: 1.65e6 },
  { prefix: 'metal_', name: 'metal', thickness: 't_metal', resistivity: 0.0025, heatCapacity: 3.55e6 },
] as const;

/** The last two exist only without a layer file, which would list them itself. */
const BOARD_LAYERS = 3;

function isGrid({ model_type }: HotspotOptions): boolean {
  return model_type === 'grid';
}

/** Whether the network has a secondary path; only the grid model has one. */
export function hasSecondary(options: HotspotOptions): boolean {
  return isGrid(options) && options.model_secondary === 1;
}

/** Number of layers of the grid model, including those of the package. */
export function layerCount({ options, layers, fromLayerFile }: HotspotProblem): number {
  const below = fromLayerFile ? BOARD_LAYERS : SECONDARY_LAYERS.length;
  return layers.length + 2 + (hasSecondary(options) ? below : 0);
}

/** Whether HotSpot's -detailed_3D applies; it needs a grid and a layer file. */
function isDetailed({ options, fromLayerFile }: HotspotProblem): boolean {
  return isGrid(options) && fromLayerFile && options.detailed_3D === 'on';
}

/**
 * All layers, from the one farthest from the sink: those of the secondary path, those of the problem, spreader and
 * sink. Spreader and sink have the blocks of the problem's last layer, the secondary path those of its first. Errors:
 * `floorplan-gap`.
 */
export function modelLayers(problem: HotspotProblem, rules: HotspotRules, grid: Grid | null): ModelLayer[] {
  const { options, layers, fromLayerFile } = problem;
  const [first, last] = [layers[0].floorplan, layers[layers.length - 1].floorplan];
  const plain = (prefix: string, floorplan: Floorplan, layer: ThermalLayer): ModelLayer => {
    return { prefix, power: false, floorplan, layer };
  };
  const shared = SECONDARY_LAYERS.slice(0, fromLayerFile ? BOARD_LAYERS : undefined).map((one) =>
    plain(one.prefix, first, {
      name: one.name,
      thicknessM: options[one.thickness],
      conductivityWPerMK: 1 / one.resistivity,
      heatCapacityJPerM3K: one.heatCapacity,
    }),
  );
  const below = hasSecondary(options) ? shared : [];
  const own = layers.map((given, i): ModelLayer => {
    // HotSpot's layer numbers include the layers of the board.
    const prefix = fromLayerFile ? `layer_${below.length + i}_` : i === 0 ? '' : 'iface_';
    return { prefix, power: given.power, floorplan: given.floorplan, layer: ownLayer(problem, i, rules, grid) };
  });
  const plate = (key: 'spreader' | 'sink'): ThermalLayer => ({
    name: key,
    thicknessM: options[`t_${key}`],
    conductivityWPerMK: options[`k_${key}`],
    heatCapacityJPerM3K: options[`p_${key}`],
  });
  const cooled = [plain('hsp_', last, plate('spreader')), plain('hsink_', last, plate('sink'))];
  return [...below, ...own, ...cooled];
}

function ownLayer(problem: HotspotProblem, i: number, rules: HotspotRules, grid: Grid | null): ThermalLayer {
  const { options, layers, fromLayerFile } = problem;
  const { thicknessM, conductivityWPerMK, heatCapacityJPerM3K, lateral } = layers[i];
  const name = fromLayerFile ? `layer ${i}` : i === 0 ? 'silicon' : 'interface';
  const layer = { name, thicknessM, conductivityWPerMK, heatCapacityJPerM3K };
  if (!grid || !isDetailed(problem)) {
    const omitted = !grid && i === 0 && options.block_omit_lateral === 1;
    return { ...layer, lateral: lateral && !omitted };
  }
  const bySite = cellMaterials(layers[i], name, grid, rules);
  // HotSpot's detailed cells conduct sideways regardless of the layer file.
  return { ...layer, lateral: lateral || rules.detailedIsLateral, ...(bySite && { bySite }) };
}

/** The stack of the layers, cooled through `convectionKPerW`. */
export function stackOf(problem: HotspotProblem, layers: readonly ModelLayer[], convectionKPerW: number): ThermalStack {
  const { options } = problem;
  const secondary = {
    substrateSideM: options.s_sub,
    solderSideM: options.s_solder,
    boardSideM: options.s_pcb,
    convection: {
      resistanceKPerW: options.r_convec_sec,
      capacityJPerK: options.c_convec_sec,
      areaM2: options.s_pcb ** 2,
    },
  };
  return {
    layers: layers.map(({ layer }) => layer),
    overhang: { spreaderSideM: options.s_spreader, sinkSideM: options.s_sink },
    convection: {
      resistanceKPerW: convectionKPerW,
      capacityJPerK: options.c_convec,
      areaM2: options.s_sink ** 2,
    },
    ...(hasSecondary(options) && { secondary }),
    detailed: isDetailed(problem),
    ambientK: options.ambient,
  };
}
