import { describe, expect, test } from 'vitest';
import { BUNDLED } from '../../src/base/files.ts';
import { joined } from '../../src/base/source.ts';
import type { Experiment } from '../../src/cosim/index.ts';
import { automaticFloorplan } from '../../src/design/automatic-floorplan.ts';
import { readFloorplan } from '../../src/formats/hotspot/floorplan-and-trace.ts';
import { hotspotFiles, runAssumptions } from '../../src/report/index.ts';
import { BUNDLED_TEXTS, edit, load, problemsOf, QUICKSTART, run, type Texts } from '../cosim/support.ts';
import { longTest } from '../tier.ts';

const FOLDER = `${BUNDLED}accelerators/edge-npu/`;
const BOUND = BUNDLED_TEXTS[`${FOLDER}accelerator.yaml`];
const AUTO = edit(
  edit(BOUND, 'floorplan: chip.flp', 'floorplan: auto'),
  'filler: { rest_of_soc: 12mm2 }',
  'filler: 12mm2',
);
/** Bindings that name no block. */
const FREE = AUTO.replace(/ {4}(block|tiles): .*\n/g, '');

const withAccelerator = (text: string, more: Texts = {}): { overlay: Texts } => ({
  overlay: { [`${FOLDER}accelerator.yaml`]: text, ...more },
});

const blocksOf = ({ design }: Experiment) => design.die!.floorplan.blocks;

/** Area of the named blocks, m2. */
function area(experiment: Experiment, pattern: RegExp): number {
  const blocks = blocksOf(experiment).filter(({ name }) => pattern.test(name));
  return blocks.reduce((sum, { widthM, heightM }) => sum + widthM * heightM, 0);
}

describe('edge-npu on an automatic floorplan', () => {
  const experiment = load(QUICKSTART, withAccelerator(FREE));
  const { ert, places } = experiment.design;

  test('every component has a block of its name and of its area, the PEs 4 x 4', () => {
    for (const { component, areaM2 } of ert.components.filter(({ component: { name } }) => name !== 'dram')) {
      const pattern = new RegExp(component.name === 'pe' ? '^pe_[0-3]_[0-3]$' : `^${component.name}$`);
      expect(area(experiment, pattern) / (component.count * areaM2)).toBeCloseTo(1, 4);
    }
    expect(area(experiment, /^filler$/)).toBeCloseTo(12e-6, 9);
    expect(blocksOf(experiment)).toHaveLength(16 + 3 + 1);
  });

  test('components dissipate in them, nothing in the filler', () => {
    const names = blocksOf(experiment).map(({ name }) => name);
    const used = places.map(({ blocks }) => blocks.map((u) => names[u]));
    const component = (name: string): number => ert.components.findIndex((entry) => entry.component.name === name);
    expect(used[component('filter_spad')]).toEqual(['filter_spad']);
    expect(used[component('dram')]).toEqual([]);
    expect(used[component('pe')]).toHaveLength(16);
    // Row by row from the north; the array has 32 x 32 PEs.
    expect(used[component('pe')][4]).toBe('pe_1_0');
    expect(places[component('pe')].tiles![4]).toEqual({ row0: 8, row1: 16, column0: 0, column1: 8 });
    expect(used.flat()).not.toContain('filler');
  });

  test('the final specification names the blocks, the written one does not', () => {
    const { spec, written } = experiment.design;
    expect(spec.bindings.filter_spad.block).toBe('filter_spad');
    expect(spec.bindings.pe).toMatchObject({ block: 'pe_{row}_{column}', tiles: { rows: 4, columns: 4 } });
    expect(written.spec.bindings.filter_spad.block).toBeNull();
    // Without a floorplan there are none to name.
    expect(load(QUICKSTART).design.spec.bindings.pe).toMatchObject({ domain: 'core', block: null, tiles: null });
    expect(load(QUICKSTART).design.written.spec.bindings.pe.block).toBe('pe_array');
  });

  test('bindings that name blocks keep them', () => {
    expect(blocksOf(load(QUICKSTART, withAccelerator(AUTO)))).toEqual(blocksOf(experiment));
    const whole = load(
      QUICKSTART,
      withAccelerator(edit(AUTO, /block: pe_\{row\}.*\n.*tiles.*\n/, 'block: pe_array\n')),
    );
    expect(blocksOf(whole).map(({ name }) => name)).toContain('pe_array');
    const shared = load(QUICKSTART, withAccelerator(edit(AUTO, 'block: ofmap_spad', 'block: filter_spad')));
    expect(area(shared, /^filter_spad$/) / area(experiment, /^(filter|ofmap)_spad$/)).toBeCloseTo(1, 4);
    const fewer = load(QUICKSTART, withAccelerator(edit(AUTO, 'rows: 4, columns: 4', 'rows: 2, columns: 8')));
    expect(blocksOf(fewer).map(({ name }) => name)).toContain('pe_1_7');
  });

  test('without a filler the die is that of the components', () => {
    const small = load(QUICKSTART, withAccelerator(FREE.replace(/ {2}filler: .*\n/, '')));
    const sum = area(experiment, /^(?!filler)/);
    expect(small.design.die!.floorplan.widthM ** 2 / sum).toBeCloseTo(1, 4);
  });

  const reloaded = (filler: string) => load(QUICKSTART, withAccelerator(edit(FREE, 'filler: 12mm2', filler)));

  longTest('fillers of a list are left out, and the result says so; those with areas have them', () => {
    // The die of the components alone, as without a filler; and one with 3 + 9 mm2 more.
    const listed = reloaded('filler: [rest_of_soc]');
    expect(area(listed, /./)).toBeCloseTo(area(experiment, /^(?!filler)/), 9);
    expect(listed.design.spec.thermal!.filler).toEqual([]);
    const coarse = ['accelerator.thermal.grid.rows=16', 'accelerator.thermal.grid.columns=16'];
    const result = run(QUICKSTART, {
      ...withAccelerator(edit(FREE, 'filler: 12mm2', 'filler: [rest_of_soc]')),
      set: coarse,
    });
    expect(runAssumptions(result)).toContain('the die is smaller by rest_of_soc, whose area is not given');
    const sized = reloaded('filler: { cpu: 3mm2, radio: 9mm2, none: 0mm2 }');
    expect(area(sized, /^cpu$/) * 1e6).toBeCloseTo(3, 3);
    expect(area(sized, /^radio$/) * 1e6).toBeCloseTo(9, 3);
    expect(sized.design.spec.thermal!.filler).toEqual(['cpu', 'radio']);
  });

  test('a run writes it, and says that it was made', () => {
    const result = run(QUICKSTART, {
      ...withAccelerator(FREE),
      set: ['accelerator.thermal.grid.rows=16', 'accelerator.thermal.grid.columns=16'],
    });
    const written = readFloorplan({ file: 'chip.flp', text: joined(hotspotFiles(result)['chip.flp']()) });
    expect(written.map(({ span: _, ...block }) => block)).toEqual(blocksOf(experiment).map((block) => ({ ...block })));
    expect(runAssumptions(result)).toContain(
      'the floorplan follows from the areas of the components; it is not a placed design',
    );
    expect(result.conservation.heatRelative).toBeLessThan(1e-9);
    expect(result.thermal!.peakBlock).toMatch(/^(pe_|[a-z]+_spad)/);
  });
});

