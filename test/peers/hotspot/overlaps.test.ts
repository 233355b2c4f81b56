import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import type { Files } from '../../../src/base/files.ts';
import { readHotspotInput } from '../../../src/peers/hotspot/input/files.ts';
import { hotspotCells } from '../../../src/peers/hotspot/materials.ts';

/** Two blocks of 1 mm that overlap by 0.1 mm, in a layer of 100 W/(m K); the second has a material of 50 W/(m K). */
const FILES: Readonly<Record<string, string>> = {
  'a.lcf': '0\nY\nY\n1.75e6\n0.01\n1e-4\na.flp\n',
  'a.flp': 'a 1e-3 1e-3 0 0\nb 1e-3 1e-3 0.9e-3 0 2e6 0.02\n',
  'gap.lcf': '0\nY\nY\n1.75e6\n0.01\n1e-4\ngap.flp\n',
  'gap.flp': 'a 1e-3 1e-3 0 0\nb 1e-3 1e-3 1.1e-3 0\n',
  'a.ptrace': 'a b\n1 1\n',
};
const files: Files = { read: (path) => FILES[path], list: () => [] };

function inputOf(layers: string, compat: boolean) {
  const warnings: string[] = [];
  const options = [
    ['-grid_layer_file', layers],
    ['-model_type', 'grid'],
    ['-detailed_3D', 'on'],
  ] as const;
  const tolerate = compat ? (d: { code: string }): void => void warnings.push(d.code) : undefined;
  const input = readHotspotInput(files, { trace: 'a.ptrace', transient: false, options, tolerate });
  return { layer: input.problem.layers[0], warnings };
}

function codesOf(run: () => unknown): string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code }) => code);
  }
}

describe('-detailed_3D on and blocks that overlap', () => {
  test('HotSpot goes on: the first block that covers 0.95 of a cell gives it its material, else all blocks by their shares', () => {
    const { layer, warnings } = inputOf('a.lcf', true);
    expect(warnings).toEqual(['block-overlap']);
    // temperature_grid.c, new_blist and blist_append: cells of 0.1 mm, of which column 9 lies in both blocks.
    const fine = hotspotCells(layer, 'layer 0', { rows: 1, columns: 19 }).conductivityWPerMK;
    expect(Array.from(fine.slice(8, 11), (k) => Math.round(k))).toEqual([100, 100, 50]);
    // Cells of 0.475 mm: the third is covered from 0.95 to 1 mm by a, and whole by b.
    const coarse = hotspotCells(layer, 'layer 0', { rows: 1, columns: 4 }).conductivityWPerMK;
    expect(Array.from(coarse, (k) => Math.round(k))).toEqual([100, 100, 50, 50]);
  });

  test('a gap, on which HotSpot crashes, is refused; without --compat both are', () => {
    expect(codesOf(() => inputOf('gap.lcf', true))).toEqual(['floorplan-gap']);
    expect(codesOf(() => inputOf('a.lcf', false))).toEqual(['block-overlap']);
    expect(codesOf(() => inputOf('gap.lcf', false))).toEqual(['floorplan-gap']);
  });
});
