import { describe, expect, test } from 'vitest';
import { svgPainter } from '../../../src/node/index.ts';
import { fieldRange, floorplanSvg, heatMapSvg, heatMapWidth } from '../../../src/report/pictures/index.ts';
import { SCENE_HEAT } from '../../../src/report/pictures/svg.ts';
import { someOf } from '../../tier.ts';
import { decodeColours, fieldOf, floorplanOf, THREE_BLOCKS } from './support.ts';

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

/** Paints a heat map at `zoom` pixels a unit; the colour of each point in units. */
async function painted(zoom: number, ...[field, plan, options]: Parameters<typeof heatMapSvg>) {
  const paint = await svgPainter();
  const svg = heatMapSvg(field, plan, options);
  const { width, height, pixels } = decodeColours(paint(svg, zoom * heatMapWidth(field, plan, options)));
  const colourAt = (x: number, y: number): number[] => {
    const at = 4 * (Math.floor(y * zoom) * width + Math.floor(x * zoom));
    return [...pixels.subarray(at, at + 3)];
  };
  return { width, height, pixels, colourAt };
}

const COLDEST = [...SCENE_HEAT[0]];
const HOTTEST = [...SCENE_HEAT[SCENE_HEAT.length - 1]];

describe('a heat map', () => {
  // 2 x 4 cells of 1 mm, which are 120 units; the die begins at (46, 12). The hot cell is the last of the south row.
  const field = fieldOf(2, 4, 7);
  const plan = floorplanOf('a 2e-3 2e-3 0 0\nb 2e-3 2e-3 2e-3 0\n');

  test.each(someOf([1, 2], 1))('as pixels, %d a unit', async (zoom) => {
    const { width, height, pixels, colourAt } = await painted(zoom, field, plan);
    expect([width, height]).toEqual([612 * zoom, 296 * zoom]);
    expect(colourAt(60, 20)).toEqual(COLDEST);
    expect(colourAt(500, 150)).toEqual(HOTTEST);
    // The colour bar: 20 units beside the die, hottest above; half a level is half a unit of its 240.
    expect(colourAt(553, 132)).toEqual([...SCENE_HEAT[124]]);
    expect(colourAt(553, 12 + 240 * (25.5 / 250))).toEqual([...SCENE_HEAT[224]]);
    // Text is there, in the bundled font: below the die are dark pixels.
    let dark = 0;
    for (let at = 4 * width * 255 * zoom; at < 4 * width * 280 * zoom; at += 4) if (pixels[at] < 100) dark++;
    expect(dark).toBeGreaterThan(20);
  });

  test('has a mark with the temperature at the hottest cell, on the side that has room', () => {
    const svg = heatMapSvg(field, plan);
    // Its middle is at 46 + 3.5 x 120, 12 + 1.5 x 120; the mark is 6 units wide.
    expect(svg).toContain('<rect x="463" y="189" width="6" height="6"');
    expect(svg).toMatch(/<text x="4[0-5][^"]*"[^>]*>80.0 °C<\/text>/);
    expect(heatMapSvg(fieldOf(2, 4, 4), plan)).toMatch(/<text x="1[2-5][^"]*"[^>]*>80.0 °C<\/text>/);
  });

  test('moves the name of a block off the mark of its hottest cell', () => {
    const one = floorplanOf('core 3e-3 3e-3 0 0\n');
    // 3 x 3 cells of 160 units; number 4 is in the middle, where the name stands: at 46 + 240 and 12 + 240.
    expect(heatMapSvg(fieldOf(3, 3, 4), one)).toContain('<rect x="283" y="249" width="6" height="6"');
    const yOf = (cell: number): number =>
      Number(/<text x="286" y="([^"]*)"[^>]*>core</.exec(heatMapSvg(fieldOf(3, 3, cell), one))![1]);
    expect(yOf(4) - yOf(0)).toBeGreaterThanOrEqual(11);
    expect(heatMapSvg(fieldOf(3, 3, 4), one)).toContain('>mm</text>');
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

  test('keeps to a given range: what is beyond has the colour of the end', async () => {
    const { colourAt } = await painted(1, field, plan, { range: [50, 60] });
    expect(colourAt(60, 20)).toEqual(COLDEST);
    expect(colourAt(500, 150)).toEqual(HOTTEST);
    const wide = await painted(1, field, plan, { range: [0, 100] });
    // 80 of 100: level 199.2 of 0 to 249.
    expect(wide.colourAt(500, 150)).toEqual([...SCENE_HEAT[199]]);
    expect(fieldRange([field]).map((end) => Number(end.toFixed(2)))).toEqual([46.85, 80]);
  });

  test('of one temperature, and without a floorplan', async () => {
    const flat = await painted(1, fieldOf(4, 4, 0, 330, 330), null);
    expect(flat.colourAt(300, 300)).toEqual([...SCENE_HEAT[125]]);
    const texts = textsOf(heatMapSvg(fieldOf(4, 4, 0, 330, 330), null, { title: 'flat' }));
    expect(texts).toContain('flat');
    expect(texts).not.toContain('4');
  });

  test('is the same every time', async () => {
    expect(heatMapSvg(field, plan)).toBe(heatMapSvg(field, plan));
    const [one, other] = [await painted(1, field, plan), await painted(1, field, plan)];
    expect(Buffer.compare(one.pixels, other.pixels)).toBe(0);
  });
});
