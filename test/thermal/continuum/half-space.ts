/** Abramowitz and Stegun 7.1.26: to 1.5e-7. */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/** An interval along a side of a die, m. */
type Interval = readonly [number, number];

/** Mean over one interval of unit heat that was even over another one, and has spread by sigma = sqrt(4 alpha t) along a line, 1/m. */
function spread([a, b]: Interval, [c, d]: Interval, sigma: number): number {
  const whole = (z: number): number => z * erf(z) + Math.exp(-z * z) / Math.sqrt(Math.PI);
  const at = (from: number, to: number): number => whole((to - from) / sigma);
  return ((at(c, b) - at(d, b) - at(c, a) + at(d, a)) * sigma) / (2 * (b - a) * (d - c));
}

/** As `spread`, between adiabatic ends at 0 and at the side's length: by images. */
function spreadBetweenEnds(to: Interval, [c, d]: Interval, sideM: number, sigma: number): number {
  let sum = 0;
  for (const shift of [-2 * sideM, 0, 2 * sideM]) {
    sum += spread(to, [c + shift, d + shift], sigma) + spread(to, [shift - d, shift - c], sigma);
  }
  return sum;
}

export interface Solid {
  readonly conductivityWPerMK: number;
  readonly heatCapacityJPerM3K: number;
}

export interface Patch {
  readonly x: Interval;
  readonly y: Interval;
}

/**
 * Mean rise of a patch of the face of a thick die after `timeS` of 1 W in another one, K: the product of what spreads along both sides and
 * of the half-space's 1 / sqrt(pi k c t), over t = u^2 by Simpson's rule (Carslaw and Jaeger 10.2).
 */
export function stepOnThickDie(
  to: Patch,
  from: Patch,
  sides: { readonly widthM: number; readonly heightM: number },
  { conductivityWPerMK: k, heatCapacityJPerM3K: c }: Solid,
  timeS: number,
): number {
  const common = (a: Interval, b: Interval): number =>
    Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0])) / ((a[1] - a[0]) * (b[1] - b[0]));
  const at = (u: number): number => {
    if (u === 0) return common(to.x, from.x) * common(to.y, from.y);
    const sigma = Math.sqrt((4 * k) / c) * u;
    return spreadBetweenEnds(to.x, from.x, sides.widthM, sigma) * spreadBetweenEnds(to.y, from.y, sides.heightM, sigma);
  };
  const n = 40;
  const h = Math.sqrt(timeS) / n;
  let sum = 0;
  for (let i = 0; i < n; i += 2) sum += (h / 3) * (at(i * h) + 4 * at((i + 1) * h) + at((i + 2) * h));
  return (2 * sum) / Math.sqrt(Math.PI * k * c);
}
