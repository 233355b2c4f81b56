import type { Path } from '../../base/document.ts';
import { type ErrorCode, fail, type Span } from '../../base/errors.ts';
import type { PolicyDomain, PolicySetting } from '../policy.ts';
import type { Tests, Tree } from './code.ts';
import { type Question, type Reading, readingAt, type ShareField, UNITS } from './readings.ts';
import type { ComparisonFile, ConditionFile, ReadingName } from './schema.ts';

/** A comparison of a reading with bounds. One with a hysteresis remembers whether it holds. */
interface Comparison {
  readonly reading: number;
  readonly bounds: Bounds;
  /** Its place in the memory; -1 without a hysteresis. */
  readonly latch: number;
}

/** A comparison that remembers whether it holds. */
interface Latch {
  readonly reading: number;
  readonly test: Bounds;
  /** Bounds while it holds. */
  readonly wide: Bounds;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly strictLow: boolean;
  readonly strictHigh: boolean;
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

/** All readings and comparisons of a policy. `look` takes the readings of a question; then conditions can be tested. */
export class Conditions implements Tests {
  private readonly setting: PolicySetting;
  private readonly span: (path: Path) => Span | undefined;
  private readonly readings: Reading[] = [];
  private readonly indexOf = new Map<string, number>();
  private readonly comparisons: Comparison[] = [];
  private readonly latches: Latch[] = [];
  /** Indices of the readings whose changes are looked at. */
  private readonly changing: number[] = [];
  private readonly question: Question = { observation: null as never, components: null };
  private memory: Memory = NO_MEMORY;
  private values = new Float64Array(0);
  /** By reading: the turn in which its value was taken. */
  private known = new Float64Array(0);
  private turn = 0;
  /** By reading: the domain whose share it is, or null, and the place of the share in a record. */
  private shareOf: readonly (string | null)[] = [];
  private shareField = new Int32Array(0);
  /** By comparison: its reading, its place in the memory or -1, and its bounds, both inclusive. */
  private readingOf = new Int32Array(0);
  private latchOf = new Int32Array(0);
  private low = new Float64Array(0);
  private high = new Float64Array(0);

  constructor(setting: PolicySetting, span: (path: Path) => Span | undefined) {
    this.setting = setting;
    this.span = span;
  }

  /** Errors: those of `readingAt`, and of bounds that contradict each other. */
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
    const h = UNITS[name].distance(file.hysteresis);
    const wide = { low: test.low - h, high: test.high + h, strictLow: false, strictHigh: false };
    const latch = this.latches.push({ reading, test, wide }) - 1;
    return { tree: this.add({ reading, bounds: test, latch }), shown, trip };
  }

  private add(comparison: Comparison): number {
    return this.comparisons.push(comparison) - 1;
  }

  private readingIndex(reading: Reading): number {
    const { key, changeOf } = reading;
    let index = this.indexOf.get(key);
    if (index !== undefined) return index;
    if (changeOf) {
      const of = this.readingIndex(changeOf);
      const at = this.changing.push(of) - 1;
      const read = (): number => this.memory.change[at] ?? Number.NaN;
      index = this.readings.push({ key, read }) - 1;
    } else {
      index = this.readings.push(reading) - 1;
    }
    this.indexOf.set(key, index);
    return index;
  }

  /** Ends the compiling. Now conditions can be tested. */
  pack(): void {
    const { comparisons, readings } = this;
    this.values = new Float64Array(readings.length);
    this.known = new Float64Array(readings.length);
    this.shareOf = readings.map(({ share }) => share?.domain ?? null);
    this.shareField = Int32Array.from(readings, ({ share }) => (share ? SHARES.indexOf(share.field) : -1));
    this.readingOf = Int32Array.from(comparisons, ({ reading }) => reading);
    this.latchOf = Int32Array.from(comparisons, ({ latch }) => latch);
    this.low = Float64Array.from(comparisons, ({ bounds: { low, strictLow } }) => (strictLow ? nextAbove(low) : low));
    this.high = Float64Array.from(comparisons, ({ bounds: { high, strictHigh } }) =>
      strictHigh ? -nextAbove(-high) : high,
    );
  }

  /** Whether some reading needs the observer of a run. */
  get predicts(): boolean {
    return this.readings.some(({ predicts }) => predicts === true);
  }

  /** Takes the readings of a question. Returns the memory after it: `before` itself if nothing changed. */
  look(observation: Question['observation'], before: Memory): Memory {
    const { question, latches, changing } = this;
    question.observation = observation;
    question.components = null;
    this.turn++;
    this.memory = before;
    if (changing.length > 0 && observation.triggers.has('epoch')) this.lookAtChanges(before);
    let latched: number[] | null = null;
    for (let i = 0; i < latches.length; i++) {
      const { reading, test, wide } = latches[i];
      const isOn = isWithin(this.value(reading), before.latched[i] === 1 ? wide : test) ? 1 : 0;
      if (isOn === before.latched[i]) continue;
      latched ??= Array.from(latches, (_, k) => before.latched[k] ?? 0);
      latched[i] = isOn;
    }
    if (latched !== null) this.memory = { latched, last: this.memory.last, change: this.memory.change };
    return this.memory;
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
    if (latch >= 0) return this.memory.latched[latch] === 1;
    // False for NaN: a reading that does not exist is within no bounds.
    const value = this.value(this.readingOf[comparison]);
    return value >= this.low[comparison] && value <= this.high[comparison];
  }

  /** A reading of the present question; NaN if there is none. */
  value(reading: number): number {
    const { values, known, turn } = this;
    if (known[reading] !== turn) {
      known[reading] = turn;
      const domain = this.shareOf[reading];
      if (domain === null || this.question.observation.timeS === 0) {
        values[reading] = this.readings[reading].read(this.question);
      } else {
        const of = this.question.observation.shares[domain];
        const field = this.shareField[reading];
        values[reading] = field === 0 ? of.busy : field === 1 ? of.stall : of.idle;
      }
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

/** False for NaN: a reading that does not exist is within no bounds. */
function isWithin(value: number, { low, high, strictLow, strictHigh }: Bounds): boolean {
  return (strictLow ? value > low : value >= low) && (strictHigh ? value < high : value <= high);
}

/** The next larger double: a bound that a value has to be above is one that it has to reach. */
function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

type Refuse = (code: ErrorCode, message: string, expected: string) => never;

function boundsOf(name: ReadingName, file: ComparisonFile, refuse: Refuse): Bounds {
  const { above, at_least, below, at_most } = file;
  const { parse } = UNITS[name];
  if (above !== undefined && at_least !== undefined) refuse('unknown-key', 'has two lower bounds', 'above or at_least');
  if (below !== undefined && at_most !== undefined) refuse('unknown-key', 'has two upper bounds', 'below or at_most');
  const [from, to] = [above ?? at_least, below ?? at_most];
  if (from === undefined && to === undefined) {
    refuse('missing-key', 'has no bound', 'one of above, at_least, below, at_most');
  }
  const bounds = {
    low: from === undefined ? Number.NEGATIVE_INFINITY : parse(from),
    high: to === undefined ? Number.POSITIVE_INFINITY : parse(to),
    strictLow: above !== undefined,
    strictHigh: below !== undefined,
  };
  const isEmpty = bounds.strictLow || bounds.strictHigh ? bounds.low >= bounds.high : bounds.low > bounds.high;
  if (isEmpty)
    refuse('out-of-range', `never holds: nothing lies from ${from} to ${to}`, 'a lower bound below the upper');
  return bounds;
}
