const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Lets signals that have arrived be acted on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Runs steps that make files with a turn after each; on SIGINT or SIGTERM `clean` removes what they made, and the program ends of
 * the signal, which a shell shows as 130 or 143. Outside of it signals end the program at once: a handler would only run when
 * the computation is over.
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
