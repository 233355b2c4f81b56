/** Work that pauses now and then, so that others can act: a command on signals, a page on clicks. */
export type Steps<T> = Generator<void, T>;

/** Does the work without a pause. */
export function drained<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
