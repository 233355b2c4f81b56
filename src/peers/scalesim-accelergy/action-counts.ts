import type { ScaleSimConfig } from '../../formats/scalesim/index.ts';
import { OPERANDS, type Operand } from '../../systolic/index.ts';
import type { ScaleSimLayerReport } from '../scalesim/layer-report.ts';
import type { ElementAccesses } from './element-accesses.ts';
import type { Repeats } from './repeats.ts';

/** The accesses of a layer for the hand-over. */
export interface LayerAccesses {
  readonly report: ScaleSimLayerReport;
  readonly elements: ElementAccesses;
  readonly repeats: Repeats;
}

export interface ActionCount {
  readonly name: string;
  /** The value of both `address_delta` and `data_delta`; null for actions without arguments. */
  readonly delta: 0 | 1 | null;
  readonly count: number;
  /** Whether the count is a float in Python. */
  readonly float?: boolean;
}

/** A component below the root with its counts. All processing elements have the same counts. */
export interface ComponentCounts {
  readonly name: string;
  readonly ofElement: boolean;
  readonly actions: readonly ActionCount[];
}

const NAMES = { ifmap: 'ifmap', filter: 'weights', ofmap: 'psum' } as const;

/**
 * The action counts of a network in the order of SCALE-Sim's branch for Accelergy. Cycles are summed over layers like
 * counts. A memory idles for the rest of cycles times ports, and its accesses are random unless they repeat; both
 * numbers can be negative.
 */
export function actionCounts(
  layers: readonly LayerAccesses[],
  { array, dataflow }: ScaleSimConfig,
  dramRowSize: number,
): ComponentCounts[] {
  const sum = (of: (layer: LayerAccesses) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  const ports = { ifmap: array.rows, filter: array.columns, ofmap: array.columns };
  const use = (memory: 'sram' | 'dram', operand: Operand, width: number) => {
    const words = sum(({ report }) => report[memory][operand].words);
    const start = sum(({ report }) => report[memory][operand].start);
    const stop = sum(({ report }) => report[memory][operand].stop);
    return { words, idle: { name: 'idle', delta: null, count: (stop - start + 1) * width - words } };
  };
  const dram = OPERANDS.map((operand): ComponentCounts => {
    const { words, idle } = use('dram', operand, dramRowSize);
    const access = { name: operand === 'ofmap' ? 'write' : 'read', delta: null, count: words };
    return { name: `${NAMES[operand]}_dram`, ofElement: false, actions: [access, idle] };
  });
  const sram = OPERANDS.map((operand): ComponentCounts => {
    const { words, idle } = use('sram', operand, ports[operand]);
    const repeats = sum((layer) => layer.repeats.sram[operand]);
    const name = operand === 'ofmap' ? 'update' : 'read';
    const actions = [{ name, delta: 1, count: words - repeats }, { name, delta: 0, count: repeats }, idle] as const;
    return { name: `${NAMES[operand]}_glb`, ofElement: false, actions };
  });
  return [...dram, ...sram, ...elementCounts(layers, array.rows * array.columns, dataflow === 'os')];
}

/** Every element gets an equal share of all accesses, and one MAC in every cycle, whether it works or not. */
function elementCounts(layers: readonly LayerAccesses[], count: number, isOs: boolean): ComponentCounts[] {
  const sum = (counter: keyof ElementAccesses): number =>
    layers.reduce((total, { elements }) => total + elements[counter], 0) / count;
  const register = (operand: Operand): ComponentCounts => {
    const delta = operand === 'ofmap' && isOs ? 0 : 1;
    const write = { name: 'write', delta, count: sum(`${operand}Writes`), float: true } as const;
    const read = { name: 'read', delta: 0, count: sum(`${operand}Reads`), float: true } as const;
    return { name: `${NAMES[operand]}_spad`, ofElement: true, actions: [write, read] };
  };
  const cycles = layers.reduce((total, { report }) => total + report.totalCycles, 0);
  const mac = { name: 'mac', ofElement: true, actions: [{ name: 'mac_random', delta: null, count: cycles }] } as const;
  return [register('filter'), register('ifmap'), register('ofmap'), mac];
}
