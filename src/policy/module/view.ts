import type { Observation, PolicyDomain, RunningInference } from '../policy.ts';
import type { ModuleContext, PolicyView } from './definition.ts';
import { type AnyFunction, fieldsOf, frozenCopy, type WrapFunction } from './frozen.ts';

/** Fields that the engine makes once an epoch and never changes: one copy serves all decisions of the epoch. */
const LASTING = new Set(['temperatureK', 'powerW', 'leakageW', 'shares', 'triggers']);

/**
 * The view of a user's own policy: the fields of the observation, each copied and frozen when it is first read, the context, and random
 * numbers of its own generator. There is one view for a run: it shows one observation after another.
 */
class View {
  readonly #context: ModuleContext;
  #observation: Observation | null = null;
  #random: (() => number) | null = null;
  #wrap: WrapFunction | null = null;
  /** Counts the observations. */
  #turn = 0;
  /** By number of the field: the turn in which it was copied, its source and its copy. */
  readonly #copiedAt: number[] = [];
  readonly #sources: unknown[] = [];
  readonly #copies: unknown[] = [];

  constructor(context: ModuleContext) {
    this.#context = context;
  }

  get timeS(): number {
    return this.#observation!.timeS;
  }

  get context(): ModuleContext {
    return this.#context;
  }

  random(): number {
    return this.#random!();
  }

  static turn(view: View, observation: Observation, random: () => number, wrap: WrapFunction): void {
    view.#observation = observation;
    view.#random = random;
    view.#wrap = wrap;
    view.#turn++;
  }

  /** Adds a field of observations, the n-th. */
  static show(field: string, n: number): void {
    if (Object.hasOwn(View.prototype, field)) return;
    const lasts = LASTING.has(field);
    Object.defineProperty(View.prototype, field, {
      enumerable: true,
      get(this: View) {
        if (this.#copiedAt[n] === this.#turn) return this.#copies[n];
        const value = (this.#observation as unknown as Record<string, unknown>)[field];
        if (typeof value === 'function') return this.#wrap!(value as AnyFunction);
        if (typeof value !== 'object' || value === null) return value;
        if (!lasts || this.#sources[n] !== value) {
          this.#sources[n] = value;
          this.#copies[n] = frozen(field, value, this.#wrap!);
        }
        // A field is copied once, however often a loop reads it.
        this.#copiedAt[n] = this.#turn;
        return this.#copies[n];
      },
    });
  }
}

function frozen(field: string, value: object, wrap: WrapFunction): unknown {
  if (field === 'inference') return frozenInference(value as RunningInference, wrap);
  // The engine makes a list of readings for each epoch and only reads it, so it needs no copy.
  if (field === 'temperatureK' && Array.isArray(value)) return Object.freeze(value);
  return frozenCopy(value, wrap);
}

/** As `frozenCopy`, in a third of the time: most policies that are in time read it at every decision. */
function frozenInference(of: RunningInference, wrap: WrapFunction): RunningInference {
  const { index, releaseS, deadlineS, progress, layer, remainingS } = of;
  const checked = wrap(remainingS as AnyFunction) as RunningInference['remainingS'];
  return Object.freeze({ index, releaseS, deadlineS, progress, layer, remainingS: checked });
}

/** The fields that a view has, and the kind of observations that had them last. */
const fields: string[] = [];
let shown: { readonly prototype: unknown; readonly own: number } = { prototype: null, own: -1 };

function showFieldsOf(observation: Observation): void {
  const prototype: unknown = Object.getPrototypeOf(observation);
  if (prototype !== null && prototype !== Object.prototype && prototype === shown.prototype) return;
  const own = Object.keys(observation).length;
  if (prototype === shown.prototype && own === shown.own) return;
  for (const field of fieldsOf(observation)) {
    if (!fields.includes(field)) View.show(field, fields.push(field) - 1);
  }
  shown = { prototype, own };
}

/** Shows one observation after another. `random` is the policy's generator; `wrap` stands around the functions in an observation. */
export type Show = (observation: Observation, random: () => number, wrap: WrapFunction) => PolicyView;

/** The view of a policy in this context. */
export function viewIn(context: ModuleContext): Show {
  const view = new View(context);
  Object.freeze(view);
  return (observation, random, wrap) => {
    showFieldsOf(observation);
    View.turn(view, observation, random, wrap);
    return view as unknown as PolicyView;
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
