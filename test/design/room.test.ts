import { describe, expect, test } from 'vitest';
import { BUNDLED, bundledNames } from '../../src/base/files.ts';
import { checkRoom } from '../../src/design/power/index.ts';
import { BUNDLED_TEXTS, edit, load, memoryFiles, problemsOf, QUICKSTART, SRAM } from '../cosim/support.ts';
import { diagnosticsOf } from '../energy/support.ts';

const FOLDER = `${BUNDLED}accelerators/edge-npu/`;
const BOUND = BUNDLED_TEXTS[`${FOLDER}accelerator.yaml`];
const FLOORPLAN = BUNDLED_TEXTS[`${FOLDER}chip.flp`];
const withDie = (floorplan = FLOORPLAN, accelerator = BOUND) => ({
  overlay: { [`${FOLDER}accelerator.yaml`]: accelerator, [`${FOLDER}chip.flp`]: floorplan },
});

describe('an array that has grown beyond its floorplan', () => {
  const grown = ['accelerator.array.rows=64', 'accelerator.array.columns=64'];

  test('is an error at its binding, with the areas and a way out', () => {
    const [problem, ...more] = diagnosticsOf(() => load(QUICKSTART, { ...withDie(), set: grown }));
    expect(more).toEqual([]);
    const { design } = load(QUICKSTART, withDie());
    const pe = design.ert.components.find(({ component }) => component.name === 'pe')!;
    // 4096 PEs, in 16 blocks of 0.25 x 0.25 mm.
    const needed = `${(4096 * pe.areaM2 * 1e6).toPrecision(3)} mm2`;
    expect(problem).toMatchObject({ code: 'component-larger-than-block', span: { file: `${FOLDER}accelerator.yaml` } });
    expect(problem.span!.lineText).toBe('  pe:');
    expect(problem.message).toBe(`component "pe" takes ${needed}, and the 16 blocks from pe_0_0 on have 1.00 mm2`);
    expect(problem.expected).toContain('--set accelerator.thermal.floorplan=auto');
  });

  test('has room on the floorplan that the error offers', () => {
    const { design } = load(QUICKSTART, { ...withDie(), set: [...grown, 'accelerator.thermal.floorplan=auto'] });
    const tiles = design.die!.floorplan.blocks.filter(({ name }) => name.startsWith('pe_'));
    const areaM2 = tiles.reduce((sum, { widthM, heightM }) => sum + widthM * heightM, 0);
    const pe = design.ert.components.find(({ component }) => component.name === 'pe')!;
    expect(areaM2 / (4096 * pe.areaM2)).toBeCloseTo(1, 4);
  });
});

describe('room', () => {
  const { design } = load(QUICKSTART, withDie());
  const [first] = design.ert.components;
  /** Components of so many mm2, in blocks of 1 x 1 mm. */
  const check = (areasMm2: readonly number[], blocksOf: readonly (readonly number[])[]): string[] => {
    const names = ['pe', 'ifmap_spad', 'filter_spad', 'ofmap_spad'];
    const components = areasMm2.map((area, c) => ({
      ...first,
      areaM2: (area * 1e-6) / 2,
      component: { ...first.component, name: names[c], count: 2 },
    }));
    const floorplan = design.die!.floorplan;
    const blocks = floorplan.blocks.map((block) => ({ ...block, widthM: 1e-3, heightM: 1e-3 }));
    const places = blocksOf.map((own) => ({ blocks: own, tiles: null }));
    return problemsOf(() => checkRoom(design.spec, components, places, { ...floorplan, blocks }));
  };
  const ok = (areas: readonly number[], blocks: readonly (readonly number[])[]): void => {
    expect(() => check(areas, blocks)).toThrow('nothing was thrown');
  };

  test('is that of all instances, with 5 % for rounding', () => {
    ok([1.0499], [[3]]);
    expect(check([1.0501], [[3]])).toEqual([expect.stringMatching(/^component-larger-than-block .* pe$/)]);
    ok([4.19], [[0, 1, 2, 3]]);
    expect(check([4.21], [[0, 1, 2, 3]])).toHaveLength(1);
  });

  test('is shared by components of one block, and told of the largest', () => {
    ok([0.5, 0.5], [[1], [1]]);
    expect(check([0.5, 0.7], [[1], [1]])).toEqual([expect.stringMatching(/ ifmap_spad$/)]);
    // The third joins the blocks of the first two: 3.2 mm2 in 2.
    expect(check([0.6, 0.6, 2], [[0], [1], [0, 1]])).toEqual([expect.stringMatching(/ filter_spad$/)]);
    // Apart from each other, two are wrong.
    expect(check([2, 2], [[0], [1]])).toHaveLength(2);
  });

  test('is not asked of what is off the die', () => ok([100], [[]]));
});

test.each(bundledNames(memoryFiles(), 'accelerator'))('%s has room for its components', (name) => {
  const text = `version: 1\nname: e\naccelerator: ${name}\nworkload: alexnet\n`;
  const accelerator = `${BUNDLED}accelerators/${name}/accelerator.yaml`;
  const overlay = { [accelerator]: BUNDLED_TEXTS[accelerator], [SRAM]: BUNDLED_TEXTS[SRAM] };
  const { design } = load(text, { overlay });
  expect(design.die).not.toBeNull();
});

test('a block that is drawn too small is found', () => {
  // filter_spad takes 16 banks of 0.103395 mm2; its block and the neighbour's are 1.75 + 0.25 mm wide.
  const small = edit(
    edit(FLOORPLAN, 'filter_spad\t1.75e-3', 'filter_spad\t1.5e-3'),
    'ofmap_spad\t0.25e-3\t1e-3\t3.75e-3',
    'ofmap_spad\t0.5e-3\t1e-3\t3.5e-3',
  );
  expect(problemsOf(() => load(QUICKSTART, withDie(small)))).toEqual([
    expect.stringMatching(/^component-larger-than-block .* filter_spad$/),
  ]);
});
