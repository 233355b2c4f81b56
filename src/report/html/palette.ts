/**
 * Colours of series as names of CSS variables; style.ts gives them their values, which are Okabe and Ito's ("Color universal
 * design", 2008). Black and yellow, which one of the two backgrounds swallows, come last and have a value for each.
 */
export const SERIES_COLOURS: readonly string[] = Array.from({ length: 8 }, (_, i) => `var(--c${i})`);

/** What is put together because colours run out. */
export const OTHER_COLOUR = 'var(--other)';

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
