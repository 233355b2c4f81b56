import { type Diagnostic, formatWarning } from '../../base/errors.ts';
import { complain } from '../terminal.ts';

/** Warnings of one code and file that are printed one by one; of the others the number says enough. */
const MOST_OF_A_KIND = 3;

/** Prints warnings as they come, and in the end how many more there were of a kind. */
export interface Warnings {
  readonly warn: (warning: Diagnostic) => void;
  readonly done: () => void;
}

export function limitedWarnings(): Warnings {
  const counts = new Map<string, number>();
  return {
    warn(warning) {
      const { code, span } = warning;
      const kind = `[${code}]${span ? ` in ${span.file}` : ''}`;
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= MOST_OF_A_KIND) complain(`${formatWarning(warning)}\n`);
    },
    done() {
      for (const [kind, count] of counts) {
        const more = count - MOST_OF_A_KIND;
        if (more > 0) complain(`and ${more} more ${more === 1 ? 'warning' : 'warnings'} ${kind}\n`);
      }
    },
  };
}
