import { placedAt } from '../base/errors.ts';
import { type Files, readText, relativeTo } from '../base/files.ts';
import { once } from '../base/once.ts';
import { seenFrom } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import { HOTSPOT_DEFAULTS, type HotspotOptions, readFloorplan, readHotspotConfig } from '../formats/hotspot/index.ts';
import { CHOICE_LENGTH, chooseNetwork, continuumNetwork, reduceContinuumNetwork } from '../thermal/continuum/index.ts';
import {
  buildNetwork,
  cachedModel,
  type Floorplan,
  type Grid,
  hotspotStack,
  makeFloorplan,
  mapBlocks,
  type NetworkRules,
  type ReducedModel,
  type ResultCache,
  reduceNetwork,
  type ThermalStack,
} from '../thermal/index.ts';
import { cachedColumn, type ModelShape } from '../thermal/reduced/index.ts';
import { formulationOf, networkRules } from '../thermal/rules/index.ts';
import type { AcceleratorSpec } from './accelerator.ts';
import type { OnArrays } from './arrays.ts';
import { automaticFloorplan } from './automatic-floorplan.ts';
import { PACKAGE_LAYERS, packageParts, riseInModes, riseInNetwork } from './handover.ts';

/** The die of an accelerator, as its floorplan and package files describe it. */
export interface Die {
  readonly floorplan: Floorplan;
  readonly package: HotspotOptions;
}

/** A die, and the accelerator with the block of every component: named by the bindings, or from an automatic floorplan. */
export interface PlacedDie {
  readonly die: Die;
  readonly spec: AcceleratorSpec;
}

/**
 * Reads or makes the floorplan and reads the package. Returns null for an accelerator without a floorplan. Errors:
 * `file-not-found`, those of the files (including overlaps, gaps and blocks outside the die), those of automatic
 * floorplans, `die-larger-than-package`.
 */
export function loadDie(files: Files, onArrays: OnArrays): PlacedDie | null {
  const { spec } = onArrays;
  const { thermal, document } = spec;
  if (!thermal) return null;
  const read = (reference: string, key: string, expected: string): SourceText => {
    const span = document.span(['thermal', key]);
    return readText(files, relativeTo(seenFrom(document, ['thermal', key]), reference), expected, span);
  };
  const fromFile = (): Floorplan => {
    const blocks = readFloorplan(read(thermal.floorplan, 'floorplan', 'a HotSpot floorplan (.flp), or auto'));
    // A gap between blocks has no line of its own.
    return placedAt(blocks[0].span, () => makeFloorplan(blocks));
  };
  const made = thermal.floorplan === 'auto' ? automaticFloorplan(onArrays) : null;
  const floorplan = made?.floorplan ?? fromFile();
  const options =
    thermal.package === null
      ? HOTSPOT_DEFAULTS
      : readHotspotConfig(read(thermal.package, 'package', 'a HotSpot configuration (.config)')).options;
  const die = { floorplan, package: options };
  // This reports a package that does not fit the die before the run starts.
  placedAt(document.span(['thermal']), () =>
    buildNetwork(hotspotStack(options), floorplan, { rows: 2, columns: 2 }, networkRules(thermal.compat)),
  );
  return { die, spec: made?.spec ?? spec };
}

/**
 * Ratio of neighbouring expansion points. It is smaller than the default, for tiles of a fraction of a millimetre
 * (docs/methods/thermal.md).
 */
const SHIFT_RATIO = 12;

/** The reduced model is accurate for epochs, and parts of them, down to this length. */
const SHORTEST_S = 1e-6;

/** The reduced thermal model of the die. The cache supplies it if it was made before. */
export function reducedModel({ thermal }: AcceleratorSpec, die: Die, cache?: ResultCache): ReducedModel {
  const stack = hotspotStack(die.package);
  const rules = networkRules(thermal!.compat);
  const isInModes = formulationOf(rules, stack) === 'modes';
  return isInModes
    ? modelInModes(stack, die, thermal!.grid, cache)
    : modelOfNetwork(stack, die, thermal!.grid, rules, cache);
}

function modelOfNetwork(
  stack: ThermalStack,
  { floorplan }: Die,
  grid: Grid,
  rules: NetworkRules,
  cache?: ResultCache,
): ReducedModel {
  const facts = ['die', SHIFT_RATIO, grid, rules.name, ...shapesOf(floorplan), stack];
  const network = once(() => buildNetwork(stack, floorplan, grid, rules));
  const model = cachedModel(cache, facts, modelShape(stack, floorplan, grid), () => {
    const map = mapBlocks(floorplan, grid, rules.blockMean);
    return reduceNetwork(network(), map, { shiftRatio: SHIFT_RATIO, fields: 'die' });
  });
  const makeRise = (): Float64Array => riseInNetwork(network(), floorplan, grid, rules);
  return { ...model, packageRise: cachedRise(cache, facts, floorplan, makeRise) };
}

function modelInModes(stack: ThermalStack, { floorplan }: Die, grid: Grid, cache?: ResultCache): ReducedModel {
  const facts = ['die', 'modes', SHORTEST_S, grid, ...shapesOf(floorplan), stack];
  const layers = Array.from({ length: PACKAGE_LAYERS }, (_, face) => ({ face, floorplan, power: face === 0 }));
  const { network, error } = chooseNetwork(
    (resolution) => continuumNetwork(stack, layers, grid, resolution),
    null,
    (choose) => cachedColumn(cache, [...facts, 'resolution'], CHOICE_LENGTH, choose),
  );
  const model = cachedModel(cache, facts, modelShape(stack, floorplan, grid), () =>
    reduceContinuumNetwork(network(), { shortestS: SHORTEST_S, fields: 'die' }),
  );
  const packageRise = cachedRise(cache, facts, floorplan, () => riseInModes(network()));
  return { ...model, errorPart: error.part, packageRise };
}

function cachedRise(
  cache: ResultCache | undefined,
  facts: readonly unknown[],
  floorplan: Floorplan,
  make: () => Float64Array,
): Float64Array {
  return cachedColumn(cache, [...facts, 'package'], packageParts(floorplan) * floorplan.blocks.length, make);
}

function shapesOf({ blocks, widthM, heightM }: Floorplan): unknown[] {
  return [widthM, heightM, blocks.map((b) => [b.leftM, b.bottomM, b.widthM, b.heightM])];
}

function modelShape({ ambientK }: ThermalStack, { blocks }: Floorplan, { rows, columns }: Grid): ModelShape {
  return { blocks: blocks.length, fieldNodes: rows * columns, starts: 0, ambientK };
}
