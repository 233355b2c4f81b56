type Rgb = readonly [number, number, number];

/**
 * Colours of series as names of CSS variables; style.ts gives them their values, which are Okabe and Ito's ("Color universal
 * design", 2008). Black and yellow, which one of the two backgrounds swallows, come last and have a value for each.
 */
export const SERIES_COLOURS: readonly string[] = Array.from({ length: 8 }, (_, i) => `var(--c${i})`);

/** What is put together because colours run out. */
export const OTHER_COLOUR = 'var(--other)';

/**
 * Anchors of a map from cold to hot, evenly spaced. Lightness rises evenly from one to the next, so that it reads in grey
 * and to the colour-blind; the path of hues is that of matplotlib's inferno.
 */
const HEAT: readonly Rgb[] = [
  [0, 0, 4],
  [31, 12, 72],
  [87, 16, 110],
  [138, 34, 106],
  [188, 55, 84],
  [228, 90, 49],
  [249, 142, 9],
  [249, 203, 53],
  [252, 255, 164],
];

/** 256 colours from cold to hot. */
export const HEAT_COLOURS: readonly Rgb[] = Array.from({ length: 256 }, (_, i) => heatAt(i / 255));

function heatAt(share: number): Rgb {
  const place = share * (HEAT.length - 1);
  const lower = Math.min(HEAT.length - 2, Math.floor(place));
  const [from, to] = [HEAT[lower], HEAT[lower + 1]];
  const mix = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * (place - lower));
  return [mix(0), mix(1), mix(2)];
}

/** The map as a CSS gradient, from left to right. */
export const HEAT_GRADIENT = `linear-gradient(to right, ${HEAT.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;

/**
 * Colours of two selections of the same things, so that what is in both has one colour. The first selection is coloured in
 * order, the rest of the second takes what the first does not need there.
 */
export function sharedColours(first: readonly number[], second: readonly number[]): ReadonlyMap<number, string> {
  const colours = new Map(first.map((item, i) => [item, SERIES_COLOURS[i]]));
  const taken = new Set(second.map((item) => colours.get(item)));
  const free = SERIES_COLOURS.filter((colour) => !taken.has(colour));
  for (const item of second) if (!colours.has(item)) colours.set(item, free.shift() ?? OTHER_COLOUR);
  return colours;
}
