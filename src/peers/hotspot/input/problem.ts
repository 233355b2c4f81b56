import type { HotspotBlock, HotspotOptions } from '../../../formats/hotspot/index.ts';
import type { Floorplan } from '../../../thermal/floorplan/index.ts';

/** One layer above the package, as one line group of a .lcf describes it. Layer 0 is farthest from the sink. */
export interface HotspotLayer {
  /** Whether heat flows sideways within the layer. */
  readonly lateral: boolean;
  readonly power: boolean;
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
  readonly thicknessM: number;
  /** The name of its material, if it has one. */
  readonly material?: string | undefined;
  readonly floorplan: Floorplan;
  /** The blocks as read, with materials of their own where they have them. Their order is that of the floorplan. */
  readonly blocks: readonly HotspotBlock[];
}

/** The configuration of the detailed package model (-package_model_used 1), in HotSpot's notation and units. */
export interface PackageModelOptions {
  readonly natural_convec: 0 | 1;
  /** 0 is lateral, 1 impinging. */
  readonly flow_type: 0 | 1;
  /** 0 is fins, 1 pins. */
  readonly sink_type: 0 | 1;
  readonly fin_height: number;
  readonly fin_width: number;
  readonly channel_width: number;
  readonly pin_height: number;
  readonly pin_diam: number;
  readonly pin_dist: number;
  readonly fan_radius: number;
  readonly motor_radius: number;
  readonly rpm: number;
}

/** The content of HotSpot's files, read and checked. */
export interface HotspotProblem {
  readonly options: HotspotOptions;
  /** The layers of the .lcf. Without one: silicon (with the power) and interface, both with the die's floorplan. */
  readonly layers: readonly HotspotLayer[];
  readonly fromLayerFile: boolean;
  readonly packageModel: PackageModelOptions | null;
}
