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

/**
 * Keeps states while a run goes on, of which it does not know the length: every epoch at first, and every second of those kept as often
 * as there are too many. It also keeps each epoch around the hottest one.
 */
export class Frames {
  private readonly modes: number;
  private stride = 1;
  private epochs = 0;
  private readonly even: Store;
  /** The last epochs in a ring, and a copy from around the hottest. */
  private readonly ring: Store;
  private near: StateFrames | null = null;
  private hottestK = Number.NEGATIVE_INFINITY;
  private sinceHottest = MOST_NEAR;

  constructor(modes: number) {
    this.modes = modes;
    this.even = new Store(MOST, modes);
    this.ring = new Store(MOST_NEAR, modes);
  }

  /** Takes note of an epoch that ends at `timeS` in this state, with its hottest block at `hottestK`. */
  note(timeS: number, state: Float64Array, hottestK: number): void {
    if (this.epochs % this.stride === 0) {
      if (this.even.count === MOST) {
        this.even.halve();
        this.stride *= 2;
      }
      if (this.epochs % this.stride === 0) this.even.put(this.even.count++, timeS, state);
    }
    this.ring.put(this.epochs % MOST_NEAR, timeS, state);
    this.epochs++;
    this.ring.count = Math.min(this.epochs, MOST_NEAR);
    if (hottestK > this.hottestK) {
      this.hottestK = hottestK;
      this.sinceHottest = 0;
    }
    // The copy waits until the ring holds as much after the hottest epoch as before it.
    if (this.sinceHottest++ === MOST_NEAR / 2) this.near = this.ring.copy();
  }

  save(): Saved {
    const own = save(this, ['stride', 'epochs', 'hottestK', 'sinceHottest', 'near']);
    return { ...own, even: this.even.save(), ring: this.ring.save() };
  }

  load({ even, ring, ...saved }: Saved): void {
    load(this, saved);
    this.even.load(even as Saved);
    this.ring.load(ring as Saved);
  }

  /** All frames in order of time. */
  result(): StateFrames {
    const near = this.near && this.sinceHottest > MOST_NEAR / 2 ? this.near : this.ring.copy();
    const all = new Map<number, Float64Array>();
    for (const { timeS, states } of [this.even.copy(), near]) {
      timeS.forEach((s, i) => {
        all.set(s, states.subarray(i * this.modes, (i + 1) * this.modes));
      });
    }
    const times = Float64Array.from(all.keys()).sort();
    const states = new Float64Array(times.length * this.modes);
    times.forEach((s, i) => {
      states.set(all.get(s)!, i * this.modes);
    });
    return { timeS: times, states };
  }
}

/** States with their times in arrays of fixed size. */
class Store {
  count = 0;
  private readonly modes: number;
  private readonly timeS: Float64Array;
  private readonly states: Float64Array;

  constructor(most: number, modes: number) {
    this.modes = modes;
    this.timeS = new Float64Array(most);
    this.states = new Float64Array(most * modes);
  }

  put(at: number, timeS: number, state: Float64Array): void {
    this.timeS[at] = timeS;
    this.states.set(state, at * this.modes);
  }

  save(): Saved {
    return save(this, ['count', 'timeS', 'states']);
  }

  load(saved: Saved): void {
    load(this, saved);
  }

  /** Drops every second state. */
  halve(): void {
    const { modes } = this;
    this.count = Math.ceil(this.count / 2);
    for (let i = 0; i < this.count; i++) {
      this.timeS[i] = this.timeS[2 * i];
      this.states.copyWithin(i * modes, 2 * i * modes, (2 * i + 1) * modes);
    }
  }

  copy(): StateFrames {
    return { timeS: this.timeS.slice(0, this.count), states: this.states.slice(0, this.count * this.modes) };
  }
}
