import type { Observation, PolicyDomain, RunningInference } from '../policy.ts';
import type { ModuleContext, PolicyView } from './definition.ts';
import { type AnyFunction, frozenCopy, isSameNumbers, NumberList, type WrapFunction } from './frozen.ts';

/** Numbers of the fields that are copied. */
const [TRIGGERS, SHARES, KELVIN, POWER, LEAKAGE, POINTS, STATES, COMPONENTS, INFERENCE, WAITING, LAST] =
  Array(11).keys();

/** Fields whose copies are lists of numbers, one after the other. */
const LIST_NAMES = { [KELVIN]: 'temperatureK', [POWER]: 'powerW', [LEAKAGE]: 'leakageW' };

/**
 * The view of a user's own policy: the fields of the observation, each copied and frozen when it is first read, the context, and random
 * numbers of its own generator. There is one view for a run: it shows one observation after another. Each field has a getter of its own,
 * as V8 reads through a common one several times as slowly. Lists of numbers are frozen in a strict view only; any other one knows
 * whether something was written into them.
 */
class View implements PolicyView {
  readonly context: ModuleContext;
  #observation: Observation | null = null;
  #random: (() => number) | null = null;
  /** The random numbers of this turn. */
  readonly #drawn: number[] = [];
  readonly #wrap: WrapFunction;
  /** The lists of numbers of a view that is not strict. */
  readonly #lists: Readonly<Record<number, NumberList>> | null;
  /** Counts the observations. */
  #turn = 0;
  /** By number of the field: the turn in which it was copied, its source and its copy. */
  readonly #copiedAt: number[] = Array(11).fill(0);
  readonly #sources: unknown[] = Array(11).fill(null);
  readonly #copies: unknown[] = Array(11).fill(null);

  constructor(context: ModuleContext, wrap: WrapFunction, isStrict: boolean) {
    this.context = context;
    this.#wrap = wrap;
    this.#lists = isStrict
      ? null
      : { [KELVIN]: new NumberList(), [POWER]: new NumberList(), [LEAKAGE]: new NumberList() };
    Object.freeze(this);
  }

