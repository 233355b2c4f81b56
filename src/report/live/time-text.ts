import { engineering } from '../numbers.ts';

/** A time with enough digits to tell neighbouring epochs apart. */
export function timeText(seconds: number): string {
  if (seconds < 1e-3) return engineering(seconds, 's');
  return seconds < 1 ? `${(1e3 * seconds).toFixed(3)} ms` : `${seconds.toFixed(6)} s`;
}
