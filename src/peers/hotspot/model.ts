import type { SparseRows } from '../../thermal/floorplan/index.ts';
import type { ThermalNetwork } from '../../thermal/network/index.ts';

/** HotSpot 7.0's own network, every peculiarity included, or the physics of what its files describe. */
export type HotspotMode = 'hotspot' | 'physical';

/** Lines of a .steady or .init file that belong together: the blocks of one layer, or the package's nodes. */
export interface NodeGroup {
  /** `` for silicon, `iface_`, `hsp_`, `hsink_`, `layer_2_` ...; `inode_` for the package's nodes. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** names x nodes of the network: how each value is read off a field of rises. */
  readonly reading: SparseRows;
  /** names x nodes: the fraction of each node that belongs to each name, which starts at the name's temperature. */
  readonly occupancy: SparseRows;
}

/**
 * HotSpot's problem as a network with what goes in and what is read off. The network and all rows are made when they are first
 * looked at.
 */
export interface HotspotModel {
  readonly mode: HotspotMode;
  readonly nodes: number;
  /** Whether all layers are homogeneous planes of cells, so that `network` is a `GridNetwork`. */
  readonly uniform: boolean;
  readonly ambientK: number;
  readonly network: ThermalNetwork;
  /** Names of all blocks of power layers, layer by layer in floorplan order: the columns a .ptrace must have. */
  readonly units: readonly string[];
  /** units x nodes: where their power enters. Rows sum to 1. */
  readonly power: SparseRows;
  /** All groups in the order of a .steady file. */
  readonly groups: readonly NodeGroup[];
  /** Group and index of each unit. */
  readonly unitGroup: Int32Array;
  readonly unitIndex: Int32Array;
  /** How several cells become one value: the weighted sum, or the least or greatest of a reading's cells. */
  readonly readingMode: 'mean' | 'min' | 'max';
  /** 1 x nodes: the mean over the sink's surface. */
  readonly sink: SparseRows;
  /**
   * Planes of cells that are layers of HotSpot's, from node 0 on, and their grid, for .grid.steady and pictures; the
   * physical network has one more, the sink's cooled face, before the package's nodes. null for the block model.
   */
  readonly grid: { readonly rows: number; readonly columns: number; readonly layers: number } | null;
}
