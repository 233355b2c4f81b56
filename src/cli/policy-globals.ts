import type { Misuse } from '../policy/index.ts';

/** Objects that every JavaScript program shares, by name. */
const SHARED = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'RegExp', 'Error', 'Promise'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'Float64Array', 'Int32Array', 'Math', 'JSON', 'Reflect', 'Date'],
];

/** Kept, as a module may replace them. */
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty } = Reflect;
const { is } = Object;

interface Kept {
  readonly owner: object;
  readonly name: string;
  readonly keys: readonly PropertyKey[];
  /** By key, without a prototype. */
  readonly own: Readonly<Record<PropertyKey, PropertyDescriptor>>;
}

/**
 * Notes the built-in objects and functions as they are now. Returns a function that puts back what has changed since, and says what that
 * was: the copies of a module and the program itself share them, so a change would be a memory outside of the state. It calls nothing that
 * a module could have replaced, not even an iterator.
 */
export function builtIns(): () => Misuse | null {
  const world = globalThis as unknown as Record<string, object>;
  const kept = [keep(world, '', SHARED)];
  for (const name of SHARED) {
    const { prototype } = world[name] as { readonly prototype?: object };
    kept.push(keep(world[name], `${name}.`));
    if (prototype) kept.push(keep(prototype, `${name}.prototype.`));
  }
  return () => {
    let changed: string | null = null;
    for (let i = 0; i < kept.length; i++) changed = restored(kept[i], i > 0) ?? changed;
    return changed === null ? null : { what: changed, error: null, word: /\w+(?=\W*$)/.exec(changed)?.[0] };
  };
}

function keep(owner: object, name: string, keys: readonly PropertyKey[] = ownKeys(owner)): Kept {
  const own: Record<PropertyKey, PropertyDescriptor> = Object.create(null);
  for (const key of keys) own[key] = getOwnPropertyDescriptor(owner, key)!;
  return { owner, name, keys, own };
}

/** Puts one object back. Returns the name of a property that had changed; null if none had. `isWhole`: it has no other keys. */
function restored({ owner, name, keys, own }: Kept, isWhole: boolean): string | null {
  let changed: string | null = null;
  for (let i = 0; i < keys.length; i++) {
    const before = own[keys[i]];
    const now = getOwnPropertyDescriptor(owner, keys[i]);
    if (now && is(before.value, now.value) && before.get === now.get) continue;
    defineProperty(owner, keys[i], before);
    changed ??= name + String(keys[i]);
  }
  const present = isWhole ? ownKeys(owner) : [];
  for (let i = 0; i < present.length; i++) {
    if (own[present[i]]) continue;
    deleteProperty(owner, present[i]);
    changed ??= name + String(present[i]);
  }
  return changed;
}