describe('what is wrong', () => {
  const problems = (text: string, more?: Texts): string[] =>
    problemsOf(() => load(QUICKSTART, withAccelerator(text, more)));
  const file = `${FOLDER}accelerator.yaml`;

  test('a grid that would take minutes and gigabytes', () => {
    const fine = edit(BOUND, '  package:', '  grid: { rows: 512, columns: 129 }\n  package:');
    expect(problems(fine)).toEqual([`out-of-range ${file}:42:9 { rows: 512, columns: 129 }`]);
  });

  test('a filler of the other kind', () => {
    expect(problems(edit(BOUND, 'filler: { rest_of_soc: 12mm2 }', 'filler: 12mm2'))).toEqual([
      `wrong-type ${file}:43:11 12mm2`,
    ]);
    expect(problems(edit(AUTO, 'filler: 12mm2', 'filler: 12mm'))).toEqual([`wrong-unit ${file}:43:11 12mm`]);
  });

  /** With some components of no area. */
  function withoutArea(text: string, names: RegExp): string[] {
    const { design } = load(QUICKSTART, withAccelerator(text));
    const components = design.ert.components.map((entry) =>
      names.test(entry.component.name) ? { ...entry, areaM2: 0 } : entry,
    );
    return problemsOf(() => automaticFloorplan({ ...design, ert: { components } }));
  }

  test('components without area', () => {
    expect(withoutArea(AUTO, /ofmap_spad/)).toEqual([`component-without-block ${file}:74:3 ofmap_spad`]);
    expect(withoutArea(AUTO, /./)).toEqual([`empty-floorplan ${file}:41:14 auto`]);
    // The block of another has room for it.
    const shared = load(QUICKSTART, withAccelerator(edit(AUTO, 'block: ofmap_spad', 'block: filter_spad'))).design;
    const components = shared.ert.components.map((entry) =>
      entry.component.name === 'ofmap_spad' ? { ...entry, areaM2: 0 } : entry,
    );
    expect(automaticFloorplan({ ...shared, ert: { components } }).spec.bindings.ofmap_spad.block).toBe('filter_spad');
  });

  test('two blocks of one name', () => {
    expect(problems(edit(AUTO, 'block: ofmap_spad', 'block: Filler'))).toEqual([`duplicate-name ${file}:41:14 auto`]);
  });
});
