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
