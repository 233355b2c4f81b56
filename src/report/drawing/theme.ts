import type { Ink } from '../data/palette.ts';

/** The colour of each ink. */
export type Theme = Readonly<Record<Ink, string>>;

/**
 * Series c0 to c7 are Okabe and Ito's colours ("Color universal design", 2008). Black and yellow come last and have a value for each
 * background, since each of them vanishes on one. Kinds k0 to k3 differ in lightness from the next.
 */
export const LIGHT: Theme = {
  paper: '#ffffff',
  text: '#1b1f24',
  muted: '#59636e',
  faint: '#d9dee4',
  panel: '#f5f7f9',
  good: '#00664b',
  bad: '#b84a00',
  c0: '#0072b2',
  c1: '#d55e00',
  c2: '#009e73',
  c3: '#cc79a7',
  c4: '#e69f00',
  c5: '#56b4e9',
  c6: '#000000',
  c7: '#8a7d00',
  k0: '#40577a',
  k1: '#9db0c8',
  k2: '#8c4a78',
  k3: '#c9a227',
  other: '#9aa4ae',
  quiet: '#cfd6dd',
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
  c0: '#3d9ad6',
  c1: '#e8742a',
  c2: '#12b587',
  c6: '#f2f2f2',
  c7: '#f0e442',
  k0: '#7d9ccb',
  k1: '#47597a',
  k2: '#c583b3',
  k3: '#d9b848',
  other: '#707a85',
  quiet: '#454e57',
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
