import { counted } from '../numbers.ts';

/** A run beside others that do the same work in the same time. Energies in J. */
export interface Against {
  /** Energy of the run's own policy. */
  readonly energyJ: number;
  readonly others: readonly OtherPolicy[];
  /** Energy of the best schedule with free changes of operating point; null without one. */
  readonly oracleJ: number | null;
}

export interface OtherPolicy {
  readonly policy: string;
  /** Null for a policy that cannot run; `reason` then says why. */
  readonly energyJ: number | null;
  readonly misses: number | null;
  readonly reason?: string;
}

/** The comparison as parts of a sentence: "19.0 % less energy than race-to-idle", "4.1 % above the oracle". */
export function againstTexts({ energyJ, others, oracleJ }: Against): string[] {
  return [
    ...others.map((other) =>
      other.energyJ === null
        ? `${other.policy} cannot run here (${other.reason})`
        : `${difference(energyJ, other.energyJ, 'less energy than', 'more energy than', 'the energy of')} ${other.policy}${lateness(other.misses)}`,
    ),
    ...(oracleJ === null ? [] : [`${difference(energyJ, oracleJ, 'below', 'above', 'the energy of')} the oracle`]),
  ];
}

function difference(ownJ: number, otherJ: number, less: string, more: string, equal: string): string {
  const share = 100 * (ownJ / otherJ - 1);
  const text = Math.abs(share).toFixed(1);
  if (text === '0.0') return equal;
  return `${text} % ${share < 0 ? less : more}`;
}

function lateness(misses: number | null): string {
  if (!misses) return '';
  return `, which misses ${counted(misses, 'deadline', 'deadlines')}`;
}
