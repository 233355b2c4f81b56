/** `nominal` if the difference of two times is that but for rounding. */
export function snapped(nominal: number, differenceS: number): number {
  return Math.abs(differenceS - nominal) <= 1e-9 * nominal ? nominal : differenceS;
}

/** `value` if the mean differs from it only by rounding, else the mean. */
export function exactly(value: number, mean: number): number {
  return Math.abs(mean - value) <= 1e-12 * value ? value : mean;
}

/** A copy that policies may keep. Plain arrays cost the least where there are many small ones. */
export function numbersOf(values: Float64Array): number[] {
  const copy = new Array<number>(values.length);
  for (let i = 0; i < copy.length; i++) copy[i] = values[i];
  return copy;
}
