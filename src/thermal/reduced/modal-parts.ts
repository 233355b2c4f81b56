import { multiplyPacked } from '../../numeric/packed.ts';
import { advance, constantFactors, ModalTransient } from './modal.ts';

/** Parts of a step begin and end at ticks. A tick is at most this long, s, unless the step would have more than 2^10. */
const LONGEST_TICK_S = 1e-6;
const MOST_LEVELS = 10;

/** The number of ticks in a step of `durationS`: a power of two. */
export function ticksIn(durationS: number): number {
  const levels = Math.ceil(Math.log2(durationS / LONGEST_TICK_S));
  return 2 ** Math.min(MOST_LEVELS, Math.max(0, levels));
}

/** Step lengths whose factors are kept; a loop uses one or two. */
const KEPT_LENGTHS = 8;

/** How power differs from its mean within a step, part by part. */
export interface PartsOfStep {
  /** Length of the whole step, s. */
  durationS: number;
  /** Number of parts; with one, power is constant. */
  count: number;
  /** Length of each part in ticks, above 0; they sum to `ticksIn(durationS)`. */
  readonly ticks: Int32Array;
  /** By part and block: power minus its mean over the step, W. */
  readonly differenceW: Float64Array;
}

/**
 * A modal transient whose power changes within a step. Set `parts` before a step of their length: power given to the step is the mean,
 * and each part has its own difference. Within a part every mode is exact, as in `ModalTransient`; its length is a sum of powers of two
 * of a tick, so that the exponentials are computed once for a step length.
 */
export class PartwiseTransient extends ModalTransient {
  parts: PartsOfStep | null = null;
  /** Told at the end of each part but the last how much of the step is behind, s; `temperatureK` is of that time. */
  onPart: ((elapsedS: number) => void) | undefined;
  private readonly lengths = new Map<number, readonly Float64Array[]>();
  private readonly partW = new Float64Array(this.model.blocks);

  override step(powerW: Float64Array, durationS: number, endPowerW?: Float64Array): void {
    const { parts } = this;
    if (!parts || parts.count === 1 || parts.durationS !== durationS || endPowerW) {
      super.step(powerW, durationS, endPowerW);
      return;
    }
    const { partW, drive, state, input } = this;
    const factors = this.factorsByLevel(durationS);
    const tickS = durationS / 2 ** (factors.length - 1);
    let ticks = 0;
    let outJ = 0;
    for (let p = 0, at = 0; p < parts.count; p++) {
      for (let u = 0; u < partW.length; u++, at++) partW[u] = powerW[u] + parts.differenceW[at];
      multiplyPacked(input, partW, drive);
      const length = parts.ticks[p];
      for (let level = 0; level < factors.length; level++) {
        if ((length & (1 << level)) !== 0) outJ += advance(factors[level], drive, state);
      }
      ticks += length;
      this.refresh();
      if (p + 1 < parts.count) this.onPart?.(ticks * tickS);
    }
    this.heatOutJ = outJ;
    this.noteLength(durationS);
  }

  /** Factors of 1, 2, 4 ... ticks. */
  private factorsByLevel(durationS: number): readonly Float64Array[] {
    const { lengths } = this;
    const known = lengths.get(durationS);
    if (known) return known;
    const oldest = lengths.keys().next();
    if (lengths.size >= KEPT_LENGTHS && !oldest.done) lengths.delete(oldest.value);
    const ticks = ticksIn(durationS);
    const made = Array.from({ length: Math.log2(ticks) + 1 }, (_, level) => {
      return constantFactors(this.model, (durationS / ticks) * 2 ** level);
    });
    lengths.set(durationS, made);
    return made;
  }
}
