import { fail } from '../../base/errors.ts';
import type { MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { LevelModel } from './level-model.ts';
import { type ClusterLevel, ClusterLevels, couplingOf, type TensorElements } from './levels.ts';
import type { TensorMaps } from './reuse.ts';
import { type Delays, Totals } from './totals.ts';

/** Energy of an L1 and an L2 access in multiplications, and of a multiplication in nJ, as MAESTRO has them. */
export const L1_ENERGY = 1.68;
export const L2_ENERGY = 18.61;
export const MAC_NJ = 0.00023;

export interface TensorAccesses {
  readonly l1Reads: number;
  readonly l1Writes: number;
  readonly l2Reads: number;
  readonly l2Writes: number;
}

/** A layer under MAESTRO's model, in the units of its CSV file: cycles, elements, um2, mW. */
export interface MaestroResult {
  readonly runtime: number;
  readonly macs: number;
  /** Elements of the tensors by the sizes that the file names, and by those that the loops cover. */
  readonly inputElements: number;
  readonly weightElements: number;
  readonly outputElements: number;
  readonly input: TensorAccesses;
  readonly weight: TensorAccesses;
  readonly output: TensorAccesses;
  readonly l1Size: number;
  readonly l2Size: number;
  /** Elements of one tile in a PE, and of the tiles of all sub-clusters in L2; both buffers hold two of them. */
  readonly l1Tiles: TensorElements;
  readonly l2Tiles: TensorElements;
  readonly ingressDelay: Delays;
  readonly egressDelay: Delays;
  readonly computeDelay: Delays;
  readonly peakBandwidth: number;
  readonly meanBandwidth: number;
  readonly offchipBandwidth: number;
  readonly activePes: number;
  readonly intensity: number;
  /** Whether the dataflow has one cluster level only, or only the first one has work. */
  readonly isSingleLevel: boolean;
  /** Whether MAESTRO ends with figures; if not, the others mean nothing. */
  readonly hasFigures: boolean;
  /** Energy of the L1 accesses in multiplications. */
  readonly l1Energy: number;
  readonly l2Energy: number;
  readonly area: number;
  readonly power: { readonly pes: number; readonly l1: number; readonly l2: number; readonly noc: number };
}

/** Evaluates one layer. Errors: those of `MaestroModel`; `dataflow-invalid` where MAESTRO ends without figures. */
export function evaluateMaestro(layer: MaestroLayer, hardware: MaestroHardware): MaestroResult {
  const result = new MaestroModel(layer, hardware).evaluate(layer, hardware);
  if (result.hasFigures) return result;
  return fail('dataflow-invalid', `MAESTRO has no figures for the dataflow of ${layer.name}: inner levels do no work`, {
    span: layer.directives[0]?.span ?? layer.span,
    expected: 'maps of the inner cluster levels that are no larger than those of the outer ones',
  });
}

/** The cluster levels of a dataflow, the outermost first. Errors: those of `MaestroModel`. */
export function clusterLevelsOf(layer: MaestroLayer, hardware: MaestroHardware): readonly ClusterLevel[] {
  const clusters = new ClusterLevels(layer);
  clusters.load(layer, hardware);
  return clusters.levels;
}

/**
 * MAESTRO's model of a dataflow. One object evaluates all layers and choices whose type and directives have the structure of
 * the first layer: sizes may differ. Errors: `dataflow-invalid`, `unknown-name` and `duplicate-name` at the directive.
 */
export class MaestroModel {
  private readonly clusters: ClusterLevels;
  private readonly model: LevelModel;

  constructor(layer: MaestroLayer, hardware: MaestroHardware) {
    this.clusters = new ClusterLevels(layer);
    this.model = new LevelModel(this.clusters.levels, 0, couplingOf(layer), hardware);
  }

  /** Whether sub-clusters below the outermost level waited for elements in the last evaluation. */
  get isInnerWaiting(): boolean {
    return this.model.isInnerWaiting;
  }

  evaluate(layer: MaestroLayer, hardware: MaestroHardware): MaestroResult {
    this.clusters.load(layer, hardware);
    this.model.load(hardware);
    return resultOf(layer, hardware, this.model);
  }
}

function resultOf(layer: MaestroLayer, hardware: MaestroHardware, model: LevelModel): MaestroResult {
  const sums = new Totals(hardware);
  model.runWhole((found) => sums.add(found));
  const elements = elementsOf(layer, model);
  const { macs, inputIngress, weightIngress, egress } = sums;
  const input = { l1Reads: macs, l1Writes: inputIngress, l2Reads: inputIngress, l2Writes: elements.input };
  const weight = { l1Reads: macs, l1Writes: weightIngress, l2Reads: weightIngress, l2Writes: elements.weight };
  const { sums: partialSums } = sums;
  const output = { l1Reads: partialSums, l1Writes: partialSums, l2Reads: elements.output, l2Writes: egress };
  const measured = model.firstDone ?? model;
  const l1Tiles = tilesOf(measured);
  const l1Size = 2 * elementsIn(l1Tiles);
  const l2Size = sums.l2Input + sums.l2Output;
  return {
    runtime: sums.runtime,
    macs,
    inputElements: elements.namedInput,
    weightElements: elements.weight,
    outputElements: elements.output,
    input,
    weight,
    output,
    l1Size,
    l2Size,
    l1Tiles,
    l2Tiles: sums.l2Tiles,
    ingressDelay: sums.ingress.delays(),
    egressDelay: sums.egressTime.delays(),
    computeDelay: sums.compute.delays(),
    peakBandwidth: sums.peakBandwidth,
    meanBandwidth: sums.bandwidth / sums.iterations,
    offchipBandwidth: sums.offchip,
    activePes: model.activePes,
    intensity: sums.iterations === 0 ? 0 : sums.lastProducts / sums.lastIngress,
    isSingleLevel: measured === model,
    hasFigures: !sums.isStuck && !model.isStuck,
    l1Energy: L1_ENERGY * [input, weight, output].reduce((sum, { l1Reads, l1Writes }) => sum + l1Reads + l1Writes, 0),
    l2Energy: L2_ENERGY * (input.l2Reads + input.l2Writes + weight.l2Reads + weight.l2Writes + output.l2Writes),
    ...areaAndPower(hardware, l1Size, l2Size),
  };
}

/**
 * Energy in nJ as MAESTRO's CSV file has it. With a Cluster the L1 accesses are those of the layer before (`before`,
 * undefined for the first one); multiplications are never part of it.
 */
export function csvEnergyNj(result: MaestroResult, before: MaestroResult | undefined): number {
  const l1 = result.isSingleLevel ? result.l1Energy : (before?.l1Energy ?? 0);
  return MAC_NJ * (result.l2Energy + l1);
}

/** Energy in nJ with every access and every multiplication of the layer itself. */
export function wholeEnergyNj(result: MaestroResult): number {
  return MAC_NJ * (result.l2Energy + L2_ENERGY * result.output.l2Reads + result.l1Energy + result.macs);
}

/** Elements of the tensors by the sizes that the loops cover; `named` are those of the input by the sizes that the file names. */
function elementsOf(layer: MaestroLayer, { level: { dimensions, whole }, reuse }: LevelModel) {
  const { input, weight, output } = reuse;
  let [namedInput, outputs] = [1, 1];
  for (let i = 0; i < input.maps.length; i++) {
    const k = input.maps[i];
    // MAESTRO multiplies the sizes that the file names; a layer that names outputs has no Y and X.
    if (!layer.isOutputSized || (dimensions[k] !== 'Y' && dimensions[k] !== 'X')) namedInput *= whole[k];
  }
  for (let i = 0; i < output.maps.length; i++) {
    const k = output.maps[i];
    const filter = reuse.filterOf(k);
    // MAESTRO counts an output for every position of the window, whatever the stride.
    outputs *= filter < 0 ? whole[k] : whole[k] - whole[filter] + 1;
  }
  return { namedInput, input: productOf(whole, input), weight: productOf(whole, weight), output: outputs };
}

function productOf(sizes: Float64Array, { maps }: TensorMaps): number {
  let elements = 1;
  for (let i = 0; i < maps.length; i++) elements *= sizes[maps[i]];
  return elements;
}

/** Elements that one PE holds: of the output, too, by the inputs' spans; those of the inputs as often as MAESTRO adds them up. */
function tilesOf({ level: { size }, reuse, sizedCases }: LevelModel): TensorElements {
  const { input, weight, output } = reuse;
  return {
    input: sizedCases * productOf(size, input),
    weight: sizedCases * productOf(size, weight),
    output: productOf(size, output),
  };
}

function elementsIn({ input, weight, output }: TensorElements): number {
  return input + weight + output;
}

/** Area in um2 and power in mW by MAESTRO's fits (28 nm); they depend on the sizes that the dataflow needs. */
function areaAndPower({ pes, simdLanes, nocBandwidth }: MaestroHardware, l1Size: number, l2Size: number) {
  const bus = 14.662 * pes + 28.895;
  const arbiter = 1.2886 * pes * pes + 5.5814 * pes - 23.711;
  return {
    area:
      pes * (283 * simdLanes + 0.104 * l1Size) +
      0.104 * l2Size +
      101.7938 * bus * nocBandwidth +
      Math.max(395.473, 395.473 * arbiter),
    power: {
      pes: 1.2223 * pes * simdLanes,
      l1: 0.00345 * pes * l1Size,
      l2: 0.00345 * l2Size,
      noc: ((0.8 * bus) / 1000) * nocBandwidth + Math.max(0.34, (0.34 * arbiter) / 1000),
    },
  };
}
