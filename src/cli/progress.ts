import { printableLine } from '../base/printable.ts';
import { terminals, writeNow } from './terminal.ts';

/** A line on standard error, rewritten in place. Nothing appears if standard error is not a terminal. */
export interface Progress {
  /** Shows an activity, with the `share` of the whole that is done if that is known. The shown share never falls. */
  readonly update: (activity: string, share?: number) => void;
  /** Removes the line. */
  done(): void;
}

/** A terminal of so many columns now; undefined if it is none. */
export interface Terminal {
  readonly columns: () => number | undefined;
  readonly write: (text: string) => void;
}

function standardError(): Terminal {
  return { columns: () => terminals().stderr, write: writeNow };
}

/** The time left is a guess worth showing after this time and share. */
const LEAST_MS = 500;
const LEAST_SHARE = 0.05;

/** `quiet` keeps the line away. */
export function progressLine(
  { quiet = false }: { readonly quiet?: boolean | undefined } = {},
  terminal: Terminal = standardError(),
  everyMs = 80,
  clock: () => number = Date.now,
): Progress {
  if (terminal.columns() === undefined || quiet) return { update: () => {}, done: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let most = 0;
  /** When the first share came, and how large it was. */
  let first: { readonly ms: number; readonly share: number } | undefined;
  return {
    update(activity, share) {
      const now = clock();
      if (share !== undefined) {
        first ??= { ms: now, share };
        most = Math.max(most, Math.min(1, share));
      }
      if (now - last < everyMs) return;
      last = now;
      const state = first === undefined ? '' : stateText(most, first.share, now - first.ms);
      // A line that fills the last column would go on in the next row, where it stays.
      const columns = (terminal.columns() ?? Number.POSITIVE_INFINITY) - 1;
      const text = shortened(printableLine(activity), columns - state.length) + state;
      terminal.write(`\r\u001b[2K${text.slice(0, columns)}`);
    },
    done: () => void terminal.write('\r\u001b[2K'),
  };
}

/** A part of a line's work, from one share of it to another. */
export function partOf({ update }: Progress, from: number, to: number): Progress['update'] {
  return (activity, share) => update(activity, share === undefined ? undefined : from + share * (to - from));
}

/** The share that is done, and the time that is left at the rate since the first share. */
function stateText(share: number, from: number, elapsedMs: number): string {
  const percent = `, ${Math.floor(100 * share)} %`;
  if (elapsedMs < LEAST_MS || share - from < LEAST_SHARE) return percent;
  const leftS = ((elapsedMs / 1000) * (1 - share)) / (share - from);
  return `${percent}, ${leftS < 10 ? Math.ceil(leftS) : 5 * Math.ceil(leftS / 5)} s left`;
}

/** A text in so many columns of a terminal; letters from Hangul on take two. */
function shortened(text: string, columns: number): string {
  const widths = Array.from(text, (letter) => (letter.codePointAt(0)! >= 0x1100 ? 2 : 1));
  if (widths.reduce((sum, width) => sum + width, 0) <= columns) return text;
  let left = columns - 3;
  const kept = Array.from(text).filter((_, i) => {
    left -= widths[i];
    return left >= 0;
  });
  return columns < 3 ? '' : `${kept.join('')}...`;
}
