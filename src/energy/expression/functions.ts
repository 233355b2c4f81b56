/** A value of an expression: a number, text or truth value. */
export type Value = number | string | boolean;

/** A value or a list of them. A list exists only inside an expression, as an argument of a function. */
export type Operand = Value | readonly Operand[];

/** A function that expressions may call: its number of arguments, and its effect. */
export interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  /** The effect on numbers, for functions of numbers alone. */
  readonly apply?: (...values: number[]) => number;
  /** The effect on any operands; undefined if the function has no value for them. */
  readonly call?: (...operands: Operand[]) => Operand | undefined;
  /** The operands that it has a value for. */
  readonly expected?: string;
}

/** Longest list an expression may make. The limit keeps range(10 ** 9) from filling the memory. */
const LONGEST_LIST = 10_000;

const unary = (apply: (x: number) => number): ExpressionFunction => ({ least: 1, most: 1, apply });
const binary = (apply: (x: number, y: number) => number): ExpressionFunction => ({ least: 2, most: 2, apply });
const cast = (call: (operand: Operand) => Operand | undefined): ExpressionFunction => ({ least: 1, most: 1, call });
const choice = (isBetter: (x: number, best: number) => boolean): ExpressionFunction => ({
  least: 1,
  most: Number.POSITIVE_INFINITY,
  call: (...operands) => chosen(operands, isBetter),
});

/** The closed set, with Python's meanings (Accelergy 0.4 evaluates Python). A result that is not finite is an error. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map(
  Object.entries({
    min: choice((x, best) => x < best),
    max: choice((x, best) => x > best),
    sum: cast((list) => foldOf(list, (total, x) => total + x, 0)),
    prod: cast((list) => foldOf(list, (total, x) => total * x, 1)),
    len: cast((list) => (typeof list === 'string' || Array.isArray(list) ? list.length : undefined)),
    range: {
      least: 1,
      most: 3,
      call: rangeOf,
      expected: `whole numbers, a step other than zero, and at most ${LONGEST_LIST} values`,
    },
    list: cast((list) => (Array.isArray(list) ? list : undefined)),
    tuple: cast((list) => (Array.isArray(list) ? list : undefined)),
    abs: unary(Math.abs),
    fabs: unary(Math.abs),
    round: { least: 1, most: 2, apply: (x, digits = 0) => roundDecimals(x, digits) },
    trunc: unary(Math.trunc),
    int: cast((x) => numberOf(x, Math.trunc)),
    float: cast((x) => numberOf(x, (value) => value)),
    str: cast((x) => (Array.isArray(x) ? undefined : textOf(x as Value))),
    bool: cast((x) => (Array.isArray(x) ? x.length > 0 : x !== 0 && x !== '' && x !== false)),
    ceil: unary(Math.ceil),
    floor: unary(Math.floor),
    sqrt: unary(Math.sqrt),
    isqrt: unary((x) => (Number.isInteger(x) ? Math.floor(Math.sqrt(x)) : Number.NaN)),
    exp: unary(Math.exp),
    pow: binary((x, y) => x ** y),
    // The natural logarithm, as in Python; the second argument is the base.
    log: { least: 1, most: 2, apply: (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)) },
    log2: unary(Math.log2),
    log10: unary(Math.log10),
    sin: unary(Math.sin),
    cos: unary(Math.cos),
    tan: unary(Math.tan),
    hypot: binary(Math.hypot),
    fmod: binary((x, y) => x % y),
    comb: binary(combinations),
    gcd: binary(greatestCommonDivisor),
  } satisfies Record<string, ExpressionFunction>),
);

export const CONSTANTS: ReadonlyMap<string, number | boolean> = new Map<string, number | boolean>([
  ['pi', Math.PI],
  ['e', Math.E],
  ['tau', 2 * Math.PI],
  ['True', true],
  ['False', false],
]);

/** The first of the best in one list, or of two or more arguments: a boolean stays one. */
function chosen(operands: readonly Operand[], isBetter: (x: number, best: number) => boolean): Operand | undefined {
  const list = operands.length > 1 ? operands : operands[0];
  if (!Array.isArray(list) || list.length === 0 || !list.every(isNumeric)) return undefined;
  return list.reduce((best, x) => (isBetter(Number(x), Number(best)) ? x : best));
}

