import { type Diagnostic, InputError } from '../../base/errors.ts';

/** The peers whose results `--compat` repeats. */
export const ACCELERGY_PEERS = ['accelergy-0.4', 'accelergy-0.3'] as const;

export type AccelergyPeer = (typeof ACCELERGY_PEERS)[number];

/**
 * How the files are read. Without a peer the rules are Isotherm's own: a file keeps the meaning of its version, and
 * whatever a peer would drop or guess in silence is an error or a warning.
 */
export interface Rules {
  readonly peer?: AccelergyPeer | undefined;
  /** Whether the last file read is older than 0.4, which decides about units, defaults and quotes. */
  readonly isLegacy: boolean;
  /** Whether attributes, classes and shares have the meaning of Accelergy 0.3. */
  readonly hasOldMeaning: boolean;
  /** A slip that the peer accepts: ignored under a peer, else an error. */
  slip(problem: Diagnostic): void;
  /** Something that the peer passes over and that does no harm: ignored under a peer, else a warning. */
  remark(warning: Diagnostic): void;
  /** Throws the slips so far. */
  check(): void;
}

export interface RuleOptions {
  readonly peer?: AccelergyPeer | undefined;
  readonly isLegacy: boolean;
  readonly warn: (warning: Diagnostic) => void;
}

export function rulesOf({ peer, isLegacy, warn }: RuleOptions): Rules {
  const slips: Diagnostic[] = [];
  return {
    peer,
    isLegacy,
    hasOldMeaning: peer === 'accelergy-0.3' || (peer === undefined && isLegacy),
    slip: (problem) => {
      if (peer === undefined) slips.push(problem);
    },
    remark: (warning) => {
      if (peer === undefined) warn(warning);
    },
    check: () => {
      if (slips.length > 0) throw new InputError(slips.splice(0));
    },
  };
}
