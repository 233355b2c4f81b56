import { type Diagnostic, InputError } from '../base/errors.ts';
import { type Layer, metadataBits } from '../workload/index.ts';
import { type MemoryConfig, OPERANDS, type Operand, type SystolicConfig } from './config.ts';
import { findDataflow } from './dataflows/index.ts';
import { type FoldGrid, foldGrid } from './folds.ts';
import { ofmapWordBitsOf } from './memory/psum.ts';
import { modelOf } from './memory-model.ts';

/** More folds than this take minutes and gigabytes; such a layer wants a larger array or a smaller one to try. */
const MOST_FOLDS = 2 ** 23;

/** Why a layer cannot run. Without a place: only who read the configuration knows where it was written. */
export interface FitProblem {
  readonly diagnostic: Diagnostic;
  /** The scratchpad that is too small, and what the layer needs; absent if it is the layer that is too large. */
  readonly scratchpad?: { readonly operand: Operand; readonly leastBytes: number };
}

/** The memory as a layer uses it: the places of sparse weights travel with them, and make its filter words wider. */
export function memoryOf(layer: Layer, memory: MemoryConfig): MemoryConfig {
  const places = metadataBits(layer);
  if (places === 0) return memory;
  return { ...memory, wordBits: { ...memory.wordBits, filter: memory.wordBits.filter + places } };
}

/** The configuration of a layer that has the rest of the ofmap scratchpad. */
export function besideKept(config: SystolicConfig, keptBytes: number): SystolicConfig {
  if (keptBytes === 0) return config;
  const { memory } = config;
  const { scratchpadBytes } = memory;
  return {
    ...config,
    memory: { ...memory, scratchpadBytes: { ...scratchpadBytes, ofmap: scratchpadBytes.ofmap - keptBytes } },
  };
}

/**
 * The reasons why a layer cannot run. Cheap, for checking a whole network before any of it runs. Codes: `scratchpad-too-small`,
 * `out-of-range` (too many folds). Error: `unknown-name` (dataflow).
 */
export function fitProblems(layer: Layer, config: SystolicConfig): FitProblem[] {
  const dataflow = findDataflow(config.dataflow);
  const grid = foldGrid(layer, dataflow, config.array);
  const memory = memoryOf(layer, config.memory);
  return [
    ...tooManyFolds(layer, grid, memory),
    ...OPERANDS.flatMap((operand) => tooSmall(operand, layer, grid, memory)),
  ];
}

/** Throws what keeps a layer from running. */
export function checkFits(layer: Layer, config: SystolicConfig): void {
  const found = fitProblems(layer, config);
  if (found.length > 0) throw new InputError(found.map(({ diagnostic }) => diagnostic));
}

function tooManyFolds(layer: Layer, { rowFolds, columnFolds, array }: FoldGrid, memory: MemoryConfig): FitProblem[] {
  // Passes are counted, not walked.
  if (modelOf(memory).retention === 'next-use') return [];
  const folds = rowFolds * columnFolds * layer.groups;
  if (folds <= MOST_FOLDS) return [];
  const message = `layer "${layer.name}" takes ${folds} folds on a ${array.rows} x ${array.columns} array`;
  return [{ diagnostic: { code: 'out-of-range', message, expected: `at most ${MOST_FOLDS} folds` } }];
}

/** Two port-wide rows of words, one in use and one arriving, are the least a scratchpad can stream through. */
function tooSmall(operand: Operand, layer: Layer, grid: FoldGrid, memory: MemoryConfig): FitProblem[] {
  const { array } = grid;
  const bytes = memory.scratchpadBytes[operand];
  const lanes = operand === 'ofmap' || operand === grid.dataflow.columnOperand ? array.columns : array.rows;
  const bits = operand === 'ofmap' ? ofmapWordBitsOf(grid, memory) : memory.wordBits[operand];
  const leastBytes = Math.ceil((2 * lanes * bits) / 8);
  if (bytes >= leastBytes) return [];
  const diagnostic: Diagnostic = {
    code: 'scratchpad-too-small',
    message: `the ${operand} scratchpad of ${bytes} bytes is too small for layer "${layer.name}"`,
    expected: `at least ${leastBytes} bytes: two words for each of the ${lanes} lanes it feeds`,
  };
  return [{ diagnostic, scratchpad: { operand, leastBytes } }];
}
