import type { Misuse } from '../policy/index.ts';

/** Objects that every JavaScript program shares, by name. */
const SHARED = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'RegExp', 'Error', 'Promise'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'Float64Array', 'Int32Array', 'Math', 'JSON', 'Reflect', 'Date'],
];

interface Kept {
  readonly owner: object;
  readonly name: string;
  readonly own: ReadonlyMap<PropertyKey, PropertyDescriptor>;
}

/**
 * Notes the built-in objects and functions as they are now. Returns a function that puts back what has changed since, and says what that
 * was: the copies of a module and the program itself share them, so a change would be a memory outside of the state.
 */
export function builtIns(): () => Misuse | null {
  const world = globalThis as unknown as Record<string, object>;
  const kept = SHARED.flatMap((name) => {
    const owner = world[name];
    const { prototype } = owner as { readonly prototype?: object };
    return [keep(owner, name), ...(prototype ? [keep(prototype, `${name}.prototype`)] : [])];
  });
  const names = SHARED.map((name) => [name, Object.getOwnPropertyDescriptor(world, name)] as const);
  return () => {
    let changed: string | null = null;
    for (const [name, before] of names) {
      if (Object.getOwnPropertyDescriptor(world, name)?.value === before?.value) continue;
      changed ??= name;
      Object.defineProperty(world, name, before!);
    }
    for (const one of kept) changed = restored(one) ?? changed;
    return changed === null ? null : { what: changed, error: null, word: changed.split('.').at(-1) };
  };
}

function keep(owner: object, name: string): Kept {
  const own = new Map(Reflect.ownKeys(owner).map((key) => [key, Object.getOwnPropertyDescriptor(owner, key)!]));
  return { owner, name, own };
}

/** Puts one object back. Returns the name of a property that had changed; null if none had. */
function restored({ owner, name, own }: Kept): string | null {
  let changed: string | null = null;
  for (const key of Reflect.ownKeys(owner)) {
    const now = Object.getOwnPropertyDescriptor(owner, key)!;
    const before = own.get(key);
    if (before && Object.is(before.value, now.value) && before.get === now.get) continue;
    if (before) Object.defineProperty(owner, key, before);
    else Reflect.deleteProperty(owner, key);
    changed ??= `${name}.${String(key)}`;
  }
  for (const [key, before] of own) {
    if (Object.hasOwn(owner, key)) continue;
    Object.defineProperty(owner, key, before);
    changed ??= `${name}.${String(key)}`;
  }
  return changed;
}
