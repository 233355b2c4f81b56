/** floor(a b / c) of whole numbers, exact where the product is beyond 2^53. */
export function mulDivFloor(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  // Three roundings change a quotient below 2^40 by less than 2^-10: only near a whole number is it in doubt.
  const quotient = product / c;
  const floor = Math.floor(quotient);
  const part = quotient - floor;
  if (quotient < 2 ** 40 && part > 0.002 && part < 0.998) return floor;
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}

/** ceil(a b / c) of whole numbers, likewise. */
export function mulDivCeil(a: number, b: number, c: number): number {
  const floor = mulDivFloor(a, b, c);
  if (a * b <= Number.MAX_SAFE_INTEGER) return floor * c === a * b ? floor : floor + 1;
  return BigInt(floor) * BigInt(c) === BigInt(a) * BigInt(b) ? floor : floor + 1;
}

/** Whether a / b < c / d, for whole numbers, those below the bar above zero. */
export function isLessRatio(a: number, b: number, c: number, d: number): boolean {
  const left = a * d;
  const right = c * b;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left < right;
  if (Math.abs(left - right) > 1e-12 * right) return left < right;
  return BigInt(a) * BigInt(d) < BigInt(c) * BigInt(b);
}
