/** Threads of the tracks: inferences, layers, and one for each domain from `DOMAINS` on. */
export const [INFERENCES, LAYERS, DOMAINS] = [1, 2, 3];

/** A time as whole nanoseconds, the resolution of Perfetto: differences of such times sum up exactly. */
export function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}

/** The format counts in microseconds. */
export function microseconds(ns: number): number {
  return ns / 1000;
}

/** A slice from one time to another, in ns. */
export function slice(
  tid: number,
  name: string,
  [from, to]: readonly [from: number, to: number],
  args?: Readonly<Record<string, string | number>>,
): string {
  // A long run has millions of slices: as objects they would take twice the time.
  const more = args && Object.keys(args).length > 0 ? `,"args":${JSON.stringify(args)}` : '';
  const times = `"ts":${microseconds(from)},"dur":${microseconds(to - from)}`;
  return `,\n{"name":${JSON.stringify(name)},"ph":"X","pid":1,"tid":${tid},${times}${more}}`;
}

/** An event after others. */
export function event(fields: object): string {
  return `,\n${JSON.stringify(fields)}`;
}
