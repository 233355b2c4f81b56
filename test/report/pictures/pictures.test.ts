import { describe, expect, test } from 'vitest';
import { animationFrames, floorplanSvg, heatMapPng, heatMapSvg } from '../../../src/report/pictures/index.ts';
import { SCENE_HEAT } from '../../../src/report/pictures/raster.ts';
import { hotspotStack, modalTransient, reduceNetwork } from '../../../src/thermal/index.ts';
import { modelOf, TEMPLATE } from '../../thermal/support.ts';
import { type DecodedPng, decodePng, fieldOf, floorplanOf, THREE_BLOCKS } from './support.ts';

/** The rectangles of a block's name, as numbers. */
function boxOf(svg: string, name: string): number[] {
  const [, ...numbers] = new RegExp(
    `<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"[^>]*><title>${name}</title>`,
  ).exec(svg)!;
  return numbers.map(Number);
}

const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe('a floorplan', () => {
  const svg = floorplanSvg(THREE_BLOCKS, { title: 'three & more' });

  // The longer side is 480 units of 4 mm: 120 units a millimetre. The die begins 46 units from the left and 34 from above.
  test('is to scale, y upwards', () => {
    expect(boxOf(svg, 'west')).toEqual([46, 34, 120, 240]);
    expect(boxOf(svg, 'a_long_name')).toEqual([166, 250, 360, 24]);
    expect(boxOf(svg, 'north&lt;1&gt;')).toEqual([166, 34, 360, 216]);
  });

  test('has title, names, ticks at round millimetres, and a bar of a quarter of the die', () => {
    const texts = textsOf(svg);
    expect(texts).toEqual(
      expect.arrayContaining(['three &amp; more', 'west', 'a_long_name', 'north&lt;1&gt;', '1 mm']),
    );
    // 480 and 240 units have room for labels every 40: steps of 0.5 mm.
    expect(texts.slice(1, 15)).toEqual([
      '0',
      '0.5',
      '1.0',
      '1.5',
      '2.0',
      '2.5',
      '3.0',
      '3.5',
      '4.0',
      '0',
      '0.5',
      '1.0',
      '1.5',
      '2.0',
    ]);
    expect(svg).toContain('<rect x="46" y="305" width="120" height="2"');
  });

  test('stands names upright where that gives more room, makes them smaller, and leaves out what does not fit', () => {
    const thin = floorplanSvg(
      floorplanOf(
        'upright 0.1e-3 4e-3 0 0\nsmall_name 0.5e-3 4e-3 0.1e-3 0\nno 0.02e-3 4e-3 0.6e-3 0\nrest 3.38e-3 4e-3 0.62e-3 0\n',
      ),
    );
    expect(thin).toMatch(/rotate\(-90\)" y="3.5" font-size="10"[^>]*>upright</);
    expect(textsOf(thin)).not.toContain('no');
    expect(thin).toContain('<title>no</title>');
    // 60 units for 10 letters: level it would have a size of 57 / 6 = 9.5, so that it stands upright, too.
    expect(thin).toMatch(/rotate\(-90\)" y="3.5" font-size="10"[^>]*>small_name</);
    // 12 units wide: (12 - 1) / 1.1 leaves the full size; 9 units only (9 - 1) / 1.1.
    const thinner = floorplanSvg(floorplanOf('ab 0.075e-3 4e-3 0 0\nrest 3.925e-3 4e-3 0.075e-3 0\n'));
    expect(thinner).toMatch(/font-size="7.27"[^>]*>ab</);
  });

  test('may be of one block, very flat or very narrow', () => {
    expect(boxOf(floorplanSvg(floorplanOf('die 10e-3 0.1e-3 0 0\n')), 'die')).toEqual([46, 12, 480, 4.8]);
    expect(boxOf(floorplanSvg(floorplanOf('die 0.1e-3 10e-3 0 0\n')), 'die')).toEqual([46, 12, 4.8, 480]);
    // Of two ticks that would touch one is left: that at 0.1 mm.
    expect(textsOf(floorplanSvg(floorplanOf('die 0.1e-3 10e-3 0 0\n')))[0]).toBe('0.1');
  });

  test('is the same text every time', () => {
    expect(floorplanSvg(THREE_BLOCKS, { title: 'three & more' })).toBe(svg);
  });
});

/** Colour of a point in units of the scene. */
function colourAt({ width, pixels, palette }: DecodedPng, x: number, y: number, zoom: number): number[] {
  const index = pixels[Math.floor(y * zoom) * width + Math.floor(x * zoom)];
  return [...palette.subarray(3 * index, 3 * index + 3)];
}

const COLDEST = [...SCENE_HEAT[0]];
const HOTTEST = [...SCENE_HEAT[SCENE_HEAT.length - 1]];
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

describe('a heat map', () => {
  // 2 x 4 cells of 1 mm, which are 120 units; the die begins at (46, 12). The hot cell is the last of the south row.
  const field = fieldOf(2, 4, 7);
  const plan = floorplanOf('a 2e-3 2e-3 0 0\nb 2e-3 2e-3 2e-3 0\n');

  test.each([1, 2, 3])('as pixels, %d a unit', (zoom) => {
    const png = decodePng(heatMapPng(field, plan, { zoom }));
    expect([png.width, png.height]).toEqual([612 * zoom, 296 * zoom]);
    expect(colourAt(png, 60, 20, zoom)).toEqual(COLDEST);
    expect(colourAt(png, 500, 150, zoom)).toEqual(HOTTEST);
    // The edge between the blocks: white over cold. That of the die: black over the paper.
    expect(colourAt(png, 286, 30, zoom)).toEqual(WHITE);
    expect(colourAt(png, 510, 252, zoom)).toEqual(BLACK);
    // The colour bar: 20 units beside the die, hottest above; half a level is half a unit of its 240.
    expect(colourAt(png, 553, 132, zoom)).toEqual([...SCENE_HEAT[124]]);
    expect(colourAt(png, 553, 12 + 240 * (25.5 / 250), zoom)).toEqual([...SCENE_HEAT[224]]);
  });

  test('has a mark with the temperature at the hottest cell, on the side that has room', () => {
    const svg = heatMapSvg(field, plan);
    // Its middle is at 46 + 3.5 x 120, 12 + 1.5 x 120; the mark is 6 units wide.
    expect(svg).toContain('<rect x="463" y="189" width="6" height="6"');
    expect(svg).toMatch(/<text x="4[0-5][^"]*"[^>]*>80.0 °C<\/text>/);
    expect(heatMapSvg(fieldOf(2, 4, 4), plan)).toMatch(/<text x="1[2-5][^"]*"[^>]*>80.0 °C<\/text>/);
  });

  test('has round numbers beside the colour bar', () => {
    // 46.85 to 80 °C; 240 units have room for six labels.
    expect(textsOf(heatMapSvg(field, plan)).slice(-5, -1)).toEqual(['50', '60', '70', '80']);
    expect(textsOf(heatMapSvg(field, plan, { range: [0, 100] })).slice(-7, -1)).toEqual([
      '0',
      '20',
      '40',
      '60',
      '80',
      '100',
    ]);
  });

  test('keeps to a given range: what is beyond has the colour of the end', () => {
    const png = decodePng(heatMapPng(field, plan, { range: [50, 60], zoom: 1 }));
    expect(colourAt(png, 60, 20, 1)).toEqual(COLDEST);
    expect(colourAt(png, 500, 150, 1)).toEqual(HOTTEST);
    const wide = decodePng(heatMapPng(field, plan, { range: [0, 100], zoom: 1 }));
    // 80 of 100: level 199.2 of 0 to 249.
    expect(colourAt(wide, 500, 150, 1)).toEqual([...SCENE_HEAT[199]]);
  });

  test('of one temperature, and without a floorplan', () => {
    const flat = decodePng(heatMapPng(fieldOf(4, 4, 0, 330, 330), null, { zoom: 1 }));
    expect(colourAt(flat, 300, 300, 1)).toEqual([...SCENE_HEAT[125]]);
    const texts = textsOf(heatMapSvg(fieldOf(4, 4, 0, 330, 330), null, { title: 'flat' }));
    expect(texts).toContain('flat');
    expect(texts).not.toContain('4');
  });

  test('black lines over what is hot', () => {
    const hot = fieldOf(2, 4, 0, 353, 353);
    const png = decodePng(heatMapPng(hot, plan, { range: [0, 80], zoom: 1 }));
    expect(colourAt(png, 286, 30, 1)).toEqual(BLACK);
  });

  test('is the same every time', () => {
    expect(heatMapPng(field, plan)).toEqual(heatMapPng(field, plan));
    expect(heatMapSvg(field, plan)).toBe(heatMapSvg(field, plan));
  });
});

describe('frames of an animation', () => {
  const grid = { rows: 8, columns: 16 };
  const { network, map } = modelOf(THREE_BLOCKS, hotspotStack(TEMPLATE), grid);
  const model = reduceNetwork(network, map, { fields: 'die' });
  const solver = modalTransient(model);
  const states = [0.01, 0.02].map((timeS) => {
    solver.step(Float64Array.of(5, 0, 0), 0.01);
    return { timeS, state: solver.state.slice() };
  });

  test('are one a state, of one size and on one scale', () => {
    const frames = [...animationFrames(model, states, THREE_BLOCKS, grid)].map(decodePng);
    expect(frames).toHaveLength(2);
    expect(frames[0].width).toBe(frames[1].width);
    // It gets hotter all the time: the first begins with the coldest cell of all, the last has the hottest.
    const levels = frames.map(({ width, pixels }) => {
      const die = Array.from({ length: 238 }, (_, y) => [
        ...pixels.subarray((35 + y) * width + 47, (35 + y) * width + 525),
      ]).flat();
      return die.filter((level) => level < SCENE_HEAT.length);
    });
    const least = levels.map((list) => list.reduce((a, b) => Math.min(a, b)));
    const most = levels.map((list) => list.reduce((a, b) => Math.max(a, b)));
    expect(least[0]).toBe(0);
    expect(least[1]).toBeGreaterThan(0);
    expect(most[1]).toBe(SCENE_HEAT.length - 1);
    expect(most[0]).toBeLessThan(SCENE_HEAT.length - 1);
  });

  test('are the pictures of the fields, with the time', () => {
    const range = [45, 90] as const;
    const [frame] = animationFrames(model, states, THREE_BLOCKS, grid, { range, title: 'run' });
    solver.state.set(states[0].state);
    // The field by its definition: the modes' fields by their amplitudes.
    const temperatureK = new Float64Array(grid.rows * grid.columns).map((_, i) => {
      return states[0].state.reduce((sum, z, mode) => sum + z * model.fields[mode * 128 + i], 0) + model.ambientK;
    });
    const picture = heatMapPng({ ...grid, temperatureK }, THREE_BLOCKS, { range, zoom: 1, title: 'run, t = 10.0 ms' });
    expect(frame).toEqual(picture);
  });
});
