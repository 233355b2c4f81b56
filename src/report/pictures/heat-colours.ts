export type Rgb = readonly [number, number, number];

/**
 * Anchors of a colour map from cold to hot, evenly spaced. Their lightness increases evenly, so that the map also reads
 * in grey and for colour-blind readers. Its hues follow matplotlib's inferno.
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
export const HEAT_COLOURS: readonly Rgb[] = heatColours(256);

/** This many colours from cold to hot, evenly spaced. */
export function heatColours(count: number): readonly Rgb[] {
  return Array.from({ length: count }, (_, i) => heatAt(i / (count - 1)));
}

function heatAt(share: number): Rgb {
  const place = share * (HEAT.length - 1);
  const lower = Math.min(HEAT.length - 2, Math.floor(place));
  const [from, to] = [HEAT[lower], HEAT[lower + 1]];
  const mix = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * (place - lower));
  return [mix(0), mix(1), mix(2)];
}

/**
 * Indices into `count` colours, linear in temperature from `lowK` to `highK`. Temperatures beyond have the colour of
 * that end. If both ends are equal, all have the coldest colour.
 */
export function heatLevels(temperatureK: Float64Array, lowK: number, highK: number, count: number): Uint8Array {
  const last = count - 1;
  const level = (kelvin: number): number => Math.round((last * (kelvin - lowK)) / (highK - lowK));
  return Uint8Array.from(temperatureK, (kelvin) => (highK > lowK ? Math.max(0, Math.min(last, level(kelvin))) : 0));
}

/** The map as a CSS gradient from left to right. */
export const HEAT_GRADIENT = `linear-gradient(to right, ${HEAT.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;
