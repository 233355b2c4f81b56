/**
 * The state of a part of the loop as plain data: numbers, texts, typed arrays, lists, and maps as lists of pairs. It shares nothing
 * with the loop that ever changes; policies' states, events and full chunks of the trace never do.
 */
export type Saved = Readonly<Record<string, unknown>>;

/** Copies the fields of `part` that `keys` name. */
export function save(part: object, keys: readonly string[]): Saved {
  const fields = part as Record<string, unknown>;
  return Object.fromEntries(keys.map((key) => [key, copied(fields[key])]));
}

/** Sets these fields of `part` again. Typed arrays keep their identity, because others may hold them. */
export function load(part: object, saved: Saved): void {
  const fields = part as Record<string, unknown>;
  for (const [key, value] of Object.entries(saved)) {
    const now = fields[key];
    if (isNumbers(now) && isNumbers(value) && now.length === value.length) now.set(value);
    else if (now instanceof Map) fields[key] = new Map(copied(value) as [unknown, unknown][]);
    else fields[key] = copied(value);
  }
}

type Numbers = Float64Array | Int32Array;

function isNumbers(value: unknown): value is Numbers {
  return value instanceof Float64Array || value instanceof Int32Array;
}

function copied(value: unknown): unknown {
  if (isNumbers(value)) return value.slice();
  if (value instanceof Map) return [...value].map(([key, one]) => [key, copied(one)]);
  if (!Array.isArray(value)) return value;
  // Lists are of one kind of thing, and pairs have theirs at the end. Long ones are of numbers.
  const last: unknown = value.at(-1);
  return isNumbers(last) || Array.isArray(last) ? value.map(copied) : value.slice();
}
