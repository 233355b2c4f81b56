import { type PartsOfStep, ticksIn } from '../../thermal/index.ts';

/** Most parts of a stretch. Further parts are joined in pairs: a block takes longer to heat than a 64th of a millisecond. */
const MOST_PARTS = 64;

/**
 * How power changes within a stretch of an epoch. Between two events it is constant; here are the energies at the events, so that
 * leaving one out joins two parts.
 */
export class Profile {
  /** Energy of the epoch by block, J, and leaking voltage of the epoch by group of leakage, V s: kept by others. */
  private readonly blockJ: Float64Array;
  private readonly leakingVs: Float64Array;
  private readonly width: number;
  /** Row p: time since the stretch began, s; then both sums at that time. Row 0 is the begin. */
  private readonly rows: Float64Array;
  private count = 0;
  /** Over the stretch: mean power by block without leakage, W, and mean leaking voltage by group, V. */
  readonly meanW: Float64Array;
  readonly meanV: Float64Array;
  /** The parts; `differenceW` is without leakage until `addLeakage`. */
  readonly parts: PartsOfStep;
  /** By part and group: leaking voltage minus its mean, V. */
  private readonly differenceV: Float64Array;

  constructor(blockJ: Float64Array, leakingVs: Float64Array) {
    const numbers = (n: number): Float64Array => new Float64Array(n);
    this.blockJ = blockJ;
    this.leakingVs = leakingVs;
    this.width = 1 + blockJ.length + leakingVs.length;
    this.rows = numbers((MOST_PARTS + 1) * this.width);
    this.meanW = numbers(blockJ.length);
    this.meanV = numbers(leakingVs.length);
    this.differenceV = numbers(MOST_PARTS * leakingVs.length);
    const differenceW = numbers(MOST_PARTS * blockJ.length);
    this.parts = { durationS: 0, count: 0, ticks: new Int32Array(MOST_PARTS), differenceW };
  }

  /** Length of the stretch so far, s. */
  get durationS(): number {
    return this.rows[this.count * this.width];
  }

  begin(): void {
    this.count = 0;
    this.writeRow(0, 0);
  }

  /** Ends a part in which power was constant, `elapsedS` after the begin. */
  add(elapsedS: number): void {
    if (elapsedS <= this.durationS) return;
    if (this.count === MOST_PARTS) this.halve();
    this.count++;
    this.writeRow(this.count, elapsedS);
  }

  /** Ends the stretch, whose exact length the caller knows: sets the means and the parts. Parts shorter than a tick join the next one. */
  end(durationS: number): void {
    const { rows, width, parts, meanW, meanV, count } = this;
    const last = count * width;
    const m = meanW.length;
    for (let u = 0; u < m; u++) meanW[u] = (rows[last + 1 + u] - rows[1 + u]) / durationS;
    for (let d = 0; d < meanV.length; d++) meanV[d] = (rows[last + 1 + m + d] - rows[1 + m + d]) / durationS;
    parts.durationS = durationS;
    parts.count = 0;
    const all = ticksIn(durationS);
    for (let p = 1, from = 0, ticks = 0; p <= count; p++) {
      const until = p === count ? all : Math.round((rows[p * width] / this.durationS) * all);
      if (until <= ticks) continue;
      // A later part may be so short that its energy belongs to the last one.
      if (p < count && until === all) continue;
      parts.ticks[parts.count] = until - ticks;
      this.setPart(parts.count, from, p, ((until - ticks) / all) * durationS);
      parts.count++;
      from = p;
      ticks = until;
    }
  }

  /** Whether a supply changes within the stretch. */
  get hasSupplyChanges(): boolean {
    const { parts, differenceV, meanV } = this;
    for (let i = 0; i < parts.count * meanV.length; i++) if (Math.abs(differenceV[i]) > 1e-9) return true;
    return false;
  }

  /** Adds the leakage that follows the supply: `wPerV` holds W of each block per leaking volt of each group, at u x groups + g. */
  addLeakage(wPerV: Float64Array): void {
    const { parts, differenceV, meanW, meanV } = this;
    for (let p = 0, at = 0; p < parts.count; p++) {
      for (let u = 0; u < meanW.length; u++, at++) {
        for (let d = 0; d < meanV.length; d++) {
          parts.differenceW[at] += wPerV[u * meanV.length + d] * differenceV[p * meanV.length + d];
        }
      }
    }
  }

  /** Part p from row `from` to row `to`. Its length in whole ticks decides its power, so that it keeps its energy. */
  private setPart(p: number, from: number, to: number, partS: number): void {
    const { rows, width, parts, meanW, meanV, differenceV } = this;
    const m = meanW.length;
    const [before, after] = [from * width + 1, to * width + 1];
    for (let u = 0; u < m; u++) {
      parts.differenceW[p * m + u] = (rows[after + u] - rows[before + u]) / partS - meanW[u];
    }
    for (let d = 0; d < meanV.length; d++) {
      differenceV[p * meanV.length + d] = (rows[after + m + d] - rows[before + m + d]) / partS - meanV[d];
    }
  }

  private writeRow(p: number, elapsedS: number): void {
    const { rows, width, blockJ, leakingVs } = this;
    const at = p * width;
    rows[at] = elapsedS;
    rows.set(blockJ, at + 1);
    rows.set(leakingVs, at + 1 + blockJ.length);
  }

  private halve(): void {
    const { rows, width } = this;
    this.count /= 2;
    for (let p = 1; p <= this.count; p++) rows.copyWithin(p * width, 2 * p * width, (2 * p + 1) * width);
  }
}
