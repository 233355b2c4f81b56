import type { ContinuumNetwork, ResolutionError } from '../../thermal/continuum/index.ts';
import type { Grid, SparseRows } from '../../thermal/floorplan/index.ts';
import type { LeakageModel } from '../../thermal/index.ts';
import type { ThermalLayer, ThermalNetwork } from '../../thermal/network/index.ts';
import type { NetworkRules } from '../../thermal/rules/index.ts';
import type { SteadySolver } from '../../thermal/solvers/index.ts';
import type { HotspotLayer, HotspotProblem } from './input/problem.ts';

/** A group of lines of a .steady or .init file: the blocks of one layer, or the package's nodes. */
export interface NodeGroup {
  /** The empty string for silicon, `iface_`, `hsp_`, `hsink_`, `layer_2_` ...; `inode_` for the package's nodes. */
  readonly prefix: string;
  readonly names: readonly string[];
  /** Names x nodes of the network: reads the value of each name from a field of rises. */
  readonly reading: SparseRows;
  /** Names x nodes: the fraction of each node that belongs to each name. That part starts at the name's temperature. */
  readonly occupancy: SparseRows;
}

/**
 * How a stack is solved: in lateral modes, in spectral elements of its true shape, or in HotSpot's nodes. In modes it has a `continuum`, whose
 * nodes are `nodes`, and no network.
 */
export type ModelKind = 'modes' | 'elements' | 'nodes';

/** HotSpot's problem as a network with its inputs and readings. The network and all rows are made at their first use. */
export interface HotspotModel {
  readonly rules: HotspotRules;
  readonly nodes: number;
  /** Whether all layers are homogeneous planes of cells, so that `network` is a `GridNetwork`. */
  readonly uniform: boolean;
  readonly ambientK: number;
  readonly network: ThermalNetwork;
  readonly kind: ModelKind;
  readonly continuum: ContinuumNetwork | null;
  /** Estimated error of the resolution; null for a network, whose error is unknown. */
  readonly resolutionError: ResolutionError | null;
  /** Names of all blocks of power layers, layer by layer in floorplan order: the columns that a .ptrace must have. */
  readonly units: readonly string[];
  /** Units x nodes: where the power of each unit enters. Rows sum to 1. */
  readonly power: SparseRows;
  /** All groups in the order of a .steady file. */
  readonly groups: readonly NodeGroup[];
  /** The group of each unit, and its index within the group. */
  readonly unitGroup: Int32Array;
  readonly unitIndex: Int32Array;
  /** How several cells give one value: their weighted sum, or the smallest or largest of the cells read. */
  readonly readingMode: 'mean' | 'min' | 'max';
  /** 1 x nodes: the mean over the sink's surface. */
  readonly sink: SparseRows;
  /**
   * The planes of cells that are HotSpot's layers, from node 0 on, and their grid, for .grid.steady and pictures. The
   * physical network has one more plane before the package's nodes: the cooled face of the sink. Null for the block
   * model.
   */
  readonly grid: { readonly rows: number; readonly columns: number; readonly layers: number } | null;
  /** Layers x cells, by nodes: how the cells of `grid` are read, unless they are nodes themselves. */
  readonly cells?: SparseRows;
  /** The first node of each plane, and the one after its last; none in the block model. */
  readonly planes: readonly (readonly [from: number, to: number])[];
}

export interface HotspotSteadyState {
  /** The model of this state: the given one, unless natural convection has changed its resistance. */
  readonly model: HotspotModel;
  /** Rise of each node, K. */
  readonly rise: Float64Array;
  /** Leakage of each unit, W; 0 without -leakage_used. */
  readonly leakageW: Float64Array;
  readonly convectionKPerW: number;
}

/** The rules by which HotSpot's files become a network and temperatures: the physics they describe, or HotSpot 7.0's own way. */
export interface HotspotRules {
  readonly network: NetworkRules;
  readonly convection: ConvectionRules;
  /** The materials of the cells of a layer whose blocks have their own. Error: `floorplan-gap`. */
  cellMaterials(layer: HotspotLayer, name: string, grid: Grid): CellMaterials;
  /** Whether cells with their own materials conduct sideways regardless of the layer file. */
  readonly detailedIsLateral: boolean;
  /** The state under power by unit (W) and leakage. Error: `thermal-runaway`. */
  leakySteady(model: HotspotModel, powerW: Float64Array, leakage: LeakageModel, solver: SteadySolver): LeakyState;
  /** The state in which natural convection has settled. `fromKPerW` is the resistance at the end of a preceding transient. */
  naturalSteady(problem: HotspotProblem, solveAt: SolveAt, fromKPerW: number): HotspotSteadyState;
  /** Whether an .init is read, and so checked, if only the steady state is requested. */
  readonly alwaysReadsStart: boolean;
  /** Whether leakage also follows the temperatures over time. */
  readonly leaksInTime: boolean;
  /** Whether parts of a plane that no block covers start at the plane's mean instead of 0 K. */
  readonly fillsGaps: boolean;
  /** The label above the fields at the end of sample k: a number of sampling intervals from the start. */
  sampleLabel(k: number): number;
  /** How many temperatures of an .init -dtm_used 1 looks at, given the numbers in the first group and in all groups. */
  throttled(firstGroup: number, all: number): number;
}

/** The materials of a layer's cells whose blocks have their own. */
export type CellMaterials = NonNullable<ThermalLayer['bySite']>;

/** The differences between the rules in the correlations of the package model. */
export interface ConvectionRules {
  readonly pi: number;
  /** The length in m with which the efficiency of fins is computed. */
  finLength(sinkSideM: number, finHeightM: number): number;
  /** Whether fins keep out air from above where there are fins; otherwise pins always do. */
  readonly finsBlockAir: boolean;
}

export type LeakyState = Pick<HotspotSteadyState, 'rise' | 'leakageW'>;

/** The state at a convection resistance in K/W. */
export type SolveAt = (convectionKPerW: number) => HotspotSteadyState;
