import { attempt, type Diagnostic, fail, InputError, placedAt, type Span } from '../../base/errors.ts';
import { spanOf } from '../../base/source.ts';
import {
  type PlacedConfig,
  readSimulateConfig,
  type SimulateConfig,
  scaleSimForm,
} from '../../formats/scalesim/index.ts';
import { type MemoryModel, misfits, type SystolicConfig } from '../../systolic/index.ts';
import { type Layer, readScaleSimTopology } from '../../workload/index.ts';
import type { ScaleSimTexts } from './input.ts';
import { type LayerLayouts, layoutsOf } from './layouts.ts';

/** A design as our own model takes it. */
export interface ModelConfig extends SimulateConfig {
  /** `DEFAULT_MEMORY_MODEL` without. */
  readonly memory?: MemoryModel | undefined;
}

/** What our own model simulates: a design and the layers of a network. */
export interface SimulationInput {
  readonly config: ModelConfig;
  readonly layers: readonly Layer[];
  /** By layer; absent if no scratchpad has a layout. */
  readonly layouts?: readonly LayerLayouts[] | undefined;
}

/**
 * Reads SCALE-Sim's files for what they say: where SCALE-Sim would lose a number in silence there is an error, and where the intent
 * is clear `warn` is told. Errors: those of `readSimulateConfig` and `readScaleSimTopology`, of both; `csv-syntax` for GEMMs
 * read as convolutions or the other way round; those of `misfits` and of `layoutsOf`.
 */
export function readSimulationInput(
  texts: ScaleSimTexts,
  warn: (warning: Diagnostic) => void,
  memory?: MemoryModel,
): SimulationInput {
  const problems: Diagnostic[] = [];
  const placed = attempt(problems, () => readSimulateConfig(texts.config, warn));
  const layers = attempt(problems, () => {
    placedAt(spanOf(texts.topology, 0, 1), () => checkForm(texts));
    return readScaleSimTopology(texts.topology, texts.form, 1, warn);
  });
  if (!placed || !layers) throw new InputError(problems);
  const simulated = placed.dense ? withoutSparsity(layers, placed.dense, warn) : layers;
  const config = { ...placed.config, ...(memory && { memory }) };
  placedAt(spanOf(texts.topology, 0, 1), () => checkFits({ ...placed, config }, simulated));
  return { config, layers: simulated, layouts: layoutsOf(texts.layout, simulated, placed.banks, warn) };
}

/** As v3 does, but not in silence. */
function withoutSparsity(layers: readonly Layer[], span: Span, warn: (warning: Diagnostic) => void): Layer[] {
  const sparse = layers.filter(({ sparsity }) => sparsity);
  if (sparse.length > 0) {
    const message = `the sparsity of layer "${sparse[0].name}"${sparse.length > 1 ? ' and others' : ''} has no effect`;
    warn({ code: 'option-unused', message, span, expected: 'SparsitySupport: True' });
  }
  return layers.map(({ sparsity: _, ...layer }) => layer);
}

/** SCALE-Sim reads convolutions as GEMMs, with the first three sizes for M, N and K. */
function checkForm({ topology, form }: ScaleSimTexts): void {
  const found = scaleSimForm(topology);
  if (found === undefined || found === form) return;
  const is = found === 'conv' ? 'convolutions: its rows have 8 or 9 values' : 'GEMMs: its rows have 4 values';
  fail('csv-syntax', `${topology.file} holds ${is}`, { expected: `-i ${found}` });
}

/** A scratchpad too small for several layers is told once, with what it needs for all of them. */
function checkFits(
  { config, places }: PlacedConfig & { readonly config: ModelConfig },
  layers: readonly Layer[],
): void {
  const systolic = systolicConfigOf(config);
  const found = layers.flatMap((layer) => misfits(layer, systolic));
  const worst = new Map<string, (typeof found)[number]>();
  for (const misfit of found) {
    const key = misfit.scratchpad?.operand ?? misfit.diagnostic.message;
    const known = worst.get(key)?.scratchpad?.leastBytes ?? 0;
    if ((misfit.scratchpad?.leastBytes ?? 1) > known) worst.set(key, misfit);
  }
  if (worst.size === 0) return;
  throw new InputError(
    [...worst.values()].map(({ diagnostic, scratchpad }) => ({
      ...diagnostic,
      span: scratchpad && places[scratchpad.operand],
    })),
  );
}

/** A configuration as our model's. A word, also of a partial sum, takes a byte of a scratchpad; layers do not overlap. */
export function systolicConfigOf({ array, dataflow, sramKb, memory }: ModelConfig): SystolicConfig {
  return {
    array,
    dataflow,
    memory: {
      wordBits: { ifmap: 8, filter: 8, ofmap: 8, psum: 8 },
      scratchpadBytes: { ifmap: sramKb.ifmap * 1024, filter: sramKb.filter * 1024, ofmap: sramKb.ofmap * 1024 },
      psum: 'accumulate',
      prefetchAcrossLayers: false,
      model: memory,
    },
  };
}
