/**
 * A forward complex transform of fixed length: fill `inRe`, `inIm`, call `run`, read `outRe`, `outIm`. The input is
 * destroyed. X[k] = sum_j x[j] exp(-2 pi i j k / n), any n >= 1.
 */
export interface Fft {
  readonly inRe: Float64Array;
  readonly inIm: Float64Array;
  readonly outRe: Float64Array;
  readonly outIm: Float64Array;
  run(): void;
}

/** One pass of the transform: `length` = radix x `parts` is what is left to transform, in `stride` interleaved copies. */
interface Pass {
  readonly radix: number;
  readonly parts: number;
  readonly stride: number;
  /** exp(-2 pi i p u / length) at p x (radix - 1) + u - 1, for u = 1 .. radix - 1. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** exp(-2 pi i j / radix); for the general radix only. */
  readonly rootCos: Float64Array;
  readonly rootSin: Float64Array;
}

/**
 * The largest prime factor for passes. A prime factor q costs n q operations by passes; above this, a convolution of
 * more than twice the length is cheaper.
 */
const LARGEST_RADIX = 16;

/** Multiply-adds an element of a cosine transform of length n, of two real lines at a time. */
export function transformOperations(n: number): number {
  const radices = factors(n);
  const passes = (of: readonly number[]): number =>
    of.reduce((sum, radix) => sum + (OF_RADIX[radix] ?? OF_ANY_RADIX * radix), 0);
  if (radices.every((radix) => radix <= LARGEST_RADIX)) return OF_ROTATION + passes(radices);
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  return OF_ROTATION + (size / n) * (2 * passes(factors(size)) + OF_CHIRP);
}

const OF_ROTATION = 4;
const OF_CHIRP = 8;
const OF_RADIX: Readonly<Record<number, number>> = { 2: 3, 4: 4 };
const OF_ANY_RADIX = 3;

export function fft(n: number): Fft {
  const radices = factors(n);
  return radices.some((radix) => radix > LARGEST_RADIX) ? chirpFft(n) : passFft(n, radices);
}

/**
 * A transform of any length as a convolution with a chirp, by transforms of a power of two (Bluestein, A linear
 * filtering approach to the computation of discrete Fourier transform, IEEE Trans. AU 18, 1970): j k = (j^2 + k^2 - (k
 * - j)^2) / 2.
 */
function chirpFft(n: number): Fft {
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const inner = passFft(size, factors(size));
  const arrays = (length: number): [Float64Array, Float64Array] => [new Float64Array(length), new Float64Array(length)];
  const [re, im] = arrays(n);
  const [cos, sin] = arrays(n);
  for (let j = 0; j < n; j++) {
    const angle = (-Math.PI * ((j * j) % (2 * n))) / n;
    cos[j] = Math.cos(angle);
    sin[j] = Math.sin(angle);
    const mirror = j === 0 ? 0 : size - j;
    inner.inRe[j] = inner.inRe[mirror] = cos[j] / size;
    inner.inIm[j] = inner.inIm[mirror] = -sin[j] / size;
  }
  inner.run();
  const [chirpRe, chirpIm] = [inner.outRe.slice(), inner.outIm.slice()];
  const run = (): void => {
    const { inRe, inIm, outRe, outIm } = inner;
    inRe.fill(0, n);
    inIm.fill(0, n);
    for (let j = 0; j < n; j++) {
      inRe[j] = re[j] * cos[j] - im[j] * sin[j];
      inIm[j] = re[j] * sin[j] + im[j] * cos[j];
    }
    inner.run();
    // The inverse transform is the conjugate of the transform of the conjugate.
    for (let j = 0; j < size; j++) {
      const [a, b] = [outRe[j], outIm[j]];
      inRe[j] = a * chirpRe[j] - b * chirpIm[j];
      inIm[j] = -(a * chirpIm[j] + b * chirpRe[j]);
    }
    inner.run();
    for (let k = 0; k < n; k++) {
      re[k] = outRe[k] * cos[k] + outIm[k] * sin[k];
      im[k] = outRe[k] * sin[k] - outIm[k] * cos[k];
    }
  };
  return { inRe: re, inIm: im, outRe: re, outIm: im, run };
}

/**
 * Stockham's self-sorting mixed-radix transform (Van Loan, Computational Frameworks for the FFT, 1992, section 1.7), radix
 * 4 and 2 written out.
 */
function passFft(n: number, radices: readonly number[]): Fft {
  const passes = planPasses(n, radices);
  const a = [new Float64Array(n), new Float64Array(n)];
  const b = [new Float64Array(n), new Float64Array(n)];
  const [out] = passes.length % 2 === 0 ? [a] : [b];
  const run = (): void => {
    let from = a;
    let to = b;
    for (const pass of passes) {
      if (pass.radix === 4) radix4(pass, from[0], from[1], to[0], to[1]);
      else if (pass.radix === 2) radix2(pass, from[0], from[1], to[0], to[1]);
      else radixAny(pass, from[0], from[1], to[0], to[1]);
      [from, to] = [to, from];
    }
  };
  return { inRe: a[0], inIm: a[1], outRe: out[0], outIm: out[1], run };
}

