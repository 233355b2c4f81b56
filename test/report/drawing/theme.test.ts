import { expect, test } from 'vitest';
import { DARK, LIGHT } from '../../../src/report/drawing/theme.ts';

const SCHEMES = [
  ['light', LIGHT],
  ['dark', DARK],
] as const;

/** Inks of words, and of the lines and areas that carry a figure's meaning. `faint` rules and `panel` only structure a page. */
const TEXT_INKS = ['text', 'muted', 'good', 'bad'];
const SHAPE_INKS = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'k0', 'k1', 'k2', 'k3', 'other', 'quiet'];

/** Red, green and blue as shares of light: WCAG 2.2, "relative luminance", with the threshold of sRGB. */
function linear(colour: string): number[] {
  const shares = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  return shares.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
}

function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2, "contrast ratio": 1 for equal colours, 21 for black on white. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** Difference in Ottosson's Oklab ("A perceptual color space", 2020), 1 between black and white. */
function difference(a: string, b: string): number {
  const [p, q] = [oklab(a), oklab(b)];
  return Math.hypot(...p.map((v, i) => v - q[i]));
}

function oklab(colour: string): number[] {
  const [r, g, b] = linear(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

test('the formula gives the values that WCAG names', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  // The grey that every guide names as the lightest for text on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  expect(difference('#000000', '#ffffff')).toBeCloseTo(1, 6);
});

test.each(SCHEMES)('every ink of the %s theme is tested', (_, theme) => {
  const others = ['paper', 'panel', 'faint', 'over', 'under'];
  expect(Object.keys(theme).sort()).toEqual([...TEXT_INKS, ...SHAPE_INKS, ...others].sort());
});

// WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text.
test.each(SCHEMES)('words stand out from paper and panels in the %s theme', (_, theme) => {
  const faint = TEXT_INKS.flatMap((ink) =>
    [theme.paper, theme.panel].filter((ground) => contrast(theme[ink], ground) < 4.5).map((ground) => [ink, ground]),
  );
  expect(faint).toEqual([]);
});

test.each(SCHEMES)('names of layers stand out from their bands in the %s theme', (_, theme) => {
  expect(['k1', 'quiet'].filter((band) => contrast(theme.text, theme[band]) < 4.5)).toEqual([]);
});

// WCAG 2.2, success criterion 1.4.11: 3 to 1 for parts of a figure.
test.each(SCHEMES)('lines and areas stand out from paper in the %s theme', (_, theme) => {
  expect(SHAPE_INKS.filter((ink) => contrast(theme[ink], theme.paper) < 3)).toEqual([]);
});

// 0.02 is a just noticeable difference of large neighbouring areas; three of them tell small ones apart in a legend.
test.each(SCHEMES)('colours of one figure differ in the %s theme', (_, theme) => {
  const series = SHAPE_INKS.filter((ink) => /^c|other/.test(ink));
  const kinds = ['bad', ...SHAPE_INKS.filter((ink) => /^k|quiet/.test(ink))];
  const pairs = [series, kinds].flatMap((inks) => inks.flatMap((a, i) => inks.slice(i + 1).map((b) => [a, b])));
  expect(pairs.filter(([a, b]) => difference(theme[a], theme[b]) < 0.06)).toEqual([]);
});
