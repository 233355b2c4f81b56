import type { Path } from '../../base/document.ts';
import { fail, type Span } from '../../base/errors.ts';
import type { Observation, PolicyDomain, PolicySetting } from '../policy.ts';
import { type Bounds, boundsAsPair, boundsOf, boundsWhileHeld } from './bounds.ts';
import type { Tests, Tree } from './code.ts';
import { type Question, type Reading, readingAt, type ShareField } from './readings.ts';
import type { ComparisonFile, ConditionFile, ReadingName } from './schema.ts';

/** A comparison of a reading with bounds. One with a hysteresis remembers whether it holds. */
interface Comparison {
  readonly reading: number;
  readonly bounds: Bounds;
  /** Its place in the memory; -1 without a hysteresis. */
  readonly latch: number;
}

/** A comparison that remembers whether it holds: the bounds until it does, and those while it does. */
interface Latch {
  readonly reading: number;
  readonly test: Bounds;
  readonly wide: Bounds;
}

/** A condition, compiled. */
export interface Condition {
  readonly tree: Tree;
  /** The name of its reading, for reasons. */
  readonly shown: readonly { readonly name: ReadingName; readonly reading: number }[];
  /** The temperature from which it holds, if it says one: its reading, and the bound in K. */
  readonly trip: { readonly reading: number; readonly tripK: number } | null;
}

/** The memory of a policy of rules for its readings, from epoch to epoch: plain data. */
export interface Memory {
  /** 1 for each comparison with a hysteresis that holds. */
  readonly latched: readonly number[];
  /** The readings whose changes are looked at, at the last epoch; empty before the first. */
  readonly last: readonly number[];
  /** Their changes over the last epoch; empty before the second. */
  readonly change: readonly number[];
}

export const NO_MEMORY: Memory = { latched: [], last: [], change: [] };

/** Most comparisons of a policy, over all its rules and domains: each costs time at every epoch. */
const MOST_COMPARISONS = 4096;

/**
 * All readings and comparisons of a policy. `look` takes the readings of a question; then conditions can be tested. The first readings are
 * the shares of the domains, which most rules read: each epoch takes them all at once. The others are taken when a condition asks.
 */
export class Conditions implements Tests {
  private readonly setting: PolicySetting;
  private readonly span: (path: Path) => Span | undefined;
  /** The readings behind the shares. */
  private readonly readings: Reading[] = [];
  private readonly firstReading: number;
  private readonly indexOf = new Map<string, number>();
  private readonly comparisons: Comparison[] = [];
  private readonly latches: Latch[] = [];
  private readonly latchAt = new Map<string, number>();
  /** Indices of the readings whose changes are looked at. */
  private readonly changing: number[] = [];
  /** Indices of the domains whose shares are read. */
  private readonly sharing = new Set<number>();
  private readonly question: Question = { observation: null as never, components: null };
  private memory: Memory = NO_MEMORY;
  private values = new Float64Array(0);
  /** By reading: the turn in which its value was taken. */
  private known = new Float64Array(0);
  private turn = 0;
  /** The names of these domains, and the places of their shares. */
  private sharers: readonly string[] = [];
  private sharesAt = new Int32Array(0);
  /** By comparison: its reading, its place in the memory or -1, and its bounds, both inclusive. */
  private readingOf = new Int32Array(0);
  private latchOf = new Int32Array(0);
  private bounds = new Float64Array(0);
  /** By latch: its reading, whether it holds now, and its bounds: until it holds, then while it does. */
  private latchReading = new Int32Array(0);
  private isOn = new Uint8Array(0);
  private latchBounds = new Float64Array(0);

  constructor(setting: PolicySetting, span: (path: Path) => Span | undefined) {
    this.setting = setting;
    this.span = span;
    this.firstReading = SHARES.length * setting.domains.length;
  }

  /** Errors: those of `readingAt`, of bounds that contradict each other, and of a hysteresis that never lets go. */
  compile(file: ConditionFile | undefined, path: Path, domain: PolicyDomain, inRegion: boolean): Condition {
    if (file === undefined) return { tree: { all: [] }, shown: [], trip: null };
    const parts = Object.keys(file).map((key) => this.part(file, key as keyof ConditionFile, path, domain, inRegion));
    return {
      tree: { all: parts.map(({ tree }) => tree) },
      shown: parts.flatMap(({ shown }) => shown),
      trip: parts.find(({ trip }) => trip !== null)?.trip ?? null,
    };
  }

