import { lastNotAfter, type RunModel, segmentFor } from '../data/model.ts';
import { type TimeTexts, timeTexts } from '../numbers.ts';

/** The stretch of time that all charts show, and the time that the cursor points at. */
export class TimeState {
  fromS: number;
  toS: number;
  /** Null if nothing is pointed at. */
  cursorS: number | null = null;
  private readonly model: RunModel;
  private readonly listeners: ((change: 'view' | 'cursor') => void)[] = [];

  constructor(model: RunModel) {
    this.model = model;
    this.fromS = model.startS;
    this.toS = model.endS;
  }

  /** How times of the run are written. */
  get texts(): TimeTexts {
    return timeTexts(this.model.endS, this.model.epochS);
  }

  onChange(listener: (change: 'view' | 'cursor') => void): void {
    this.listeners.push(listener);
  }

  /** Shows this stretch, moved into the run and no shorter than an epoch. */
  show(fromS: number, toS: number): void {
    const { startS, endS, epochS } = this.model;
    const least = Math.min(epochS, endS - startS);
    const length = Math.min(endS - startS, Math.max(least, toS - fromS));
    const middle = (fromS + toS) / 2;
    this.fromS = Math.max(startS, Math.min(endS - length, middle - length / 2));
    this.toS = this.fromS + length;
    this.tell('view');
  }

  showAll(): void {
    this.show(this.model.startS, this.model.endS);
  }

  /** Makes the stretch `factor` times as long and keeps this time at its place. */
  zoom(factor: number, aboutS = this.cursorS ?? (this.fromS + this.toS) / 2): void {
    this.show(aboutS - (aboutS - this.fromS) * factor, aboutS + (this.toS - aboutS) * factor);
  }

  /** Moves the stretch by a share of its length. */
  pan(share: number): void {
    const by = share * (this.toS - this.fromS);
    this.show(this.fromS + by, this.toS + by);
  }

  point(timeS: number | null): void {
    const { startS, endS } = this.model;
    this.cursorS = timeS === null ? null : Math.max(startS, Math.min(endS, timeS));
    this.tell('cursor');
  }

  /** Moves the cursor by some values of the drawn segment; the view follows it. */
  step(by: number): void {
    const segment = segmentFor(this.model, this.fromS, this.toS);
    const { edgesS, count } = segment;
    const now = this.cursorS ?? (this.fromS + this.toS) / 2;
    const at = Math.max(0, Math.min(count - 1, lastNotAfter(edgesS, now, count) + by));
    const timeS = (edgesS[at] + edgesS[at + 1]) / 2;
    this.point(timeS);
    const length = this.toS - this.fromS;
    if (timeS < this.fromS || timeS > this.toS) this.show(timeS - length / 2, timeS + length / 2);
  }

  private tell(change: 'view' | 'cursor'): void {
    for (const listener of this.listeners) listener(change);
  }
}
