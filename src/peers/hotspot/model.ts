import type { ContinuumNetwork, ResolutionError } from '../../thermal/continuum/index.ts';
import type { Grid, SparseRows } from '../../thermal/floorplan/index.ts';
import type { LeakageModel } from '../../thermal/index.ts';
import type { ThermalLayer, ThermalNetwork } from '../../thermal/network/index.ts';
import type { NetworkRules } from '../../thermal/rules/index.ts';
import type { SteadySolver } from '../../thermal/solvers/index.ts';
import type { HotspotLayer, HotspotProblem } from './input/problem.ts';

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
  readonly rules: HotspotRules;
  readonly nodes: number;
  /** Whether all layers are homogeneous planes of cells, so that `network` is a `GridNetwork`. */
  readonly uniform: boolean;
  readonly ambientK: number;
  readonly network: ThermalNetwork;
  /** Whether the stack is solved in lateral modes: then it has a `continuum`, whose nodes `nodes` are, and no network. */
  readonly isInModes: boolean;
  readonly continuum: ContinuumNetwork | null;
  /** How far its resolution may be off; null for a network, of which that is not known. */
  readonly resolutionError: ResolutionError | null;
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

export interface HotspotSteadyState {
  /** The model whose state this is: the given one, unless natural convection has changed its resistance. */
  readonly model: HotspotModel;
  /** By node, K. */
  readonly rise: Float64Array;
  /** By unit, W; 0 without -leakage_used. */
  readonly leakageW: Float64Array;
  readonly convectionKPerW: number;
}

/** How HotSpot's files become a network and temperatures: the physics of what they describe, or as HotSpot 7.0 does it. */
export interface HotspotRules {
  readonly network: NetworkRules;
  readonly convection: ConvectionRules;
  /** By cell, of a layer whose blocks have materials of their own. Error: `floorplan-gap`. */
  cellMaterials(layer: HotspotLayer, name: string, grid: Grid): CellMaterials;
  /** Cells with materials of their own conduct sideways whatever the layer file says. */
  readonly detailedIsLateral: boolean;
  /** The state under power by unit (W) and leakage. Error: `thermal-runaway`. */
  leakySteady(model: HotspotModel, powerW: Float64Array, leakage: LeakageModel, solver: SteadySolver): LeakyState;
  /** The state in which natural convection has settled. `fromKPerW`: where a transient has left the resistance. */
  naturalSteady(problem: HotspotProblem, solveAt: SolveAt, fromKPerW: number): HotspotSteadyState;
  /** Whether an .init is read, and so checked, where only the steady state is asked for. */
  readonly alwaysReadsStart: boolean;
  /** Whether leakage follows the temperatures in time too. */
  readonly leaksInTime: boolean;
  /** Parts of a plane that no block covers start at its mean, not at 0 K. */
  readonly fillsGaps: boolean;
  /** The sampling intervals from the start that stand above the fields of sample k, which are those at its end. */
  sampleLabel(k: number): number;
  /** How many of the temperatures in an .init -dtm_used 1 looks at, of those of the first group and of all. */
  throttled(firstGroup: number, all: number): number;
}

/** Of a layer's cells, where blocks have materials of their own. */
export type CellMaterials = NonNullable<ThermalLayer['bySite']>;

/** In the correlations of the package model. */
export interface ConvectionRules {
  readonly pi: number;
  /** Of fins, m: what their efficiency is reckoned with. */
  finLength(sinkSideM: number, finHeightM: number): number;
  /** Whether air from above is kept out by fins where there are fins, or by pins always. */
  readonly finsBlockAir: boolean;
}

export type LeakyState = Pick<HotspotSteadyState, 'rise' | 'leakageW'>;

/** The state at a resistance of the convection, K/W. */
export type SolveAt = (convectionKPerW: number) => HotspotSteadyState;
