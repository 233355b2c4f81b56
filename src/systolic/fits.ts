import { type Diagnostic, InputError } from '../base/errors.ts';
import { type Layer, metadataBits } from '../workload/index.ts';
import { type FoldChoice, type MemoryConfig, OPERANDS, type Operand, type SystolicConfig } from './config.ts';
import { findDataflow } from './dataflows/index.ts';
import { type FoldGrid, foldGrid } from './folds.ts';
import { FIXED_ORDER, orderName, orderNamed, orderNames } from './memory/next-use/index.ts';
import { accumulates, longestTile, ofmapWordBitsOf } from './memory/psum.ts';
import { modelOf } from './memory-model.ts';

/** More folds than this take minutes and gigabytes; such a layer wants a larger array or a smaller one to try. */
const MOST_FOLDS = 2 ** 23;

/** Why a layer cannot run. Without a place: only who read the configuration knows where it was written. */
export interface FitProblem {
  readonly diagnostic: Diagnostic;
  /** The scratchpad that is too small, and what the layer needs; absent if it is the layer that is too large. */
  readonly scratchpad?: { readonly operand: Operand; readonly leastBytes: number };
  /** The part of the layer's mapping that the dataflow cannot carry. */
  readonly choice?: keyof FoldChoice;
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
 * `out-of-range` (too many folds), `mapping-misfit`. Error: `unknown-name` (dataflow).
 */
export function fitProblems(layer: Layer, config: SystolicConfig): FitProblem[] {
  const dataflow = findDataflow(config.dataflow);
  const grid = foldGrid(layer, dataflow, config.array);
  const memory = memoryOf(layer, config.memory);
  return [
    ...tooManyFolds(layer, grid, memory),
    ...OPERANDS.flatMap((operand) => tooSmall(operand, layer, grid, memory)),
    ...orderMisfits(layer, grid, config),
    ...tileMisfits(layer, grid, memory, config.folds?.streamTile),
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

function misfit(choice: keyof FoldChoice, { name }: Layer, why: string, expected: string): FitProblem[] {
  return [{ diagnostic: { code: 'mapping-misfit', message: `layer "${name}": ${why}`, expected }, choice }];
}

/** An order of folds that the dataflow or the memory model does not have, or that has larger blocks than the layer. */
function orderMisfits(layer: Layer, grid: FoldGrid, { memory, folds }: SystolicConfig): FitProblem[] {
  const name = folds?.order;
  if (name === undefined) return [];
  const { dataflow, rowFolds, columnFolds } = grid;
  const order = orderNamed(dataflow, name);
  if (!order)
    return misfit('order', layer, `the dataflow ${dataflow.id} has no order of folds "${name}"`, orderNames(dataflow));
  if (modelOf(memory).retention === 'consecutive' && name !== orderName(FIXED_ORDER))
    return misfit(
      'order',
      layer,
      `"retention: consecutive" has no order of folds "${name}"`,
      `"${orderName(FIXED_ORDER)}", or retention: next-use`,
    );
  if (order.kind !== 'column-blocks' && order.kind !== 'row-blocks') return [];
  const [count, axis] = order.kind === 'row-blocks' ? [rowFolds, 'row'] : [columnFolds, 'column'];
  if (order.by < 2 * count) return [];
  return misfit(
    'order',
    layer,
    `blocks of ${order.by} ${axis} folds, where there are ${count}`,
    `blocks of at most ${count}`,
  );
}

/** A T tile where T is not cut, or one whose partial sums do not fit. */
function tileMisfits(layer: Layer, grid: FoldGrid, memory: MemoryConfig, tile: number | undefined): FitProblem[] {
  const { dataflow, extent, array } = grid;
  if (tile === undefined) return [];
  const isCut = accumulates(grid) && memory.psum === 'accumulate';
  if (tile === extent.streamed && !isCut) return [];
  const whole = `${extent.streamed}, or no tile`;
  if (tile > extent.streamed)
    return misfit(
      'streamTile',
      layer,
      `a T tile of ${tile}, where T is ${extent.streamed}`,
      `at most ${extent.streamed}`,
    );
  if (dataflow.axes.rows !== 'k')
    return misfit('streamTile', layer, `the dataflow ${dataflow.id} adds up in the PEs, so that T is never cut`, whole);
  if (!accumulates(grid))
    return misfit('streamTile', layer, 'a single row fold leaves no partial sums, so that T is not cut', whole);
  if (memory.psum === 'spill')
    return misfit('streamTile', layer, 'with "psum: spill" T is not cut', `${whole}; or psum: accumulate`);
  const longest = longestTile(array, memory);
  if (tile <= longest) return [];
  const bytes = memory.scratchpadBytes.ofmap;
  const why = `the ofmap scratchpad of ${bytes} bytes does not hold two T tiles of ${tile} partial sums in ${array.columns} columns`;
  return misfit('streamTile', layer, why, `a T tile of at most ${longest}`);
}
