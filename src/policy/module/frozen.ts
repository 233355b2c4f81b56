/**
 * Copies of what the engine shows to a policy of one's own. Objects and arrays are frozen, typed arrays become plain ones, sets are read
 * only. Functions stay, and get the arguments checked.
 */
export function frozenCopy(value: unknown, wrap: WrapFunction): unknown {
  if (typeof value === 'function') return wrap(value as AnyFunction);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ReadOnlySet) return value;
  if (value instanceof Set) return readOnly(value);
  if (ArrayBuffer.isView(value) || Array.isArray(value))
    return frozenArray(value as unknown as ArrayLike<unknown>, wrap);
  const copy: Record<string, unknown> = {};
  for (const key of fieldsOf(value)) {
    const field = (value as Record<string, unknown>)[key];
    copy[key] = typeof field === 'object' || typeof field === 'function' ? frozenCopy(field, wrap) : field;
  }
  return Object.freeze(copy);
}

function frozenArray(values: ArrayLike<unknown>, wrap: WrapFunction): readonly unknown[] {
  // Several times as fast as Array.from.
  const copy = new Array<unknown>(values.length);
  for (let i = 0; i < copy.length; i++) {
    const value = values[i];
    copy[i] = typeof value === 'number' ? value : frozenCopy(value, wrap);
  }
  return Object.freeze(copy);
}

/**
 * A list that takes one set of numbers after another. Frozen arrays take V8 several times as long to make and to read, so this one is
 * not frozen: what was written into it shows when it is compared with its source. A state that holds the list freezes it; then the next
 * numbers get another one.
 */
export class NumberList {
  #list: number[] = [];

  take(values: ArrayLike<number>): readonly number[] {
    try {
      if (this.#list.length === values.length) return fill(this.#list, values);
    } catch {
      // Frozen: to ask takes longer than to try.
    }
    this.#list = fill(doubles(values.length), values);
    return this.#list;
  }
}

function fill(list: number[], values: ArrayLike<number>): number[] {
  for (let i = 0; i < list.length; i++) list[i] = values[i];
  return list;
}

/** An array of doubles from its start: one that held whole numbers first would be of another kind for V8. */
function doubles(count: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < count; i++) list.push(0.5);
  return list;
}

/** Whether a list holds the same numbers, and nothing more; 0 and -0 differ. */
export function isSameNumbers(list: readonly unknown[], values: ArrayLike<number>): boolean {
  if (list.length !== values.length) return false;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    // Object.is alone takes several times as long.
    if (value === values[i] && value !== 0) continue;
    if (!Object.is(value, values[i])) return false;
  }
  return true;
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

/** Deeper data would overflow the stack of JSON. It is a list that grows at every decision. */
const DEEPEST = 100;

/**
 * Freezes plain data to its depth. Returns what is wrong with it if JSON cannot hold it: `state.sum is NaN`. `known` holds what was
 * frozen before and how deep it is; what has no parts is not noted, as that would take longer than to look at it again.
 */
export function freezePlain(value: unknown, path: string, known: WeakMap<object, number>): string | null {
  if (isFlat(value)) {
    Object.freeze(value);
    return null;
  }
  const found = freezeParts(value, path, known, []);
  return typeof found === 'string' ? found : null;
}

/**
 * Whether a value has no parts of its own, as most states: it is frozen without a walk through it. To look for symbols takes longer than
 * all the rest, so `hasSymbols` does that for states that are used twice.
 */
function isFlat(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isSimple(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) if (!isSimple((value as Record<string, unknown>)[key])) return false;
  return true;
}

/** Whether a value has symbols among its keys, which JSON leaves out. */
export function hasSymbols(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getOwnPropertySymbols(value).length > 0;
}

/** The depth of a value, or what is wrong with it. `around` are the objects that it is in. */
function freezeParts(
  value: unknown,
  path: string,
  known: WeakMap<object, number>,
  around: readonly object[],
): number | string {
  if (isSimple(value)) return 0;
  if (typeof value === 'number') return `${path} is ${value}`;
  if (typeof value !== 'object') return `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`;
  const object: object = value!;
  if (around.includes(object)) return `${path} is an object inside itself`;
  const before = Object.isFrozen(object) ? known.get(object) : undefined;
  if (before !== undefined) return before;
  const prototype = Object.getPrototypeOf(object);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!Array.isArray(object) && !isPlain) return `${path} is a ${object.constructor?.name || 'special object'}`;
  if (hasSymbols(object)) return `${path} has a symbol as a key`;
  Object.freeze(object);
  let depth = 0;
  let within: readonly object[] | null = null;
  for (const key of Object.keys(object)) {
    const part = (object as Record<string, unknown>)[key];
    if (isSimple(part)) continue;
    within ??= [...around, object];
    const found = within.length > DEEPEST ? DEEPEST : freezeParts(part, `${path}.${key}`, known, within);
    if (typeof found === 'string') return found;
    depth = Math.max(depth, found);
    if (depth >= DEEPEST) return `${path.split('.', 1)[0]} is more than ${DEEPEST} objects deep`;
  }
  if (within !== null) known.set(object, depth + 1);
  return depth + 1;
}

function isSimple(value: unknown): boolean {
  return Number.isFinite(value) || typeof value === 'string' || typeof value === 'boolean' || value === null;
}
