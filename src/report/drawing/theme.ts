import type { Ink } from '../data/palette.ts';

/** The colour of each ink. */
export type Theme = Readonly<Record<Ink, string>>;

/**
 * Series c0 to c7 have the hues of Okabe and Ito's colours ("Color universal design", 2008), at a lightness that stands out from the
 * background. Colours of one figure also differ for eyes without red, green or blue cones: by 10 and more in CIEDE2000, under the
 * matrices of G. M. Machado et al. (IEEE TVCG 15(6), 2009). Black and yellow come last. Names stand on k1 and quiet.
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
  c3: '#b279a2',
  c4: '#c58500',
  c5: '#2f96d4',
  c6: '#000000',
  c7: '#474100',
  k0: '#33496e',
  k1: '#7b8eb0',
  k2: '#9a5099',
  k3: '#af8804',
  other: '#666f78',
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
  c0: '#0084d3',
  c1: '#e06518',
  c2: '#12b182',
  c3: '#d37caf',
  c4: '#e8a106',
  c5: '#49bdfe',
  c6: '#f2f2f2',
  c7: '#f0e442',
  k0: '#8fb0e0',
  k1: '#566890',
  k2: '#c483b1',
  k3: '#f2d877',
  other: '#79818a',
  quiet: '#69675f',
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
