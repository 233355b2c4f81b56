/** Temperatures of one group of names as HotSpot prints them, with `prefix` before each name. */
export interface NamedTemperatures {
  readonly prefix: string;
  readonly names: readonly string[];
  readonly temperatureK: ArrayLike<number>;
}

/** HotSpot prints temperatures with this many decimals. */
export const HOTSPOT_DECIMALS = 2;

/** A .steady (or .init) file: `name<TAB>kelvin` per line, group by group. */
export function writeTemperatures(groups: readonly NamedTemperatures[], decimals = HOTSPOT_DECIMALS): string {
  return groups
    .flatMap(({ prefix, names, temperatureK }) =>
      names.map((name, i) => `${prefix}${name}\t${temperatureK[i].toFixed(decimals)}\n`),
    )
    .join('');
}

/** The first line of a .ttrace. */
export function temperatureTraceHeader(names: readonly string[]): string {
  return `${names.join('\t')}\n`;
}

/** A row of a .ttrace: the temperatures at the end of a sample. */
export function temperatureTraceRow(temperatureK: ArrayLike<number>, decimals = HOTSPOT_DECIMALS): string {
  return `${Array.from(temperatureK, (value) => value.toFixed(decimals)).join('\t')}\n`;
}

/** All layers of a grid field, as in a .grid.steady: `Layer n:`, then `index<TAB>kelvin`, row 0 in the north. */
export function writeGridLayers(
  temperatureK: ArrayLike<number>,
  layers: number,
  cells: number,
  decimals = HOTSPOT_DECIMALS,
): string {
  const lines: string[] = [];
  for (let layer = 0, at = 0; layer < layers; layer++) {
    lines.push(`Layer ${layer}:`);
    for (let cell = 0; cell < cells; cell++) lines.push(`${cell}\t${temperatureK[at++].toFixed(decimals)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The line before a sample's layers in a grid_transient_file; HotSpot prints the time with six decimals. */
export function gridSampleHeader(timeS: number): string {
  return `t = ${timeS.toFixed(6)}\n`;
}
