import type { DataflowTemplate, Dimension, MaestroHardware, MaestroLayer } from '../../formats/maestro/index.ts';
import { csvEnergyNj, MaestroModel } from '../maestro/index.ts';

/** A layer of ConfuciuX's networks, K,C,Y,X,R,S, and whether it is depthwise. Strides are not part of its model. */
export interface ConfuciuxLayer {
  readonly sizes: Readonly<Record<'K' | 'C' | 'Y' | 'X' | 'R' | 'S', number>>;
  readonly isDepthwise: boolean;
}

/** What MAESTRO prints of one layer with one choice; real numbers have six digits. */
export interface Point {
  readonly cycles: number;
  readonly energyNj: number;
  readonly areaUm2: number;
  readonly powerMw: number;
  readonly macs: number;
}

export const FITNESSES = ['latency', 'energy', 'LEP', 'LAP', 'EAP', 'thrpt_btnk', 'thrpt_ave'] as const;
export type Fitness = (typeof FITNESSES)[number];

/** ConfuciuX's grid of PE counts, and the largest tile. */
export const PE_GRID: readonly number[] = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128];
export const MOST_PES = 128;
export const ALL_PES: readonly number[] = Array.from({ length: MOST_PES }, (_, i) => i + 1);
export const MOST_TILE = 12;

/** Constants of a dataflow file that a choice sets. */
export const CHOICE_CONSTANTS = ['KTileSz', 'CTileSz', 'ClusterSz'] as const;

/** The command line that ConfuciuX gives MAESTRO. */
const NOC_BANDWIDTH = 81_920_000;
const BUFFER = 819_200_000;
const UNLIMITED = 2 ** 31 - 1;

/** Evaluates choices for layers; equal layers share their points. */
export class PointTable {
  private readonly layers: readonly ConfuciuxLayer[];
  private readonly shapes: readonly number[];
  private readonly dataflow: DataflowTemplate;
  private readonly depthwise: DataflowTemplate;
  private readonly known = new Map<number, Point>();
  /** The models of convolutions and of depthwise layers, made at their first points. */
  private readonly models: MaestroModel[] = [];

  constructor(layers: readonly ConfuciuxLayer[], dataflow: DataflowTemplate, depthwise: DataflowTemplate) {
    const keys = layers.map(({ sizes: { K, C, Y, X, R, S }, isDepthwise }) => [K, C, Y, X, R, S, isDepthwise].join());
    this.layers = layers;
    this.shapes = keys.map((key) => keys.indexOf(key));
    this.dataflow = dataflow;
    this.depthwise = depthwise;
  }

  /** Points evaluated so far. */
  get evaluations(): number {
    return this.known.size;
  }

  point(layer: number, pes: number, tile: number): Point {
    const key = (this.shapes[layer] * (MOST_PES + 1) + pes) * (MOST_TILE + 1) + tile;
    let point = this.known.get(key);
    if (!point) {
      point = this.evaluate(this.layers[layer], pes, tile);
      this.known.set(key, point);
    }
    return point;
  }

  private evaluate({ sizes, isDepthwise }: ConfuciuxLayer, pes: number, tile: number): Point {
    const used = new Map<Dimension, number>(Object.entries(sizes) as [Dimension, number][]);
    if (isDepthwise) used.delete('K');
    const constants = new Map<string, number>([
      ['KTileSz', tile],
      ['CTileSz', 1],
      ['ClusterSz', pes],
    ]);
    const directives = (isDepthwise ? this.depthwise : this.dataflow)(used, constants);
    const layer: MaestroLayer = {
      name: 'layer',
      type: isDepthwise ? 'DSCONV' : 'CONV',
      strideX: 1,
      strideY: 1,
      sizes: used,
      isOutputSized: false,
      directives,
      span: directives[0].span,
    };
    const hardware = hardwareOf(pes);
    const kind = isDepthwise ? 1 : 0;
    this.models[kind] ??= new MaestroModel(layer, hardware);
    const model = this.models[kind];
    const result = model.evaluate(layer, hardware);
    const { pes: pePower, l1, l2, noc } = result.power;
    return {
      cycles: result.runtime,
      energyNj: printed(csvEnergyNj(result, undefined)),
      areaUm2: printed(result.area),
      powerMw: printed(pePower + l1 + l2 + noc),
      macs: result.macs,
    };
  }
}

function hardwareOf(pes: number): MaestroHardware {
  return {
    pes,
    l1Size: BUFFER,
    l2Size: BUFFER,
    nocBandwidth: NOC_BANDWIDTH,
    hopLatency: 1,
    offchipBandwidth: UNLIMITED,
    simdLanes: 1,
  };
}

/** The value that a reader of MAESTRO's output gets. */
function printed(value: number): number {
  return Number(value.toPrecision(6));
}
