import { attempt, type Diagnostic, InputError } from '../../base/errors.ts';
import type { Slips } from '../../formats/accelergy/index.ts';

/** The peers whose results `--compat` repeats. */
export const ACCELERGY_PEERS = ['accelergy-0.4', 'accelergy-0.3'] as const;

export type AccelergyPeer = (typeof ACCELERGY_PEERS)[number];

/**
 * How the files are read: the only difference between a peer, Isotherm's own reading of the peer's files, and a run. Without a peer a
 * file keeps the meaning of its version, attributes may refer to each other in any order, and whatever a peer would drop or guess in
 * silence is an error or a warning.
 */
export interface Rules extends Slips {
  readonly peer?: AccelergyPeer | undefined;
  /** Whether the last file read is older than 0.4, which decides about units, defaults and quotes. */
  readonly isLegacy: boolean;
  /** Whether attributes, classes and shares have the meaning of Accelergy 0.3. */
  readonly hasOldMeaning: boolean;
  /**
   * Whether the files describe the design of a run. It has a clock of its own, so that attributes need no cycle; it multiplies by the
   * instances itself; and its classes must be known.
   */
  readonly isRun: boolean;
  /** A slip that the peer accepts: ignored under a peer, else an error. */
  slip(problem: Diagnostic): void;
  /** Something that the peer passes over and that does no harm: ignored under a peer, else a warning. */
  remark(warning: Diagnostic): void;
  /** The slips since the last call. */
  slips(): Diagnostic[];
}

export interface RuleOptions {
  readonly peer?: AccelergyPeer | undefined;
  readonly isLegacy: boolean;
  readonly warn: (warning: Diagnostic) => void;
}

/** The rules of `isotherm energy`. */
export function rulesOf({ peer, isLegacy, warn }: RuleOptions): Rules {
  const slips: Diagnostic[] = [];
  return {
    peer,
    isLegacy,
    hasOldMeaning: peer === 'accelergy-0.3' || (peer === undefined && isLegacy),
    isRun: false,
    slip: (problem) => {
      if (peer === undefined) slips.push(problem);
    },
    remark: (warning) => {
      if (peer === undefined) warn(warning);
    },
    slips: () => slips.splice(0),
  };
}

/** The rules of a run. It has no place for warnings, so that keys and names which mean nothing are errors. */
export function runRules(): Rules {
  const slips: Diagnostic[] = [];
  return {
    isLegacy: false,
    hasOldMeaning: false,
    isRun: true,
    slip: (problem) => void slips.push(problem),
    remark: (warning) => {
      if (warning.code === 'unknown-key' || warning.code === 'duplicate-name') slips.push(warning);
    },
    slips: () => slips.splice(0),
  };
}

/** The result of `run`, unless it met slips: then their errors, with its own if it failed too. */
export function checked<T>(rules: Rules, run: () => T): T {
  const problems: Diagnostic[] = [];
  const result = attempt(problems, run);
  problems.unshift(...rules.slips());
  if (problems.length > 0) throw new InputError(problems);
  return result as T;
}
