/// <reference lib="dom" />
import { DARK, LIGHT, type Theme } from '../drawing/theme.ts';

/** The theme of the page now: paper is always light. */
export function currentTheme(): Theme {
  const dark = matchMedia('screen and (prefers-color-scheme: dark)');
  return dark.matches ? DARK : LIGHT;
}

/** Calls `redraw` when the theme changes, and before and after printing. */
export function onThemeChange(redraw: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', 'print']) matchMedia(query).addEventListener('change', redraw);
  addEventListener('beforeprint', redraw);
  addEventListener('afterprint', redraw);
}