function foldOf(list: Operand, step: (total: number, x: number) => number, start: number): number | undefined {
  if (!Array.isArray(list) || !list.every(isNumeric)) return undefined;
  return list.reduce((total: number, x) => step(total, Number(x)), start);
}

function isNumeric(operand: Operand): boolean {
  return typeof operand === 'number' || typeof operand === 'boolean';
}

function rangeOf(...bounds: Operand[]): readonly number[] | undefined {
  if (!bounds.every((bound) => Number.isInteger(bound))) return undefined;
  const [first, last, step = 1] = (bounds.length === 1 ? [0, bounds[0]] : bounds) as number[];
  const length = Math.max(0, Math.ceil((last - first) / step));
  if (step === 0 || length > LONGEST_LIST) return undefined;
  return Array.from({ length }, (_, i) => first + i * step);
}

function numberOf(operand: Operand, apply: (value: number) => number): number | undefined {
  if (typeof operand === 'object') return undefined;
  if (typeof operand !== 'string') return apply(Number(operand));
  const value = Number(operand);
  return operand.trim() === '' || !Number.isFinite(value) ? undefined : apply(value);
}

/** A value as Python's `str` prints it: `1e-09`, `True`, whole numbers without a point. */
export function textOf(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e16) return String(value);
  if (size >= 1e-4 && size < 1e16) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Rounds to the nearest number of so many decimals; ties to even, decided on the exact binary value. Python's `round` does. */
export function roundDecimals(x: number, decimals: number): number {
  if (!Number.isInteger(decimals)) return Number.NaN;
  if (x === 0 || !Number.isFinite(x)) return x;
  // Digits up to that decimal: toPrecision counts from the first significant one.
  const digits = decimals + Math.floor(Math.log10(Math.abs(x))) + 1;
  if (digits > 17) return x;
  if (digits < 0) return 0;
  const scale = digits === 0 ? toTen(x, decimals) : Number(x.toPrecision(digits));
  return isTie(x, decimals) ? tieToEven(x, decimals) : scale;
}

/** A number below the first kept decimal becomes 0, or 1 at that decimal. */
function toTen(x: number, decimals: number): number {
  const unit = Number(`1e${-decimals}`);
  return Math.abs(x) > unit / 2 ? Math.sign(x) * unit : 0;
}

/** Whether x lies exactly between two numbers of so many decimals. */
function isTie(x: number, decimals: number): boolean {
  // A tie is half a whole number of the last decimal, but for the rounding of this product; the exact digits cost more.
  const halves = Math.abs(x) * 2 * 10 ** decimals;
  if (Math.abs(halves - Math.round(halves)) > 1e-12 * halves + 1e-300) return false;
  const [digits, exponent] = exactDigits(x);
  const next = decimals + exponent + 1;
  return next >= 0 && digits[next] === '5' && /^0*$/.test(digits.slice(next + 1));
}

function tieToEven(x: number, decimals: number): number {
  const [digits, exponent] = exactDigits(x);
  const kept = digits.slice(0, decimals + exponent + 1);
  const lower = BigInt(kept === '' ? '0' : kept);
  const whole = lower % 2n === 0n ? lower : lower + 1n;
  return Math.sign(x) * Number(`${whole}e${-decimals}`);
}

/** The first 100 digits, and the exponent of the first one. */
function exactDigits(x: number): readonly [string, number] {
  const [mantissa, exponent] = Math.abs(x).toExponential(99).split('e');
  return [mantissa.replace('.', ''), Number(exponent)];
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
