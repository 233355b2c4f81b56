import { fail } from '../base/errors.ts';
import type { PreparedPlant, RunResult } from '../cosim/index.ts';
import type { Against, OtherPolicy } from '../report/files/index.ts';
import { type CompareRequest, compare, EXPERIMENT_POLICY, executorKnowing } from '../study/compare/index.ts';
import { type KindsOfPolicies, withWorkers } from './compare-workers.ts';
import type { CommandFiles } from './files.ts';
import type { Progress } from './progress.ts';

/** A run, as the command line names it, and the policies to hold it against. */
interface Question {
  readonly experiment: string;
  readonly policy: string | undefined;
  /** Overrides as `path=value`. */
  readonly set: readonly string[];
  readonly others: readonly string[];
}

/** The run that is held against others. */
interface KnownRun {
  readonly prepared: PreparedPlant;
  readonly result: RunResult;
}

/** The comparison that answers the question: each policy does the same work in the same time, from its own start. */
export function comparisonFor({ experiment, policy, set, others }: Question): CompareRequest {
  const policies = [policy ?? EXPERIMENT_POLICY, ...others];
  return { experiment, policies, set, sweeps: [], start: 'own', checkEpoch: false, uncertain: [], draws: 1 };
}

/** The energies of the run's policy, of the others and of the oracle. Errors: those of the run's own policy. */
export async function againstOf(
  given: CommandFiles,
  request: CompareRequest,
  kinds: KindsOfPolicies,
  { prepared, result }: KnownRun,
  onProgress: Progress['update'],
): Promise<Against> {
  const { cells } = await withWorkers(given, { kinds, onProgress }, (execute) =>
    compare(request, executorKnowing(execute, prepared, result.experiment, result)),
  );
  const [{ rows, oracle }] = cells;
  const [own, ...rest] = rows;
  if (!own.figures) return fail('policy-failed', `the run cannot be compared: ${own.reason}`);
  return {
    energyJ: own.figures.energyJ,
    others: rest.map(
      ({ policy: name, figures, reason }): OtherPolicy => ({
        policy: name,
        energyJ: figures?.energyJ ?? null,
        misses: figures?.deadlineMisses ?? null,
        ...(reason === undefined ? {} : { reason }),
      }),
    ),
    oracleJ: oracle?.energyJ ?? null,
  };
}
