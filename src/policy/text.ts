import { fixedText, significantText } from '../base/number-text.ts';

/** The texts of readings in reasons: short, with a unit, and the same on every machine. */

export { celsiusText as celsius } from '../base/units.ts';

export function megahertz(hz: number): string {
  return `${short(hz / 1e6)} MHz`;
}

export function milliseconds(seconds: number): string {
  return `${short(seconds * 1e3)} ms`;
}

/**
 * The time from `fromS` to `toS`, negative if `toS` is earlier. Both are sums of rounded times: a difference within
 * their rounding is 0.
 */
export function timeLeft(fromS: number, toS: number): string {
  const leftS = toS - fromS;
  return milliseconds(Math.abs(leftS) <= ROUNDING * Math.max(Math.abs(fromS), Math.abs(toS)) ? 0 : leftS);
}

/** Relative rounding of a time in a run, with room for sums of thousands of terms: 4,500 units of the last place. */
const ROUNDING = 1e-12;

/** The texts of 0.0 to 100.0 %, made as they are needed. */
const PERCENTS: string[] = new Array<string>(1001).fill('');

/** A share to a tenth of a percent. */
export function percent(share: number): string {
  const tenths = 1000 * share;
  const rounded = Math.round(tenths);
  // Near a tie the digits of the share itself decide.
  if (!(share >= 0 && rounded <= 1000) || Math.abs(tenths - Math.floor(tenths) - 0.5) < 1e-6) return percentText(share);
  PERCENTS[rounded] ||= percentText(rounded / 1000);
  return PERCENTS[rounded];
}

/** A rest of rounding below zero is no negative share. */
function percentText(share: number): string {
  return `${fixedText(Math.abs(share) < 5e-4 ? 0 : 100 * share, 1)} %`;
}

export function millijoules(joules: number): string {
  return `${short(joules * 1e3)} mJ`;
}

function short(value: number): string {
  return significantText(value, 5);
}
