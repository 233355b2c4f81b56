/** Temperatures are kept in K and shown in degrees Celsius. */
export const ZERO_CELSIUS_K = 273.15;

export function celsius(temperatureK: number): string {
  return `${(temperatureK - ZERO_CELSIUS_K).toFixed(1)} °C`;
}

/** `1 miss`, `2 misses`. */
export function counted(count: number, one: string, many: string): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}

export function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A coordinate: a tenth of a unit is finer than any screen shows. */
export function coordinate(value: number): string {
  const text = value.toFixed(1);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
