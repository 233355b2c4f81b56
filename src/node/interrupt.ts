const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Lets Node act on signals that have arrived. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs steps that make files, and lets Node handle signals after each step. On SIGINT or SIGTERM `clean` removes the
 * files made so far and the program dies by the signal, which a shell shows as 130 or 143. Outside this function
 * signals end the program at once: a handler could only run after the computation.
 */
export async function interruptible(steps: Iterable<unknown>, clean: () => void): Promise<void> {
  const end = (signal: NodeJS.Signals): void => {
    clean();
    release();
    process.kill(process.pid, signal);
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    for (const _ of steps) await turn();
    await turn();
  } finally {
    release();
  }
}

/**
 * Does work that pauses and lets Node handle signals in the pauses. After the first SIGINT or SIGTERM `isStopped` is true, so that
 * the work can end early with what it has; a second one ends the program at once. Returns the result and the signal.
 */
export async function stoppable<T>(
  work: (isStopped: () => boolean) => Iterator<unknown, T>,
): Promise<{ readonly result: T; readonly signal: NodeJS.Signals | undefined }> {
  let signal: NodeJS.Signals | undefined;
  const stop = (received: NodeJS.Signals): void => {
    signal = received;
    release();
  };
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, stop);
  };
  for (const name of SIGNALS) process.on(name, stop);
  try {
    const steps = work(() => signal !== undefined);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return { result: value, signal };
      await turn();
    }
  } finally {
    release();
  }
}
