/** A function that expressions may call: its number of arguments, and its effect on numbers. */
export interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  readonly apply: (...values: number[]) => number;
}

const unary = (apply: (x: number) => number): ExpressionFunction => ({ least: 1, most: 1, apply });
const binary = (apply: (x: number, y: number) => number): ExpressionFunction => ({ least: 2, most: 2, apply });

/** The closed set, with Python's meanings (Accelergy 0.4 evaluates Python). A result that is not finite is an error. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map(
  Object.entries({
    min: { least: 2, most: Number.POSITIVE_INFINITY, apply: Math.min },
    max: { least: 2, most: Number.POSITIVE_INFINITY, apply: Math.max },
    abs: unary(Math.abs),
    round: unary(roundHalfEven),
    int: unary(Math.trunc),
    float: unary((x) => x),
    ceil: unary(Math.ceil),
    floor: unary(Math.floor),
    sqrt: unary(Math.sqrt),
    exp: unary(Math.exp),
    pow: binary((x, y) => x ** y),
    // The natural logarithm, as in Python; the second argument is the base.
    log: { least: 1, most: 2, apply: (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)) },
    log2: unary(Math.log2),
    log10: unary(Math.log10),
    comb: binary(combinations),
    gcd: binary(greatestCommonDivisor),
  }),
);

export const CONSTANTS: ReadonlyMap<string, number | boolean> = new Map<string, number | boolean>([
  ['pi', Math.PI],
  ['e', Math.E],
  ['True', true],
  ['False', false],
]);

/** Rounds to the nearest whole number, ties to even. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function combinations(n: number, k: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(k) || n < 0 || k < 0) return Number.NaN;
  if (k > n) return 0;
  let result = 1;
  // Multiplying before dividing keeps every step a whole number; overflow to infinity ends the loop early enough.
  for (let i = 1; i <= Math.min(k, n - k) && Number.isFinite(result); i++) result = (result * (n - i + 1)) / i;
  return result;
}

function greatestCommonDivisor(a: number, b: number): number {
  if (!Number.isInteger(a) || !Number.isInteger(b)) return Number.NaN;
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
