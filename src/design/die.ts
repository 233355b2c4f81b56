import { placedAt } from '../base/errors.ts';
import { type Files, readText, relativeTo } from '../base/files.ts';
import { seenFrom } from '../base/overrides.ts';
import type { SourceText } from '../base/source.ts';
import { HOTSPOT_DEFAULTS, type HotspotOptions, readFloorplan, readHotspotConfig } from '../formats/hotspot/index.ts';
import {
  buildNetwork,
  cachedModel,
  type Floorplan,
  hotspotStack,
  makeFloorplan,
  mapBlocks,
  type ReducedModel,
  type ResultCache,
  reduceNetwork,
} from '../thermal/index.ts';
import { networkRules } from '../thermal/rules/index.ts';
import type { AcceleratorSpec } from './accelerator.ts';
import type { OnArrays } from './arrays.ts';
import { automaticFloorplan } from './automatic-floorplan.ts';

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
  placedAt(document.span(['thermal']), () => buildNetwork(hotspotStack(options), floorplan, { rows: 2, columns: 2 }));
  return { die, spec: made?.spec ?? spec };
}

/**
 * Ratio of neighbouring expansion points. It is smaller than the default, for tiles of a fraction of a millimetre
 * (docs/methods/thermal.md).
 */
const SHIFT_RATIO = 12;

/** The reduced thermal model of the die. The cache supplies it if it was made before. */
export function reducedModel({ thermal }: AcceleratorSpec, die: Die, cache?: ResultCache): ReducedModel {
  const { grid } = thermal!;
  const { blocks, widthM, heightM } = die.floorplan;
  const shapes = blocks.map((b) => [b.leftM, b.bottomM, b.widthM, b.heightM]);
  const stack = hotspotStack(die.package);
  const rules = networkRules(thermal!.compat);
  const facts = ['die', SHIFT_RATIO, grid, rules.name, widthM, heightM, shapes, stack];
  const fieldNodes = grid.rows * grid.columns;
  return cachedModel(cache, facts, { blocks: blocks.length, fieldNodes, starts: 0, ambientK: stack.ambientK }, () => {
    const network = buildNetwork(stack, die.floorplan, grid, rules);
    const map = mapBlocks(die.floorplan, grid, rules.blockMean);
    return reduceNetwork(network, map, { shiftRatio: SHIFT_RATIO, fields: 'die' });
  });
}
