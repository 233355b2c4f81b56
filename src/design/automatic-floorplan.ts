import { type Diagnostic, InputError, inSourceOrder, placedAt } from '../base/errors.ts';
import type { ErtComponent } from '../energy/index.ts';
import { type AreaItem, autoFloorplan, type Floorplan } from '../thermal/index.ts';
import type { AcceleratorSpec, BindingSpec } from './accelerator.ts';
import type { OnArrays } from './arrays.ts';
import { tileCuts, tileName } from './power/index.ts';

/** Tiles of a PE array whose binding does not say. */
const TILES = 4;

type Made = Pick<OnArrays, 'spec' | 'ert' | 'arrayOf'>;

/**
 * A floorplan from the areas of the components on the die, all instances together, and the accelerator with the blocks
 * that it gives to those whose binding names none: one of the component's name, and for the PEs (as many instances as the array has)
 * `NAME_{row}_{column}`. Components of one block share it. Each array has a region of its own. Errors: `empty-floorplan` if nothing on the die has an area,
 * `component-without-block` for a component of no area that has no block to share, those of `autoFloorplan`.
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

/** What has no block, but regions for the arrays. */
const ARRAYS = '(arrays)';

/** What is of one array in its region, the rest beside them. */
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

/** The PEs: what is tiled, or as many instances as there are PEs. */
function isArray({ array, bindings }: AcceleratorSpec, { component: { name, count } }: ErtComponent): boolean {
  return bindings[name].tiles !== null || (count > 1 && count === array.rows * array.columns);
}

function withBlock(spec: AcceleratorSpec, entry: ErtComponent): BindingSpec {
  const { name } = entry.component;
  const binding = spec.bindings[name];
  const { rows, columns } = spec.array;
  // Who names one block for all PEs wants one.
  const tiled = isArray(spec, entry) && (binding.block === null || binding.tiles !== null);
  if (!tiled) return { ...binding, block: binding.block ?? name };
  const tiles = binding.tiles ?? { rows: Math.min(TILES, rows), columns: Math.min(TILES, columns) };
  return { ...binding, tiles, block: binding.block ?? `${name}_{row}_{column}` };
}

/** One for every block, or pattern of blocks, in the order of the components. */
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
