import { load, type Saved, save } from '../loop/saved.ts';

/** Most frames of the whole run, and of the epochs around its hottest one. */
const MOST = 320;
const MOST_NEAR = 80;

/** States of the temperatures at the ends of some epochs, for pictures of the die over time. */
export interface StateFrames {
  /** Ends of the epochs, ascending, s. */
  readonly timeS: Float64Array;
  /** Frames x modes: amplitudes. */
  readonly states: Float64Array;
}

/** The state at the end of an epoch. It never changes: snapshots of a run share it. */
interface Frame {
  readonly timeS: number;
  readonly state: Float64Array;
}

const FRAMES_STATE = ['stride', 'epochs', 'hottestK', 'sinceHottest', 'even', 'ring', 'near'];

/**
 * Keeps states while a run goes on, of which it does not know the length: every epoch at first, and every second of those kept as often
 * as there are too many. It also keeps each epoch around the hottest one.
 */
export class Frames {
  private readonly modes: number;
  private stride = 1;
  private epochs = 0;
  private even: Frame[] = [];
  /** The last epochs in a ring, and a copy from around the hottest. */
  private ring: Frame[] = [];
  private near: readonly Frame[] | null = null;
  private hottestK = Number.NEGATIVE_INFINITY;
  private sinceHottest = MOST_NEAR;
  /** Copies for the ring, of which so many are taken. Each is written once. */
  private copies = new Float64Array(0);
  private copied = MOST_NEAR;

  constructor(modes: number) {
    this.modes = modes;
  }

  /** Takes note of an epoch that ends at `timeS` in this state, with its hottest block at `hottestK`. */
  note(timeS: number, state: Float64Array, hottestK: number): void {
    if (this.epochs % this.stride === 0) this.keep({ timeS, state: state.slice() });
    this.ring[this.epochs % MOST_NEAR] = { timeS, state: this.copy(state) };
    this.epochs++;
    if (hottestK > this.hottestK) {
      this.hottestK = hottestK;
      this.sinceHottest = 0;
    }
    // The copy waits until the ring holds as much after the hottest epoch as before it.
    if (this.sinceHottest++ === MOST_NEAR / 2) this.near = this.ring.slice();
  }

  /** A copy that shares its memory with those of other epochs: the ring would else take new memory in each. */
  private copy(state: Float64Array): Float64Array {
    if (this.copied === MOST_NEAR) {
      this.copies = new Float64Array(MOST_NEAR * this.modes);
      this.copied = 0;
    }
    const at = this.copied++ * this.modes;
    const copy = this.copies.subarray(at, at + this.modes);
    copy.set(state);
    return copy;
  }

  save(): Saved {
    return save(this, FRAMES_STATE);
  }

  load(saved: Saved): void {
    load(this, saved);
  }

  /** All frames in order of time. */
  result(): StateFrames {
    const near = this.near && this.sinceHottest > MOST_NEAR / 2 ? this.near : this.ring;
    const all = new Map([...this.even, ...near].map(({ timeS, state }) => [timeS, state]));
    const times = Float64Array.from(all.keys()).sort();
    const states = new Float64Array(times.length * this.modes);
    times.forEach((s, i) => {
      states.set(all.get(s)!, i * this.modes);
    });
    return { timeS: times, states };
  }

  /** Drops every second frame where there is no place for another. */
  private keep(frame: Frame): void {
    if (this.even.length === MOST) {
      this.even = this.even.filter((_, i) => i % 2 === 0);
      this.stride *= 2;
    }
    if (this.epochs % this.stride === 0) this.even.push(frame);
  }
}
