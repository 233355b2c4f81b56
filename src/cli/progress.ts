import { printableLine } from '../base/printable.ts';

/** A line on standard error, rewritten in place. Nothing appears if standard error is not a terminal. */
export interface Progress {
  /** Shows an activity; with the `share` that is done, also the time that is left of it. */
  readonly update: (activity: string, share?: number) => void;
  /** Removes the line. */
  done(): void;
}

/** The time left is a guess worth showing after this time and share. */
const LEAST_MS = 500;
const LEAST_SHARE = 0.02;

export function progressLine(
  stream: NodeJS.WriteStream = process.stderr,
  everyMs = 80,
  clock: () => number = Date.now,
): Progress {
  if (!stream.isTTY) return { update: () => {}, done: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let current = '';
  let beganMs = 0;
  return {
    update(activity, share) {
      const now = clock();
      if (activity !== current) [current, beganMs] = [activity, now];
      if (now - last < everyMs) return;
      last = now;
      stream.write(`\r\u001b[2K${printableLine(activity)}${share === undefined ? '' : done(share, now - beganMs)}`);
    },
    done: () => void stream.write('\r\u001b[2K'),
  };
}

function done(share: number, elapsedMs: number): string {
  const percent = `, ${Math.floor(100 * share)} %`;
  if (elapsedMs < LEAST_MS || share < LEAST_SHARE) return percent;
  const leftS = ((elapsedMs / 1000) * (1 - share)) / share;
  return `${percent}, ${leftS < 10 ? Math.ceil(leftS) : 5 * Math.ceil(leftS / 5)} s left`;
}
