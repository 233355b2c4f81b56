import type { Ink } from '../data/palette.ts';

/** The colour of each ink. */
export type Theme = Readonly<Record<Ink, string>>;

/**
 * Series c0 to c7 have the hues of Okabe and Ito's colours ("Color universal design", 2008), at a lightness that stands out from the
 * background; neighbours in hue differ in lightness. Black and yellow come last. Kinds k0 to k3 differ in lightness from the next.
 * Names stand on k1 and quiet.
 */
export const LIGHT: Theme = {
  paper: '#ffffff',
  text: '#1b1f24',
  muted: '#59636e',
  faint: '#d9dee4',
  panel: '#f5f7f9',
  good: '#00664b',
  bad: '#b84a00',
  c0: '#005d96',
  c1: '#b84600',
  c2: '#008f68',
  c3: '#cc79a7',
  c4: '#c08600',
  c5: '#2f96d4',
  c6: '#000000',
  c7: '#4a4400',
  k0: '#33496e',
  k1: '#7b8eb0',
  k2: '#8c4a78',
  k3: '#ad8600',
  other: '#656f79',
  quiet: '#94918a',
  // On the map, whose colours are the same on every background.
  over: '#ffffff',
  under: '#000000',
};

export const DARK: Theme = {
  ...LIGHT,
  paper: '#14171a',
  text: '#e8ebee',
  muted: '#a3adb8',
  faint: '#333a42',
  panel: '#1d2226',
  good: '#4cc9a0',
  bad: '#ff8c42',
  c0: '#2f86c2',
  c1: '#e06518',
  c2: '#12b587',
  c3: '#cc79a7',
  c4: '#e69f00',
  c5: '#56b4e9',
  c6: '#f2f2f2',
  c7: '#f0e442',
  k0: '#8fb0e0',
  k1: '#566890',
  k2: '#c583b3',
  k3: '#e6cc66',
  other: '#7d8791',
  quiet: '#696862',
};

/** The theme as CSS variables. */
export function themeCss(theme: Theme): string {
  return Object.entries(theme)
    .map(([ink, colour]) => `--${ink}: ${colour};`)
    .join(' ');
}

/** An ink as a CSS colour of a page with these variables. */
export function cssColour(ink: Ink): string {
  return `var(--${ink})`;
}
