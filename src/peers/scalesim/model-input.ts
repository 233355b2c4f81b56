import { attempt, type Diagnostic, fail, InputError, placedAt, type Span } from '../../base/errors.ts';
import { spanOf } from '../../base/source.ts';
import {
  type PlacedConfig,
  readSimulateConfig,
  type SimulateConfig,
  scaleSimForm,
} from '../../formats/scalesim/index.ts';
import { fitProblems, type MemoryModel, type SystolicConfig } from '../../systolic/index.ts';
import { type Layer, readScaleSimTopology } from '../../workload/index.ts';
import { type LayerLayouts, layoutsOf } from './layouts.ts';
import type { ScaleSimTexts } from './peer-input.ts';

/** A configuration and the memory model to simulate it with. */
export interface ModelConfig extends SimulateConfig {
  /** Default: `DEFAULT_MEMORY_MODEL`. */
  readonly memory?: MemoryModel | undefined;
}

/** The input of our own model: a design and the layers of a network. */
export interface SimulationInput {
  readonly config: ModelConfig;
  readonly layers: readonly Layer[];
  /** One entry per layer; absent if no scratchpad has a layout. */
  readonly layouts?: readonly LayerLayouts[] | undefined;
}

/**
 * Reads SCALE-Sim's files for their meaning. Where SCALE-Sim would silently lose a number, it throws an error, or calls
 * `warn` if the intent is clear. Errors of both files: those of `readSimulateConfig` and `readScaleSimTopology`;
 * `csv-syntax` for GEMMs read as convolutions or the reverse; those of `fitProblems` and of `layoutsOf`.
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

/** The layers without their sparsity, as in v3, but with a warning. */
function withoutSparsity(layers: readonly Layer[], span: Span, warn: (warning: Diagnostic) => void): Layer[] {
  const sparse = layers.filter(({ sparsity }) => sparsity);
  if (sparse.length > 0) {
    const message = `the sparsity of layer "${sparse[0].name}"${sparse.length > 1 ? ' and others' : ''} has no effect`;
    warn({ code: 'option-unused', message, span, expected: 'SparsitySupport: True' });
  }
  return layers.map(({ sparsity: _, ...layer }) => layer);
}

/** Rejects convolutions read as GEMMs. SCALE-Sim would take their first three sizes for M, N and K. */
function checkForm({ topology, form }: ScaleSimTexts): void {
  const found = scaleSimForm(topology);
  if (found === undefined || found === form) return;
  const is = found === 'conv' ? 'convolutions: its rows have 8 or 9 values' : 'GEMMs: its rows have 4 values';
  fail('csv-syntax', `${topology.file} holds ${is}`, { expected: `-i ${found}` });
}

/** Reports a scratchpad that is too small for several layers once, with the size that all of them need. */
function checkFits(
  { config, places }: PlacedConfig & { readonly config: ModelConfig },
  layers: readonly Layer[],
): void {
  const systolic = systolicConfigOf(config);
  const found = layers.flatMap((layer) => fitProblems(layer, systolic));
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

/**
 * A configuration in our model's form. Each word, also of a partial sum, takes one byte of a scratchpad; layers do not
 * overlap.
 */
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
