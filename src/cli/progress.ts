import { printableLine } from '../base/printable.ts';

/** A line on standard error, rewritten in place. Nothing appears if standard error is not a terminal. */
export interface Progress {
  update(text: string): void;
  /** Removes the line. */
  done(): void;
}

export function progressLine(stream: NodeJS.WriteStream = process.stderr, everyMs = 80): Progress {
  if (!stream.isTTY) return { update: () => {}, done: () => {} };
  let last = 0;
  return {
    update(text) {
      const now = Date.now();
      if (now - last < everyMs) return;
      last = now;
      stream.write(`\r\u001b[2K${printableLine(text)}`);
    },
    done: () => void stream.write('\r\u001b[2K'),
  };
}
