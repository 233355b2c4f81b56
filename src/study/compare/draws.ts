import { fail, type Span } from '../../base/errors.ts';
import { spanOf } from './sweeps.ts';

/** An input and by which share it may be off. */
export interface Uncertainty {
  readonly name: string;
  readonly share: number;
}

/** Parses `leakage=20%,r_convec=15%`. Errors: `wrong-type`, `out-of-range` for 0 % or 100 % and more, `duplicate-name`. */
export function parseUncertain(text: string): Uncertainty[] {
  const span = spanOf('--uncertain', text);
  const found = text.split(',').map((part) => one(part.trim(), span));
  const twice = found.find(({ name }, i) => found.findIndex((other) => other.name === name) < i);
  if (twice) fail('duplicate-name', `"${twice.name}" appears twice`, { span, expected: 'each input once' });
  return found;
}

function one(part: string, span: Span): Uncertainty {
  const [, name, percent] = /^([\w-]+)\s*=\s*([\d.]+)\s*%$/.exec(part) ?? [];
  const value = Number(percent);
  if (name === undefined || !Number.isFinite(value)) {
    fail('wrong-type', `"${part}" is not an uncertain input`, { span, expected: 'name=20%, such as leakage=20%' });
  }
  if (value <= 0 || value >= 100) {
    fail('out-of-range', `"${name}" is off by ${percent} %`, { span, expected: 'more than 0 and less than 100 %' });
  }
  return { name, share: value / 100 };
}

/** A key of the package needs a thermal model for each of its values, so that it takes only so many. */
const PACKAGE_VALUES = 5;

/**
 * Factors for each draw. Each input is uniform from 1 - share to 1 + share; its values are the middles of equal strata, in
 * a random order (Latin hypercube: McKay, Beckman, Conover, Technometrics 21, 1979). The same seed gives the same draws.
 */
export function drawsOf(inputs: readonly Uncertainty[], draws: number, seed: number): Record<string, number>[] {
  const random = generator(seed);
  const columns = inputs.map(({ name, share }) => {
    const strata = name === 'leakage' || name === 'energy' ? draws : Math.min(draws, PACKAGE_VALUES);
    const order = Array.from({ length: draws }, (_, i) => i % strata);
    for (let i = draws - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order.map((stratum) => 1 + share * ((2 * stratum + 1) / strata - 1));
  });
  return Array.from({ length: draws }, (_, i) =>
    Object.fromEntries(inputs.map(({ name }, k) => [name, columns[k][i]])),
  );
}

/** Numbers from 0 to 1 (splitmix32, after Steele, Lea, Flood, OOPSLA 2014). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
