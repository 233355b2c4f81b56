import type { SimulateConfig } from '../../../src/formats/scalesim/index.ts';
import {
  type LayerLayouts,
  type LayerSimulation,
  type ScaleSimVersion,
  simulateLayer,
} from '../../../src/peers/scalesim/index.ts';
import { MEMORY_MODELS } from '../../../src/systolic/index.ts';
import type { Layer } from '../../../src/workload/index.ts';

export interface SparsityValues {
  readonly representation: string;
  readonly rowWise?: { readonly block: number; readonly seed: number };
}

interface ConfigValues {
  readonly version: ScaleSimVersion;
  readonly array: readonly [number, number];
  readonly sramKb: readonly [number, number, number];
  readonly dataflow: string;
  /** Words a cycle; null for CALC. */
  readonly bandwidth: number | null;
  readonly banks?: readonly (readonly [number, number])[] | undefined;
  readonly sparsity?: SparsityValues;
}

/** A configuration as SCALE-Sim's own are written. */
export function configText({ version, array, sramKb, dataflow, bandwidth, banks, sparsity }: ConfigValues): string {
  const [ifmap, filter] = banks ?? [[bandwidth ?? 10, 1] as const, [bandwidth ?? 10, 1] as const];
  const second = `[general]
run_name = run

[architecture_presets]
ArrayHeight:    ${array[0]}
ArrayWidth:     ${array[1]}
IfmapSramSzkB:    ${sramKb[0]}
FilterSramSzkB:   ${sramKb[1]}
OfmapSramSzkB:    ${sramKb[2]}
IfmapOffset:    0
FilterOffset:   10000000
OfmapOffset:    20000000
Dataflow : ${dataflow}
Bandwidth : ${bandwidth ?? 10}
MemoryBanks: 1
`;
  const presets = `
[run_presets]
InterfaceBandwidth: ${bandwidth === null ? 'CALC' : 'USER'}
`;
  if (version === 'v2') return second + presets;
  return `${second}ReadRequestBuffer: 32
WriteRequestBuffer: 32

[layout]
IfmapCustomLayout: False
IfmapSRAMBankBandwidth: ${ifmap[0]}
IfmapSRAMBankNum: ${ifmap[1]}
IfmapSRAMBankPort: 2
FilterCustomLayout: False
FilterSRAMBankBandwidth: ${filter[0]}
FilterSRAMBankNum: ${filter[1]}
FilterSRAMBankPort: 2

[sparsity]
${sparsityText(sparsity)}
${presets}UseRamulatorTrace: False
`;
}

function sparsityText(sparsity?: SparsityValues): string {
  if (!sparsity) return 'SparsitySupport: False';
  const { representation, rowWise } = sparsity;
  return `SparsitySupport: True
SparseRep: ${representation}
OptimizedMapping: ${rowWise !== undefined}
BlockSize: ${rowWise?.block ?? 8}
RandomNumberGeneratorSeed: ${rowWise?.seed ?? 40}`;
}

/**
 * Our own model with consecutive retention, fold by fold as SCALE-Sim goes: what can be held against SCALE-Sim, and added up by hand.
 * docs/methods/memory.md describes it; the default is retention by next use, which test/laws holds against references of its own.
 */
export function simulateByFolds(layer: Layer, config: SimulateConfig, layouts?: LayerLayouts): LayerSimulation {
  return simulateLayer(layer, { ...config, memory: MEMORY_MODELS.consecutive }, layouts);
}
