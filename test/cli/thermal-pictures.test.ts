import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { longTest } from '../tier.ts';
import { folderWith, isothermHere } from './support.ts';

const FILES = {
  // Two halves, the western one hot.
  'die.flp': 'hot\t0.002\t0.004\t0\t0\ncold\t0.002\t0.004\t0.002\t0\n',
  'die.ptrace': 'hot\tcold\n9\t1\n0\t0\n0\t0\n',
};
const GRID = ['-model_type', 'grid', '-grid_rows', '4', '-grid_cols', '4'];

/** Two dies with a layer of glue between them and one below; the glue has no power. */
const STACK = {
  'stack.lcf': ['Y', 'N', 'Y', 'N']
    .map(
      (power, k) =>
        `${k}\nY\n${power}\n1.75e6\n${power === 'Y' ? 0.01 : 0.25}\n${power === 'Y' ? 1e-4 : 2e-5}\nFOLDER/die.flp\n`,
    )
    .join(''),
  'stack.ptrace': 'hot\tcold\thot\tcold\n4\t1\t1\t0\n0\t0\t0\t0\n',
};

async function run(...more: string[]) {
  const folder = folderWith(FILES);
  const at = (name: string): string => join(folder, name);
  const grid = more.includes('-model_type') ? [] : GRID;
  const words = ['thermal', '-f', at('die.flp'), '-p', at('die.ptrace'), '-steady_file', at('die.steady'), ...grid];
  const outcome = await isothermHere([...words, ...more.map((word) => word.replace('@', `${folder}/`))]);
  return { ...outcome, at, names: readdirSync(folder).sort() };
}

describe('pictures', () => {
  test('of the steady state and the floorplan, beside what HotSpot writes', async () => {
    const { status, at } = await run('--svg', '@a.svg', '--png', '@a.png', '--floorplan-svg', '@f.svg');
    expect(status).toBe(0);
    expect(readFileSync(at('a.svg'), 'utf8')).toMatch(/^<svg[\s\S]*hot[\s\S]*cold[\s\S]*<\/svg>\n$/);
    expect(readFileSync(at('f.svg'), 'utf8')).toContain('Floorplan of 2 blocks');
    // The signature of PNG (RFC 2083, section 3.1).
    expect([...readFileSync(at('a.png')).subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  });

  test('a frame a sample', async () => {
    const { status, at } = await run('-o', '@die.ttrace', '--frames', '@frames', '--range', '40,90');
    expect(status).toBe(0);
    expect(readdirSync(at('frames'))).toEqual(['1.png', '2.png', '3.png', 'frames.npy', 'index.html']);
    // Three samples of HotSpot's default, 3.33 us; the player follows the scheme of the browser.
    const player = readFileSync(at('frames/index.html'), 'utf8');
    expect(player).toContain('["3.33 µs","6.67 µs","10.00 µs"]');
    expect(player).toContain('prefers-color-scheme: dark');
  });

  test('a frame a sample of each die of a stack', async () => {
    const folder = folderWith({ ...FILES, 'stack.ptrace': STACK['stack.ptrace'] });
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('stack.lcf'), STACK['stack.lcf'].replaceAll('FOLDER', folder));
    const stack = [
      'thermal',
      '-p',
      at('stack.ptrace'),
      '-grid_layer_file',
      at('stack.lcf'),
      '-o',
      at('s.ttrace'),
      ...GRID,
    ];
    expect((await isothermHere([...stack, '--frames', at('all')])).status).toBe(0);
    expect(readdirSync(at('all')).sort()).toEqual(['index.html', 'layer-0', 'layer-2']);
    expect(readdirSync(at('all/layer-2'))).toEqual(['1.png', '2.png', 'frames.npy']);
    const first = (file: string): number[] => {
      const bytes = readFileSync(at(file));
      return Array.from({ length: 16 }, (_, i) => bytes.readDoubleLE(bytes.length - 2 * 16 * 8 + 8 * i));
    };
    // Layer 0 has four times the power, and layer 2 lies between it and the sink.
    const [far, near] = [first('all/layer-0/frames.npy'), first('all/layer-2/frames.npy')];
    expect(Math.min(...far.map((kelvin, i) => kelvin - near[i]))).toBeGreaterThan(0);
    // One layer, if asked for, lies in the folder itself.
    expect((await isothermHere([...stack, '--frames', at('one'), '--layer', '2'])).status).toBe(0);
    expect(readdirSync(at('one'))).toEqual(['1.png', '2.png', 'frames.npy', 'index.html']);
    expect(first('one/frames.npy')).toEqual(near);
  });

  test.each([
    [['--layer', '2', '--svg', '@a.svg'], 'out-of-range'],
    [['-model_type', 'block', '--svg', '@a.svg'], 'option-unused'],
  ])('%j: %s, and nothing is written', async (words, code) => {
    const { status, err, names } = await run(...words);
    expect(status).toBe(1);
    expect(err).toContain(`error[${code}]`);
    expect(names).toEqual(['die.flp', 'die.ptrace']);
  });

  test.each([
    [['--range', '90,40'], 'lower one first'],
    [['--layer', 'x'], 'A whole number from 0'],
    [['--frames', '@f'], '--frames needs -o'],
    [['--svg', '@a.x', '--png', '@a.x'], '--svg and --png both write'],
  ])('%j: usage', async (words, text) => {
    const { status, err } = await run(...words);
    expect(status).toBe(2);
    expect(err).toContain(text);
  });
});

longTest('hot spots: the peak is where the power is, above the mean of its block, and when it came', async () => {
  const { status, at } = await run('-o', '@die.ttrace', '--hotspots', '@h.json', '-thermal_threshold', '333.155');
  expect(status).toBe(0);
  const { steady, transient } = JSON.parse(readFileSync(at('h.json'), 'utf8'));
  const blocks = new Map(
    readFileSync(at('die.steady'), 'utf8')
      .split('\n')
      .map((row) => row.split('\t') as [string, string]),
  );
  expect(steady.peak.block).toBe('hot');
  // The cells of a column are alike: the west one is hotter than the mean of both, less than a hundredth of a kelvin is rounding.
  expect(steady.peak.temperature).toBeGreaterThan(Number(blocks.get('hot')) - 0.005);
  expect(steady.peak.xMm).toBeCloseTo(0.5, 9);
  expect(steady.gradientKPerMm).toBeGreaterThan(0);
  // 9 W for 3.3 us are 30 uJ into 2.1 mJ/K of silicon: 0.014 K, more at its face. Only this sample heats, from 333.15 K.
  expect(transient.unit).toBe('hot');
  expect(transient.timeS).toBeCloseTo(3.333e-6, 12);
  expect(transient.aboveThresholdS).toBeGreaterThan(0);
  expect(transient.aboveThresholdS).toBeLessThan(3.333e-6);
});