function planPasses(n: number, radices: readonly number[]): Pass[] {
  const passes: Pass[] = [];
  let stride = 1;
  for (const radix of radices) {
    const length = n / stride;
    const parts = length / radix;
    const twiddle = (of: (angle: number) => number): Float64Array =>
      Float64Array.from({ length: parts * (radix - 1) }, (_, i) => {
        const p = Math.floor(i / (radix - 1));
        return of((-2 * Math.PI * ((p * ((i % (radix - 1)) + 1)) % length)) / length);
      });
    const root = (of: (angle: number) => number): Float64Array =>
      Float64Array.from({ length: radix }, (_, j) => of((-2 * Math.PI * j) / radix));
    const [cos, sin] = [twiddle(Math.cos), twiddle(Math.sin)];
    passes.push({ radix, parts, stride, cos, sin, rootCos: root(Math.cos), rootSin: root(Math.sin) });
    stride *= radix;
  }
  return passes;
}

function factors(n: number): number[] {
  const found: number[] = [];
  let rest = n;
  for (let radix = 4; rest > 1; ) {
    if (rest % radix === 0) {
      found.push(radix);
      rest /= radix;
    } else if (radix === 4) radix = 2;
    else radix = radix === 2 ? 3 : radix + 2;
  }
  return found;
}

function radix2({ parts, stride: s, cos, sin }: Pass, xr: F64, xi: F64, yr: F64, yi: F64): void {
  for (let p = 0; p < parts; p++) {
    const c = cos[p];
    const d = sin[p];
    for (let q = 0; q < s; q++) {
      const i = q + s * p;
      const j = i + s * parts;
      const o = q + s * 2 * p;
      const re = xr[i] - xr[j];
      const im = xi[i] - xi[j];
      yr[o] = xr[i] + xr[j];
      yi[o] = xi[i] + xi[j];
      yr[o + s] = re * c - im * d;
      yi[o + s] = re * d + im * c;
    }
  }
}

function radix4({ parts, stride: s, cos, sin }: Pass, xr: F64, xi: F64, yr: F64, yi: F64): void {
  const step = s * parts;
  for (let p = 0; p < parts; p++) {
    const c1 = cos[3 * p];
    const d1 = sin[3 * p];
    const c2 = cos[3 * p + 1];
    const d2 = sin[3 * p + 1];
    const c3 = cos[3 * p + 2];
    const d3 = sin[3 * p + 2];
    let i = s * p;
    let o = 4 * s * p;
    for (let q = 0; q < s; q++, i++, o++) {
      const ar = xr[i] + xr[i + 2 * step];
      const ai = xi[i] + xi[i + 2 * step];
      const br = xr[i] - xr[i + 2 * step];
      const bi = xi[i] - xi[i + 2 * step];
      const cr = xr[i + step] + xr[i + 3 * step];
      const ci = xi[i + step] + xi[i + 3 * step];
      const dr = xi[i + step] - xi[i + 3 * step];
      const di = xr[i + 3 * step] - xr[i + step];
      yr[o] = ar + cr;
      yi[o] = ai + ci;
      yr[o + s] = (br + dr) * c1 - (bi + di) * d1;
      yi[o + s] = (br + dr) * d1 + (bi + di) * c1;
      yr[o + 2 * s] = (ar - cr) * c2 - (ai - ci) * d2;
      yi[o + 2 * s] = (ar - cr) * d2 + (ai - ci) * c2;
      yr[o + 3 * s] = (br - dr) * c3 - (bi - di) * d3;
      yi[o + 3 * s] = (br - dr) * d3 + (bi - di) * c3;
    }
  }
}

function radixAny(pass: Pass, xr: F64, xi: F64, yr: F64, yi: F64): void {
  const { radix, parts, stride: s, cos, sin, rootCos, rootSin } = pass;
  for (let p = 0; p < parts; p++) {
    for (let u = 0; u < radix; u++) {
      const c = u === 0 ? 1 : cos[p * (radix - 1) + u - 1];
      const d = u === 0 ? 0 : sin[p * (radix - 1) + u - 1];
      for (let q = 0; q < s; q++) {
        let re = 0;
        let im = 0;
        for (let t = 0, j = 0; t < radix; t++) {
          const i = q + s * (p + t * parts);
          re += xr[i] * rootCos[j] - xi[i] * rootSin[j];
          im += xr[i] * rootSin[j] + xi[i] * rootCos[j];
          j += u;
          if (j >= radix) j -= radix;
        }
        const o = q + s * (radix * p + u);
        yr[o] = re * c - im * d;
        yi[o] = re * d + im * c;
      }
    }
  }
}

type F64 = Float64Array;
