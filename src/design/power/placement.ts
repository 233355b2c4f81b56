import { type Diagnostic, InputError, inSourceOrder, nearestName, type Span } from '../../base/errors.ts';
import type { AcceleratorSpec } from '../accelerator.ts';

/** Where a component dissipates: one block, or a grid of them over the PE array (row by row). */
export interface Place {
  /** Indices into the blocks; empty off the die. */
  readonly blocks: readonly number[];
  /** The part of the array that each block covers; null unless the component is tiled. */
  readonly tiles: readonly Tile[] | null;
}

/** PEs of rows [row0, row1) and columns [column0, column1). */
export interface Tile {
  readonly row0: number;
  readonly row1: number;
  readonly column0: number;
  readonly column1: number;
}

export interface NamedBlock {
  readonly name: string;
  readonly span?: Span | undefined;
}

/** All that is on the die in one block: an accelerator without a floorplan. */
export function placeOnOneBlock({ bindings }: AcceleratorSpec, components: readonly string[]): Place[] {
  return components.map((name) => ({ blocks: bindings[name].domain === null ? [] : [0], tiles: null }));
}

/**
 * Finds the block of every component. Errors, all together: `component-without-block`, `unknown-name` (a block the
 * floorplan lacks, a filler too), `block-unused` for a block without a component that
 * is not named as filler, or a filler that has one.
 */
export function placeComponents(
  spec: AcceleratorSpec,
  components: readonly string[],
  blocks: readonly NamedBlock[],
): Place[] {
  const problems: Diagnostic[] = [];
  const names = blocks.map(({ name }) => name);
  const used = new Set<string>();
  const find = (name: string, span: Span | undefined): number => {
    used.add(name);
    const index = names.indexOf(name);
    if (index < 0) problems.push(noSuchBlock(name, names, span));
    return index;
  };
  const places = components.map((component): Place => {
    const { domain, block, tiles } = spec.bindings[component];
    if (domain === null) return { blocks: [], tiles: null };
    const path = ['bindings', component];
    if (block === null) {
      problems.push({
        code: 'component-without-block',
        message: `component "${component}" has no block of the floorplan`,
        span: spec.document.keySpan(path),
        expected: `"block": one of ${names.join(', ')}`,
      });
      return { blocks: [], tiles: null };
    }
    const span = spec.document.span([...path, 'block']);
    if (!tiles) return { blocks: [find(block, span)], tiles: null };
    return placeTiles(spec.array, tiles, (row, column) => find(tileName(block, row, column), span));
  });
  problems.push(...wrongFillers(spec, blocks, used));
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
  return places;
}

/** The block of one tile. */
export function tileName(pattern: string, row: number, column: number): string {
  return pattern.replaceAll('{row}', String(row)).replaceAll('{column}', String(column));
}

/** The first PE of each part of `extent` PEs, and `extent`. */
export function tileCuts(extent: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((extent * i) / parts));
}

function placeTiles(
  array: { readonly rows: number; readonly columns: number },
  tiles: { readonly rows: number; readonly columns: number },
  find: (row: number, column: number) => number,
): Place {
  const rows = tileCuts(array.rows, tiles.rows);
  const columns = tileCuts(array.columns, tiles.columns);
  const list: Tile[] = [];
  const blocks: number[] = [];
  for (let row = 0; row < tiles.rows; row++) {
    for (let column = 0; column < tiles.columns; column++) {
      blocks.push(find(row, column));
      list.push({
        row0: rows[row],
        row1: rows[row + 1],
        column0: columns[column],
        column1: columns[column + 1],
      });
    }
  }
  return { blocks, tiles: list };
}

function noSuchBlock(name: string, names: readonly string[], span: Span | undefined): Diagnostic {
  return {
    code: 'unknown-name',
    message: `the floorplan has no block "${name}"`,
    span,
    expected: `one of ${names.join(', ')}`,
    suggestion: nearestName(name, names),
  };
}

/** A block nobody thought of would stay cold and make the die look better than it is. */
function wrongFillers(
  { thermal, document }: AcceleratorSpec,
  blocks: readonly NamedBlock[],
  used: ReadonlySet<string>,
): Diagnostic[] {
  const fillers = thermal?.filler ?? [];
  const names = blocks.map(({ name }) => name);
  const ofFillers = fillers.flatMap((name, i): Diagnostic[] => {
    const span = document.span(['thermal', 'filler', i]);
    if (!names.includes(name)) return [noSuchBlock(name, names, span)];
    if (!used.has(name)) return [];
    return [
      { code: 'block-unused', message: `filler "${name}" has a component`, span, expected: 'a block without one' },
    ];
  });
  const ofBlocks = blocks
    .filter(({ name }) => !used.has(name) && !fillers.includes(name))
    .map(
      ({ name, span }): Diagnostic => ({
        code: 'block-unused',
        message: `no component is in block "${name}"`,
        span,
        expected: 'a "block" of some binding, or the name under "thermal.filler" if it is empty on purpose',
      }),
    );
  return [...ofFillers, ...ofBlocks];
}