  private part(
    file: ConditionFile,
    key: keyof ConditionFile,
    path: Path,
    domain: PolicyDomain,
    inRegion: boolean,
  ): Condition {
    const compile = (inner: ConditionFile, ...at: Path): Condition =>
      this.compile(inner, [...path, ...at], domain, inRegion);
    if (key === 'not') {
      const inner = compile(file.not!, 'not');
      return { tree: { not: inner.tree }, shown: inner.shown, trip: null };
    }
    if (key === 'all' || key === 'any') {
      const all = file[key]!.map((inner, i) => compile(inner, key, i));
      const shown = all.flatMap((one) => one.shown);
      const trees = all.map(({ tree }) => tree);
      if (key === 'any') return { tree: { any: trees }, shown, trip: null };
      return { tree: { all: trees }, shown, trip: all.find(({ trip }) => trip)?.trip ?? null };
    }
    if (key === 'running') {
      const tree = this.add({ reading: this.readingIndex(RUNNING), bounds: SOMETHING, latch: -1 });
      return { tree: file.running ? tree : { not: tree }, shown: [], trip: null };
    }
    return this.comparison(key, file[key]!, [...path, key], domain, inRegion);
  }

  private comparison(
    name: ReadingName,
    file: ComparisonFile,
    path: Path,
    domain: PolicyDomain,
    inRegion: boolean,
  ): Condition {
    if (this.comparisons.length >= MOST_COMPARISONS) {
      fail('out-of-range', `the rules make more than ${MOST_COMPARISONS} comparisons at every epoch`, {
        span: this.span(path),
        expected: 'fewer rules',
      });
    }
    const spanOf = (index?: number): Span | undefined => {
      if (file.of === undefined) return this.span(path);
      return this.span(typeof file.of === 'string' || index === undefined ? [...path, 'of'] : [...path, 'of', index]);
    };
    const reading = this.readingIndex(readingAt({ name, file, domain, inRegion, span: spanOf }, this.setting));
    const test = boundsOf(name, file, (code, message, expected) =>
      fail(code, `"${path.join('.')}" ${message}`, { span: this.span(path), expected }),
    );
    const trip = name === 'temperature' && Number.isFinite(test.low) ? { reading, tripK: test.low } : null;
    const shown = [{ name, reading }];
    if (file.hysteresis === undefined) return { tree: this.add({ reading, bounds: test, latch: -1 }), shown, trip };
    const wide = boundsWhileHeld(name, file, test, (code, message, expected) =>
      fail(code, `"${[...path, 'hysteresis'].join('.')}" ${message}`, {
        span: this.span([...path, 'hysteresis']),
        expected,
      }),
    );
    return { tree: this.add({ reading, bounds: test, latch: this.latch({ reading, test, wide }) }), shown, trip };
  }

  /** Equal comparisons of the same reading remember the same: they share one place. */
  private latch(latch: Latch): number {
    const key = JSON.stringify([latch.reading, ...boundsAsPair(latch.test), ...boundsAsPair(latch.wide)]);
    const found = this.latchAt.get(key) ?? this.latches.push(latch) - 1;
    this.latchAt.set(key, found);
    return found;
  }

  private add(comparison: Comparison): number {
    return this.comparisons.push(comparison) - 1;
  }

  private readingIndex(reading: Reading): number {
    const { key, changeOf, share } = reading;
    if (share) {
      const d = this.setting.domains.findIndex(({ name }) => name === share.domain);
      this.sharing.add(d);
      return SHARES.length * d + SHARES.indexOf(share.field);
    }
    let index = this.indexOf.get(key);
    if (index !== undefined) return index;
    if (changeOf) {
      const of = this.readingIndex(changeOf);
      const at = this.changing.push(of) - 1;
      const read = (): number => this.memory.change[at] ?? Number.NaN;
      index = this.firstReading + this.readings.push({ key, read }) - 1;
    } else {
      index = this.firstReading + this.readings.push(reading) - 1;
    }
    this.indexOf.set(key, index);
    return index;
  }

