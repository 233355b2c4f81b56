import type { Observation, PolicyDomain } from '../policy.ts';
import type { ModuleContext, PolicyView } from './definition.ts';
import { type AnyFunction, fieldsOf, frozenCopy, type WrapFunction } from './frozen.ts';

/**
 * What a policy of one's own sees: the fields of the observation, each copied and frozen when it is first read, the context, and random
 * numbers of its own generator.
 */
class View {
  readonly #observation: Observation;
  readonly #context: ModuleContext;
  readonly #random: () => number;
  readonly #wrap: WrapFunction;
  readonly #read: Record<string, unknown> = {};

  constructor(observation: Observation, context: ModuleContext, random: () => number, wrap: WrapFunction) {
    this.#observation = observation;
    this.#context = context;
    this.#random = random;
    this.#wrap = wrap;
  }

  get timeS(): number {
    return this.#observation.timeS;
  }

  get context(): ModuleContext {
    return this.#context;
  }

  random(): number {
    return this.#random();
  }

  /** Adds a field of observations. */
  static show(field: string): void {
    if (Object.hasOwn(View.prototype, field)) return;
    Object.defineProperty(View.prototype, field, {
      enumerable: true,
      get(this: View) {
        const value = (this.#observation as unknown as Record<string, unknown>)[field];
        if (typeof value === 'function') return this.#wrap(value as AnyFunction);
        if (typeof value !== 'object' || value === null) return value;
        // A field is copied once, however often a loop reads it.
        this.#read[field] ??= frozenCopy(value, this.#wrap);
        return this.#read[field];
      },
    });
  }
}

/** The kind of observations whose fields a view has. */
let shown: { readonly prototype: unknown; readonly own: number } = { prototype: null, own: 0 };

/** The view of one observation. `random` is the policy's generator; `wrap` stands around the functions in it. */
export function viewOf(
  observation: Observation,
  context: ModuleContext,
  random: () => number,
  wrap: WrapFunction,
): PolicyView {
  const prototype: unknown = Object.getPrototypeOf(observation);
  const own = Object.keys(observation).length;
  if (prototype !== shown.prototype || own !== shown.own) {
    for (const field of fieldsOf(observation)) View.show(field);
    shown = { prototype, own };
  }
  return Object.freeze(new View(observation, context, random, wrap)) as unknown as PolicyView;
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
  return (called) => {
    const checked: AnyFunction = (...given) => {
      const [points] = given;
      if (typeof points === 'object') {
        const at = Object(points) as Record<string, unknown>;
        for (const { name, points: table } of domains) {
          const point = Object.hasOwn(at, name) ? at[name] : undefined;
          if (Number.isInteger(point) && (point as number) >= 0 && (point as number) < table.length) continue;
          throw new TypeError(
            `points have ${String(point)} for domain "${name}"; each domain needs a point from 0 to ${table.length - 1}`,
          );
        }
      }
      return called(...given);
    };
    return checked;
  };
}

/** A wrap that notes the results of calls, and answers from its notes where a call is repeated. */
export function recording(inner: WrapFunction): WrapFunction {
  return (called) => {
    const answers = new Map<string, unknown>();
    const wrapped = inner(called);
    return (...given) => {
      const key = JSON.stringify(given);
      if (!answers.has(key)) answers.set(key, wrapped(...given));
      return answers.get(key);
    };
  };
}
