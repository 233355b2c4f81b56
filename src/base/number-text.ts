/** Powers of ten that doubles hold exactly. */
const POWERS = Float64Array.from({ length: 16 }, (_, k) => 10 ** k);

/** Bytes of a piece of a long text, at least. */
const PIECE_BYTES = 2 ** 16;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** The digits of 0 to 999, three each. */
const THREE_DIGITS = new TextEncoder().encode(
  Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0')).join(''),
);

function threeDigits(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = THREE_DIGITS[3 * value];
  bytes[at + 1] = THREE_DIGITS[3 * value + 1];
  bytes[at + 2] = THREE_DIGITS[3 * value + 2];
}

/** Whole numbers keep all digits, others nine significant ones. */
export function nineDigits(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(9));
}

/**
 * The same text as `String(Number(value.toPrecision(digits)))`, for up to nine digits, in a fraction of the time where the last digit is
 * beyond doubt.
 */
export function significantText(value: number, digits: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  // Outside, an exponent may be due; infinities and NaN are outside too.
  if (size >= 1e-6 && size < POWERS[digits]) {
    let decimals = 0;
    while (size * POWERS[decimals] < POWERS[digits - 1]) decimals++;
    const scaled = size * POWERS[decimals];
    if (isBeyondDoubt(scaled)) return decimalText(value < 0, Math.round(scaled), decimals, true);
  }
  return String(Number(value.toPrecision(digits)));
}

/** The same text as `value.toFixed(decimals)`, for up to four decimals, in less time where the last digit is beyond doubt. */
export function fixedText(value: number, decimals: number): string {
  const size = Math.abs(value);
  const scaled = size * POWERS[decimals];
  // A negative number may round to zero and keeps its sign.
  if (size < 1e5 && isBeyondDoubt(scaled)) return decimalText(value < 0, Math.round(scaled), decimals, false);
  return value.toFixed(decimals);
}

/** Whether rounding is that of the exact number: a product below 1e9 is off by 1e-7 at most, which matters near a tie alone. */
function isBeyondDoubt(scaled: number): boolean {
  return Math.abs(scaled - Math.floor(scaled) - 0.5) > 1e-6;
}

/** The text of digits x 10^-decimals, where `short` leaves zeros at the end away. */
function decimalText(isNegative: boolean, digits: number, decimals: number, short: boolean): string {
  const whole = Math.floor(digits / POWERS[decimals]);
  let part = digits - whole * POWERS[decimals];
  let places = decimals;
  while (short && places > 0 && part % 10 === 0) {
    part /= 10;
    places--;
  }
  let text = isNegative ? `-${whole}` : `${whole}`;
  if (places === 0) return text;
  text += '.';
  for (let k = places - 1; k > 0 && part < POWERS[k]; k--) text += '0';
  return text + part;
}

/**
 * A text made of many numbers, which it writes as `String(nineDigits(value))` does in a fraction of the time: as bytes,
 * and in whole numbers where the ninth digit is beyond doubt.
 */
export class NumberText {
  private bytes = new Uint8Array(2 ** 16);
  private length = 0;
  private readonly encoder = new TextEncoder();

  /** Appends a text as it is. */
  text(text: string): void {
    // UTF-8 needs at most three bytes for a unit of UTF-16.
    this.reserve(3 * text.length);
    this.length += this.encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Appends one ASCII character. */
  byte(code: number): void {
    this.reserve(1);
    this.bytes[this.length++] = code;
  }

  number(value: number): void {
    if (value === 0) {
      this.byte(ZERO);
      return;
    }
    const size = Math.abs(value);
    // Outside, an exponent may be due; infinities and NaN are outside too.
    if (!(size >= 1e-6 && size < 1e9)) {
      this.text(String(nineDigits(value)));
      return;
    }
    this.reserve(24);
    // Below 1e9, whole numbers fit 32 bits, whose arithmetic is several times as fast.
    const whole = size | 0;
    if (whole === size) {
      if (value < 0) this.bytes[this.length++] = MINUS;
      this.digits(whole, 1);
      return;
    }
    let decimals = 0;
    while (size * POWERS[decimals] < 1e8) decimals++;
    const scaled = size * POWERS[decimals];
    const nine = (scaled + 0.5) | 0;
    // The product is off by 1e-7 at most. Near a tie, and where it is rounded up to ten digits, the slow way is right.
    if (!(nine >= 1e8 && nine < 1e9) || Math.abs(scaled - (scaled | 0) - 0.5) < 1e-6) {
      this.text(String(nineDigits(value)));
      return;
    }
    if (value < 0) this.bytes[this.length++] = MINUS;
    this.decimal(nine, decimals);
  }

  /** Writes nine digits x 10^-decimals, without zeros at the end. */
  private decimal(nine: number, decimals: number): void {
    const { bytes, length } = this;
    const before = decimals < 9 ? 9 - decimals : 0;
    let at = length;
    if (before === 0) {
      bytes[at++] = ZERO;
      bytes[at++] = POINT;
      for (let place = 9; place < decimals; place++) bytes[at++] = ZERO;
    }
    // Where digits stand before the point, all are written one place further, and those then move to the front.
    const first = before > 0 ? at + 1 : at;
    const millions = (nine / 1e6) | 0;
    const rest = nine - 1e6 * millions;
    const thousands = (rest / 1e3) | 0;
    threeDigits(bytes, first, millions);
    threeDigits(bytes, first + 3, thousands);
    threeDigits(bytes, first + 6, rest - 1e3 * thousands);
    for (let i = 0; i < before; i++) bytes[at + i] = bytes[first + i];
    if (before > 0) bytes[at + before] = POINT;
    let end = first + 9;
    while (bytes[end - 1] === ZERO) end--;
    this.length = bytes[end - 1] === POINT ? end - 1 : end;
  }

  /** Writes a whole number below 1e9 with at least `places` digits. */
  private digits(value: number, places: number): void {
    const { bytes, length } = this;
    let count = places;
    while (count < 9 && value >= POWERS[count]) count++;
    let rest = value | 0;
    for (let at = length + count - 1; at >= length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - Math.imul(10, next);
      rest = next;
    }
    this.length = length + count;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Whether the text is long enough for a piece of a long one. */
  get isPiece(): boolean {
    return this.length >= PIECE_BYTES;
  }

  /** Takes the text out, which begins anew. */
  take(): string {
    const text = new TextDecoder().decode(this.bytes.subarray(0, this.length));
    this.length = 0;
    return text;
  }
}
