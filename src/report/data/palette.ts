/** A colour by its name in the themes of `drawing/theme.ts`. */
export type Ink = string;

/** Colours of components, the same in every chart. */
export const SERIES_COLOURS: readonly Ink[] = Array.from({ length: 8 }, (_, i) => `c${i}`);

/** The colour of items that are joined because there are too few colours. */
export const OTHER_COLOUR: Ink = 'other';

/** Colours of energy categories, time states and domains. Each differs in lightness from the next. */
export const KIND_COLOURS: readonly Ink[] = Array.from({ length: 4 }, (_, i) => `k${i}`);

/** A colour for each component, in the components' order. If there are too many, those of least energy share one. */
export function componentColours(componentJ: ArrayLike<number>): readonly Ink[] {
  const most = SERIES_COLOURS.length;
  const own = descending(componentJ).slice(0, componentJ.length <= most ? most : most - 1);
  own.sort((a, b) => a - b);
  return Array.from(componentJ, (_, c) => SERIES_COLOURS[own.indexOf(c)] ?? OTHER_COLOUR);
}

/** Indices in descending order of their values. */
export function descending(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
}