  static turn(view: View, observation: Observation, random: () => number): void {
    view.#observation = observation;
    view.#random = random;
    view.#turn++;
    if (view.#drawn.length > 0) view.#drawn.length = 0;
  }

  static writtenList(view: View): string | null {
    // A frozen list holds what it held, and V8 is fastest with lists of one kind.
    if (view.#lists === null) return null;
    // A plain loop: an iterator would be made anew at every call.
    for (let n = KELVIN; n <= LEAKAGE; n++) {
      const copy = view.#copies[n] as readonly unknown[] | null;
      if (copy !== null && !isSameNumbers(copy, view.#sources[n] as ArrayLike<number>)) return LIST_NAMES[n];
    }
    return null;
  }

  static drawn(view: View): readonly number[] {
    return view.#drawn;
  }

  random(): number {
    const number = this.#random!();
    this.#drawn.push(number);
    return number;
  }

  get timeS(): number {
    return this.#observation!.timeS;
  }

  get queued(): number {
    return this.#observation!.queued;
  }

  get triggers(): PolicyView['triggers'] {
    return this.#lasting(TRIGGERS, this.#observation!.triggers) as PolicyView['triggers'];
  }

  get shares(): PolicyView['shares'] {
    return this.#lasting(SHARES, this.#observation!.shares) as PolicyView['shares'];
  }

  get temperatureK(): readonly number[] {
    return this.#numbers(KELVIN, this.#observation!.temperatureK);
  }

  get powerW(): readonly number[] {
    return this.#numbers(POWER, this.#observation!.powerW);
  }

  get leakageW(): readonly number[] {
    return this.#numbers(LEAKAGE, this.#observation!.leakageW);
  }

  get points(): PolicyView['points'] {
    if (this.#isCopied(POINTS)) return this.#copies[POINTS] as PolicyView['points'];
    return this.#copied(POINTS, this.#observation!.points) as PolicyView['points'];
  }

  get states(): PolicyView['states'] {
    if (this.#isCopied(STATES)) return this.#copies[STATES] as PolicyView['states'];
    return this.#copied(STATES, this.#observation!.states) as PolicyView['states'];
  }

  get components(): PolicyView['components'] {
    if (this.#isCopied(COMPONENTS)) return this.#copies[COMPONENTS] as PolicyView['components'];
    return this.#copied(COMPONENTS, this.#observation!.components) as PolicyView['components'];
  }

  get inference(): RunningInference | null {
    if (this.#isCopied(INFERENCE)) return this.#copies[INFERENCE] as RunningInference | null;
    const inference = this.#observation!.inference;
    return this.#kept(INFERENCE, inference && frozenInference(inference, this.#wrap)) as RunningInference | null;
  }

  get waiting(): PolicyView['waiting'] {
    if (this.#isCopied(WAITING)) return this.#copies[WAITING] as PolicyView['waiting'];
    return this.#copied(WAITING, this.#observation!.waiting) as PolicyView['waiting'];
  }

  get last(): PolicyView['last'] {
    if (this.#isCopied(LAST)) return this.#copies[LAST] as PolicyView['last'];
    return this.#copied(LAST, this.#observation!.last) as PolicyView['last'];
  }

  get forecastW(): PolicyView['forecastW'] {
    return this.#wrap(this.#observation!.forecastW as AnyFunction) as PolicyView['forecastW'];
  }

  get predictK(): PolicyView['predictK'] {
    return this.#wrap(this.#observation!.predictK as AnyFunction) as PolicyView['predictK'];
  }

  get fieldK(): PolicyView['fieldK'] {
    return this.#wrap(this.#observation!.fieldK as AnyFunction) as PolicyView['fieldK'];
  }

  /** A field that the engine makes once an epoch and never changes: one copy serves all decisions of the epoch. */
  #lasting(n: number, value: unknown): unknown {
    if (this.#sources[n] === value) return this.#copies[n];
    this.#sources[n] = value;
    this.#copies[n] = frozenCopy(value, this.#wrap);
    return this.#copies[n];
  }

  #numbers(n: number, values: ArrayLike<number>): readonly number[] {
    if (this.#sources[n] === values) return this.#copies[n] as readonly number[];
    this.#sources[n] = values;
    const copy = this.#lists ? this.#lists[n].take(values) : Object.freeze(Array.from(values));
    this.#copies[n] = copy;
    return copy;
  }

  /** A field is copied once for an observation, however often a loop reads it. */
  #isCopied(n: number): boolean {
    return this.#copiedAt[n] === this.#turn;
  }

  #copied(n: number, value: unknown): unknown {
    return this.#kept(n, frozenCopy(value, this.#wrap));
  }

  #kept(n: number, copy: unknown): unknown {
    this.#copies[n] = copy;
    this.#copiedAt[n] = this.#turn;
    return copy;
  }
}

/** As `frozenCopy`, in a third of the time: most policies that are in time read it at every decision. */
function frozenInference(of: RunningInference, wrap: WrapFunction): RunningInference {
  const { index, releaseS, deadlineS, progress, layer, remainingS } = of;
  const checked = wrap(remainingS as AnyFunction) as RunningInference['remainingS'];
  return Object.freeze({ index, releaseS, deadlineS, progress, layer, remainingS: checked });
}

/** Shows one observation after another. */
export interface Shown {
  /** `random` is the policy's generator. */
  show(observation: Observation, random: () => number): PolicyView;
  /** The name of a list of numbers in the view that is not what was shown; null if all are. */
  written(): string | null;
  /** The random numbers that the policy drew from this view. */
  drawn(): readonly number[];
}

/** The view of a policy in this context; in a strict one lists of numbers are frozen too. `wrap` stands around the functions in an observation. */
export function viewIn(context: ModuleContext, wrap: WrapFunction, isStrict: boolean): Shown {
  const view = new View(context, wrap, isStrict);
  return {
    show(observation, random) {
      View.turn(view, observation, random);
      return view;
    },
    written: () => View.writtenList(view),
    drawn: () => View.drawn(view),
  };
}

/** A number from 0 to below 1 for a seed, a time and a count: rounds of the finaliser of MurmurHash3 over all bits of the three. */
export function numberAt(seed: number, timeS: number, count: number): number {
  bits[0] = timeS;
  let hash = seed >>> 0;
  for (const word of [words[0], words[1], count]) hash = mixed((hash ^ word) + 0x9e3779b9);
  const low = mixed(hash + 0x9e3779b9);
  return ((hash >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);

function mixed(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Functions that take points refuse, in words, what would end in NaN somewhere inside. */
export function checkingPoints(domains: readonly PolicyDomain[]): WrapFunction {
  const checkPoints = (at: Record<string, unknown>): void => {
    for (let d = 0; d < domains.length; d++) {
      const { name, points } = domains[d];
      const point = at[name];
      if (Number.isInteger(point) && (point as number) >= 0 && (point as number) < points.length) continue;
      const given = Object.hasOwn(at, name) ? String(point) : 'undefined';
      throw new TypeError(
        `points have ${given} for domain "${name}"; each domain needs a point from 0 to ${points.length - 1}`,
      );
    }
  };
  return (called) => {
    // No function of a view or a context takes more than three.
    const checked: AnyFunction = (first, second, third) => {
      if (typeof first === 'object') checkPoints(Object(first) as Record<string, unknown>);
      return called(first, second, third);
    };
    return checked;
  };
}