  /** Ends the compiling. Now conditions can be tested. */
  pack(): void {
    const { comparisons, latches, readings, firstReading, setting } = this;
    this.values = new Float64Array(firstReading + readings.length);
    this.known = new Float64Array(firstReading + readings.length);
    const sharing = [...this.sharing];
    this.sharers = sharing.map((d) => setting.domains[d].name);
    this.sharesAt = Int32Array.from(sharing, (d) => SHARES.length * d);
    this.readingOf = Int32Array.from(comparisons, ({ reading }) => reading);
    this.latchOf = Int32Array.from(comparisons, ({ latch }) => latch);
    this.bounds = Float64Array.from(comparisons.flatMap(({ bounds }) => boundsAsPair(bounds)));
    this.latchReading = Int32Array.from(latches, ({ reading }) => reading);
    this.isOn = new Uint8Array(latches.length);
    this.latchBounds = Float64Array.from(
      latches.flatMap(({ test, wide }) => [...boundsAsPair(test), ...boundsAsPair(wide)]),
    );
  }

  /** Whether some reading needs the observer of a run. */
  get predicts(): boolean {
    return this.readings.some(({ predicts }) => predicts === true);
  }

  /** Takes the readings of a question. Returns the memory after it: `before` itself if nothing changed. */
  look(observation: Observation, before: Memory): Memory {
    const { question, changing, isOn, latchReading, latchBounds } = this;
    question.observation = observation;
    question.components = null;
    this.turn++;
    this.memory = before;
    this.takeShares(observation);
    if (changing.length > 0 && observation.triggers.has('epoch')) this.lookAtChanges(before);
    const { latched } = before;
    let isSame = true;
    for (let i = 0; i < isOn.length; i++) {
      const was = latched[i] === 1 ? 1 : 0;
      const value = this.value(latchReading[i]);
      const at = 4 * i + 2 * was;
      isOn[i] = value >= latchBounds[at] && value <= latchBounds[at + 1] ? 1 : 0;
      isSame &&= isOn[i] === latched[i];
    }
    if (!isSame) this.memory = { latched: Array.from(isOn), last: this.memory.last, change: this.memory.change };
    return this.memory;
  }

  /** Before the first epoch has passed, there is nothing to say about it. */
  private takeShares({ timeS, shares }: Observation): void {
    const { sharers, sharesAt, values } = this;
    for (let i = 0; i < sharesAt.length; i++) {
      const at = sharesAt[i];
      const of = shares[sharers[i]];
      values[at] = timeS === 0 ? Number.NaN : of.busy;
      values[at + 1] = timeS === 0 ? Number.NaN : of.stall;
      values[at + 2] = timeS === 0 ? Number.NaN : of.idle;
    }
  }

  /** Remembers the readings of this epoch, and how they changed since the last one. */
  private lookAtChanges({ latched, last: before }: Memory): void {
    const { changing } = this;
    const last = new Array<number>(changing.length);
    const change = new Array<number>(before.length > 0 ? changing.length : 0);
    for (let i = 0; i < last.length; i++) {
      last[i] = this.value(changing[i]);
      if (before.length > 0) change[i] = last[i] - before[i];
    }
    this.memory = { latched, last, change };
  }

  /** Whether a comparison holds now. */
  holds(comparison: number): boolean {
    const latch = this.latchOf[comparison];
    if (latch >= 0) return this.isOn[latch] === 1;
    // False for NaN: a reading that does not exist is within no bounds.
    const value = this.value(this.readingOf[comparison]);
    return value >= this.bounds[2 * comparison] && value <= this.bounds[2 * comparison + 1];
  }

  /** A reading of the present question; NaN if there is none. */
  value(reading: number): number {
    const { values, known, turn, firstReading } = this;
    if (reading >= firstReading && known[reading] !== turn) {
      known[reading] = turn;
      values[reading] = this.readings[reading - firstReading].read(this.question);
    }
    return values[reading];
  }
}

const SHARES: readonly ShareField[] = ['busy', 'stall', 'idle'];

/** 1 while an inference runs, else 0. */
const RUNNING: Reading = {
  key: 'running',
  read: ({ observation }) => (observation.inference === null ? 0 : 1),
};
const SOMETHING: Bounds = { low: 1, high: 1, strictLow: false, strictHigh: false };
