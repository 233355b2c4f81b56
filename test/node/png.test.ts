import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { svgPainter } from '../../src/node/png.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20" font-family="Inter, sans-serif">' +
  '<rect width="100%" height="100%" fill="#fff"/><text x="2" y="15" font-size="12" font-weight="600">Ag 1</text></svg>';

// The hash is that of @resvg/resvg-wasm 2.6.2 with Inter of @expo-google-fonts/inter 0.4.2: it must hold on every machine.
test('a picture has the same bytes everywhere, in the font of the package', async () => {
  const paint = await svgPainter();
  const png = paint(SVG, 80);
  expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const view = new DataView(png.buffer, png.byteOffset);
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([80, 40]);
  expect(createHash('sha256').update(png).digest('hex')).toBe(
    '42fcef06be58493d03a5fe66ce162a752759e66a09ceccca072c48dc03f5a4f4',
  );
  const other = paint(SVG.replace('Ag 1', 'Ag 2'), 80);
  expect(createHash('sha256').update(other).digest('hex')).not.toBe(
    '42fcef06be58493d03a5fe66ce162a752759e66a09ceccca072c48dc03f5a4f4',
  );
});
