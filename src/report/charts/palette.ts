/**
 * Colours of components, the same in every chart, as names of CSS variables; style.ts gives them their values, which are Okabe
 * and Ito's ("Color universal design", 2008). Black and yellow, which one of the two backgrounds swallows, come last and have
 * a value for each.
 */
export const SERIES_COLOURS: readonly string[] = Array.from({ length: 8 }, (_, i) => `var(--c${i})`);

/** What is put together because colours run out. */
export const OTHER_COLOUR = 'var(--other)';

/** Of what is no component: energy by cause, time by state, domains. They differ in lightness from one to the next. */
export const KIND_COLOURS: readonly string[] = Array.from({ length: 4 }, (_, i) => `var(--k${i})`);

/** A colour for each component, in their own order; if there are too many, those of least energy share one. */
export function componentColours(componentJ: Float64Array): readonly string[] {
  const most = SERIES_COLOURS.length;
  const own = descending(componentJ).slice(0, componentJ.length <= most ? most : most - 1);
  own.sort((a, b) => a - b);
  return Array.from(componentJ, (_, c) => SERIES_COLOURS[own.indexOf(c)] ?? OTHER_COLOUR);
}

/** Indices, that of the greatest value first. */
export function descending(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
}
