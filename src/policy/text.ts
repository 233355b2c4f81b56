/** The texts of readings in reasons: short, with a unit, and the same on every machine. */

export { celsiusText as celsius } from '../base/units.ts';

export function megahertz(hz: number): string {
  return `${short(hz / 1e6)} MHz`;
}

export function milliseconds(seconds: number): string {
  return `${short(seconds * 1e3)} ms`;
}

export function millijoules(joules: number): string {
  return `${short(joules * 1e3)} mJ`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}
