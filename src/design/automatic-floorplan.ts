import { type Diagnostic, InputError, inSourceOrder, placedAt } from '../base/errors.ts';
import type { ErtComponent } from '../energy/index.ts';
import { type AreaItem, autoFloorplan, type Floorplan } from '../thermal/index.ts';
import type { AcceleratorSpec, BindingSpec } from './accelerator.ts';
import type { OnArrays } from './arrays.ts';
import { tileCuts, tileName } from './power/index.ts';

/** Tiles per side of a PE array whose binding does not choose. */
const TILES = 4;

type Made = Pick<OnArrays, 'spec' | 'ert' | 'arrayOf'>;

/**
 * Makes a floorplan from the total areas of the components on the die. Components whose binding names no block get a
 * block of their own name; the PEs, which have as many instances as the array has PEs, get tiles `NAME_{row}_{column}`.
 * Components of one block share it, and each array has its own region. Returns the floorplan and the accelerator with
 * these blocks. Errors: `empty-floorplan` if nothing on the die has an area, `component-without-block` for a component
 * without area that shares no block, those of `autoFloorplan`.
 */
export function automaticFloorplan({ spec, ert: { components }, arrayOf }: Made): {
  floorplan: Floorplan;
  spec: AcceleratorSpec;
} {
  const thermal = spec.thermal!;
  const onDie = components.filter(({ component }) => spec.bindings[component.name].domain !== null);
  const bindings = { ...spec.bindings };
  for (const entry of onDie) bindings[entry.component.name] = withBlock(spec, entry);
  const blockOf = ({ component }: ErtComponent): string => bindings[component.name].block!;
  const arrayOfBlock = (block: string): number => {
    const inIt = components.flatMap((entry, c) =>
      onDie.includes(entry) && blockOf(entry) === block ? [arrayOf[c]] : [],
    );
    return inIt.every((array) => array === inIt[0]) ? inIt[0] : -1;
  };
  const items = itemsOf(spec, onDie, bindings);
  checkAreas(spec, onDie, bindings, items);
  const filler = thermal.automaticFiller;
  const fillers = filler.map(({ name }) => name);
  const arrays = new Set(onDie.filter((entry) => isArray(spec, entry)).map(blockOf));
  const isOneArray = spec.arrays.length === 1;
  const placed = isOneArray ? items : inRegions(spec.partitions, items, arrays, arrayOfBlock);
  const array = placed.find(({ name }) => name === ARRAYS || arrays.has(name))?.name;
  const floorplan = placedAt(spec.document.span(['thermal', 'floorplan']), () =>
    autoFloorplan([...placed, ...filler], { array, fillers }),
  );
  return { floorplan, spec: { ...spec, bindings, thermal: { ...thermal, filler: fillers } } };
}

/** The item that reserves space for the arrays' regions. No block has this name. */
const ARRAYS = '(arrays)';

/** Puts the items of each array into its region, and the shared items beside the regions. */
function inRegions(
  { rows, columns }: AcceleratorSpec['partitions'],
  items: readonly AreaItem[],
  arrays: ReadonlySet<string>,
  arrayOfBlock: (block: string) => number,
): AreaItem[] {
  const own = Array.from({ length: rows * columns }, (_, a) => items.filter(({ name }) => arrayOfBlock(name) === a));
  const areaM2 = own.flat().reduce((sum, item) => sum + item.areaM2, 0);
  const shared = items.filter(({ name }) => arrayOfBlock(name) < 0);
  if (own.some((region) => region.length === 0)) return [...items];
  const cores = own.map((region) => region.find(({ name }) => arrays.has(name))?.name);
  return [{ name: ARRAYS, areaM2, regions: { rows, columns, items: own, arrays: cores } }, ...shared];
}

/** Whether a component is the PEs: it is tiled, or it has as many instances as there are PEs. */
function isArray({ array, bindings }: AcceleratorSpec, { component: { name, count } }: ErtComponent): boolean {
  return bindings[name].tiles !== null || (count > 1 && count === array.rows * array.columns);
}

function withBlock(spec: AcceleratorSpec, entry: ErtComponent): BindingSpec {
  const { name } = entry.component;
  const binding = spec.bindings[name];
  const { rows, columns } = spec.array;
  // A binding that names one block without tiles keeps all PEs in that block.
  const tiled = isArray(spec, entry) && (binding.block === null || binding.tiles !== null);
  if (!tiled) return { ...binding, block: binding.block ?? name };
  const tiles = binding.tiles ?? { rows: Math.min(TILES, rows), columns: Math.min(TILES, columns) };
  return { ...binding, tiles, block: binding.block ?? `${name}_{row}_{column}` };
}

/** One item per block or pattern of blocks, in the order of the components. */
function itemsOf(
  { array }: AcceleratorSpec,
  onDie: readonly ErtComponent[],
  bindings: Readonly<Record<string, BindingSpec>>,
): AreaItem[] {
  const items = new Map<string, AreaItem>();
  for (const { component, areaM2 } of onDie) {
    const { block, tiles } = bindings[component.name];
    const name = block!;
    const before = items.get(name);
    const grid = tiles && {
      rowCuts: tileCuts(array.rows, tiles.rows).map((row) => row / array.rows),
      columnCuts: tileCuts(array.columns, tiles.columns).map((column) => column / array.columns),
      name: (row: number, column: number) => tileName(name, row, column),
    };
    items.set(name, {
      name,
      areaM2: (before?.areaM2 ?? 0) + component.count * areaM2,
      ...(grid ? { tiles: grid } : before?.tiles && { tiles: before.tiles }),
    });
  }
  return [...items.values()];
}

function checkAreas(
  { document }: AcceleratorSpec,
  onDie: readonly ErtComponent[],
  bindings: Readonly<Record<string, BindingSpec>>,
  items: readonly AreaItem[],
): void {
  if (items.every(({ areaM2 }) => areaM2 === 0)) {
    const message = 'no component on the die has an area to make a floorplan of';
    const expected = 'classes with areas in the technology tables, or a floorplan (.flp)';
    throw new InputError([
      { code: 'empty-floorplan', message, span: document.span(['thermal', 'floorplan']), expected },
    ]);
  }
  const empty = new Set(items.filter(({ areaM2 }) => areaM2 === 0).map(({ name }) => name));
  const problems = onDie
    .filter(({ component }) => empty.has(bindings[component.name].block!))
    .map(
      ({ component: { name } }): Diagnostic => ({
        code: 'component-without-block',
        message: `component "${name}" has no area for a block of its own`,
        span: document.keySpan(['bindings', name]),
        expected: '"block": that of another component',
      }),
    );
  if (problems.length > 0) throw new InputError(inSourceOrder(problems));
}
