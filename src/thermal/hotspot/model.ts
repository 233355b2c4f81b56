import type { SparseRows } from '../grid-map.ts';
import type { ThermalNetwork } from '../network.ts';

/** Lines of a .steady or .init file that belong together: the blocks of one layer, or the package's nodes. */
export interface NodeGroup {
  /** `` for silicon, `iface_`, `hsp_`, `hsink_`, `layer_2_` ...; `inode_` for the package's nodes. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** names x nodes of the network: how each value is read off a field of rises. */
  readonly reading: SparseRows;
}

/** HotSpot's problem as a network with what goes in and what is read off. */
export interface HotspotModel {
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
  /** Layers of cells and their grid for .grid.steady and pictures; null for the block model. */
  readonly grid: { readonly rows: number; readonly columns: number; readonly layers: number } | null;
}
