/**
 * Copies of what the engine shows to a policy of one's own. Objects and arrays are frozen, typed arrays become plain ones, sets are read
 * only. Functions stay, and get the arguments checked.
 */
export function frozenCopy(value: unknown, wrap: WrapFunction): unknown {
  if (typeof value === 'function') return wrap(value as AnyFunction);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ReadOnlySet) return value;
  if (value instanceof Set) return readOnly(value);
  if (ArrayBuffer.isView(value)) return Object.freeze(Array.from(value as unknown as ArrayLike<number>));
  if (Array.isArray(value)) return Object.freeze(value.map((one) => frozenCopy(one, wrap)));
  const copy: Record<string, unknown> = {};
  for (const key of fieldsOf(value)) copy[key] = frozenCopy((value as Record<string, unknown>)[key], wrap);
  return Object.freeze(copy);
}

/** The names of an object's fields: its own, and those that its class computes when they are read. */
export function fieldsOf(value: object): readonly string[] {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return Object.keys(value);
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(prototype));
  return [...Object.keys(value), ...descriptors.filter(([, { get }]) => get !== undefined).map(([name]) => name)];
}

export type AnyFunction = (...given: unknown[]) => unknown;
export type WrapFunction = (called: AnyFunction) => AnyFunction;

const readOnlySets = new WeakMap<ReadonlySet<unknown>, ReadonlySet<unknown>>();

/** A set that cannot be changed; equal objects for equal sets, as an engine keeps few. */
function readOnly(set: ReadonlySet<unknown>): ReadonlySet<unknown> {
  let found = readOnlySets.get(set);
  if (!found) {
    found = new ReadOnlySet([...set]) as unknown as ReadonlySet<unknown>;
    readOnlySets.set(set, Object.freeze(found));
  }
  return found;
}

class ReadOnlySet<T> {
  readonly #values: Set<T>;

  constructor(values: readonly T[]) {
    this.#values = new Set(values);
  }

  get size(): number {
    return this.#values.size;
  }

  has(value: T): boolean {
    return this.#values.has(value);
  }

  forEach(call: (value: T, again: T, set: ReadOnlySet<T>) => void): void {
    for (const value of this.#values) call(value, value, this);
  }

  keys(): IterableIterator<T> {
    return this.#values.keys();
  }

  values(): IterableIterator<T> {
    return this.#values.values();
  }

  entries(): IterableIterator<[T, T]> {
    return this.#values.entries();
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#values.values();
  }
}

/**
 * Freezes plain data to its depth, once. Returns what is wrong with it if JSON cannot hold it: `state.sum is NaN`. `known` holds what was
 * frozen before.
 */
export function freezePlain(value: unknown, path: string, known: WeakSet<object>): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : `${path} is ${value}`;
  if (typeof value !== 'object') return `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`;
  if (known.has(value)) return null;
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!Array.isArray(value) && !isPlain) return `${path} is a ${value.constructor?.name || 'special object'}`;
  if (Object.getOwnPropertySymbols(value).length > 0) return `${path} has a symbol as a key`;
  // Before its parts, so that a circle ends here.
  known.add(value);
  for (const key of Object.keys(value)) {
    const problem = freezePlain((value as Record<string, unknown>)[key], `${path}.${key}`, known);
    if (problem !== null) return problem;
  }
  Object.freeze(value);
  return null;
}
