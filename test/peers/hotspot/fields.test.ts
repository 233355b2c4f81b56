import { Script } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { npy } from '../../../src/formats/npy.ts';
import { fieldWriter, framesNpy, type LayerFields } from '../../../src/peers/hotspot/output/fields.ts';
import { playerHtml } from '../../../src/peers/hotspot/output/player.ts';
import { codesOf } from '../../thermal/support.ts';

/** Two layers of 2 x 3 cells of 1 mm. */
const FIELDS: LayerFields = {
  rows: 2,
  columns: 3,
  widthM: 3e-3,
  heightM: 2e-3,
  thicknessM: [1e-4, 2e-4],
  temperatureK: Float64Array.from({ length: 12 }, (_, i) => 300 + i),
};

describe('fields as programs read them', () => {
  // numpy/lib/format.py: magic, version, length of the header, which ends at a multiple of 64 bytes; numpy 1.24 loads such a file.
  test('.npy', () => {
    const bytes = fieldWriter('out/f.NPY')(FIELDS) as Uint8Array;
    expect(Array.from(bytes.subarray(0, 8))).toEqual(
      [0x93, ...'NUMPY'].map((c) => (typeof c === 'string' ? c.charCodeAt(0) : c)).concat([1, 0]),
    );
    const length = bytes[8] + 256 * bytes[9];
    expect((10 + length) % 64).toBe(0);
    const header = String.fromCharCode(...bytes.subarray(10, 10 + length));
    expect(header).toMatch(/^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2, 2, 3\), \} *\n$/);
    const view = new DataView(bytes.buffer, 10 + length);
    expect([0, 5, 11].map((i) => view.getFloat64(8 * i, true))).toEqual([300, 305, 311]);
    expect(view.byteLength).toBe(12 * 8);
  });

  test('one axis has a comma', () => {
    expect(new TextDecoder('latin1').decode(npy(Float64Array.of(1), [1]))).toContain("'shape': (1,), }");
  });

  test('frames: sample by sample', () => {
    const frame = (kelvin: number) => ({ rows: 1, columns: 2, temperatureK: Float64Array.of(kelvin, kelvin + 1) });
    const bytes = framesNpy([frame(300), frame(310)]);
    const values = new DataView(bytes.buffer, bytes.length - 32);
    expect([0, 1, 2, 3].map((i) => values.getFloat64(8 * i, true))).toEqual([300, 301, 310, 311]);
  });

  // VTK's legacy format: x fastest, y upwards; rows of ours begin in the north.
  test('.vtk', () => {
    const lines = (fieldWriter('f.vtk')(FIELDS) as string).split('\n');
    expect(lines).toContain('DIMENSIONS 4 3 3');
    expect(lines[lines.indexOf('Z_COORDINATES 3 double') + 1]).toBe('0 0.0001 0.0003');
    expect(lines.slice(-5)).toEqual(['303 304 305', '300 301 302', '309 310 311', '306 307 308', '']);
  });

  test('.csv', () => {
    const [head, first, ...others] = (fieldWriter('f.csv')(FIELDS) as string).trimEnd().split('\n');
    expect(head).toBe('layer,row,column,x_m,y_m,temperature_k');
    expect(first).toBe('0,0,0,0.0005,0.0015,300');
    expect(others.at(-1)).toBe('1,1,2,0.0025,0.0005,311');
  });

  test.each(['f.xyz', 'npy', 'f.constructor'])('%s names no format', (file) => {
    expect(codesOf(() => fieldWriter(file))).toEqual(['wrong-type']);
  });
});

test('the player shows every frame and needs nothing else', () => {
  const texts = ['60.0 °C to 61.0 °C, hottest in </script><b>', 'b'];
  const html = playerHtml([{ index: 0, folder: '', texts }], ['1.png', '2.png'], ['0.1 s', '0.2 s'], [60, 62.5]);
  const script = /<script>([\s\S]*)<\/script>/.exec(html)![1];
  expect(() => new Script(script)).not.toThrow();
  expect(html).toContain('max="1"');
  expect(html).toContain('Colours: 60.0 °C to 62.5 °C, 2.5 K in all pictures.');
  expect(html.match(/<\/?(script|b)>/g)).toEqual(['<script>', '</script>']);
  expect(html).not.toMatch(/https?:|<link|<select|src="(?!1\.png)/);
});

test('the player of a stack has a choice of its layers', () => {
  const layers = [0, 2].map((index) => ({ index, folder: `layer-${index}/`, texts: ['a'] }));
  const html = playerHtml(layers, ['1.png'], ['0.1 s'], [60, 62]);
  expect(html).toContain('<option value="layer-0/">0</option><option value="layer-2/">2</option>');
  expect(html).toContain('src="layer-0/1.png"');
});
