import { expect, test } from 'vitest';
import { DARK, LIGHT, type Theme } from '../../../src/report/drawing/theme.ts';

type Triple = readonly [number, number, number];

/** G. M. Machado et al., "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15(6), 2009: severity 1. */
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red cones': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green cones': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue cones': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Inks that stand in one figure: components; causes of energy; states of a clock; decisions. */
const FIGURES = [
  ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'other'],
  ['k0', 'k1', 'k2', 'k3', 'other'],
  ['k0', 'bad', 'quiet', 'k3'],
  ['k0', 'bad', 'k1', 'k3'],
];

/** CIE L*a*b* of an sRGB colour under D65, as these eyes see it. */
function labOf(colour: string, eyes: readonly Triple[]): Triple {
  const shares = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const light = shares.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const [r, g, b] = eyes.map((row) =>
    Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2])),
  );
  const root = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = root(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = root((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 as G. Sharma et al. write it, "The CIEDE2000 color-difference formula", Color Res. Appl. 30(1), 2005. */
function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const sin = (degrees: number): number => Math.sin((degrees * Math.PI) / 180);
  const cos = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);
  const grey = (c: number): number => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  const g = 0.5 * (1 - grey((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const [p1, p2] = [(1 + g) * a1, (1 + g) * a2];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (a: number, b: number): number => ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)];
  const isGrey = c1 * c2 === 0;
  const turn = isGrey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dh = 2 * Math.sqrt(c1 * c2) * sin(turn / 2);
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const h = isGrey ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const rt = -2 * grey(c) * sin(60 * Math.exp(-(((h - 275) / 25) ** 2)));
  const [x, y, z] = [(l2 - l1) / sl, (c2 - c1) / sc, dh / sh];
  return Math.sqrt(x * x + y * y + z * z + rt * y * z);
}

test('the formula gives the values of its paper', () => {
  // Pairs 1, 7 and 17 of table 1.
  expect(difference([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(difference([50, 0, 0], [50, -1, 2])).toBeCloseTo(2.3669, 4);
  expect(difference([50, 2.5, 0], [73, 25, -18])).toBeCloseTo(27.1492, 4);
});

test.each([
  ['light', LIGHT],
  ['dark', DARK],
] as [string, Theme][])('colours of one figure of the %s theme differ by 10 for all eyes', (_, theme) => {
  const close = Object.entries(EYES).flatMap(([name, eyes]) =>
    FIGURES.flatMap((inks) =>
      inks.flatMap((a, i) =>
        inks.slice(i + 1).flatMap((b) => {
          const apart = difference(labOf(theme[a], eyes), labOf(theme[b], eyes));
          return apart < 10 ? [`${a} and ${b} with ${name}: ${apart.toFixed(1)}`] : [];
        }),
      ),
    ),
  );
  expect(close).toEqual([]);
});
