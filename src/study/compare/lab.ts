import { type ErrorCode, InputError, type Span } from '../../base/errors.ts';
import { type Files, readReference } from '../../base/files.ts';
import { parseOverride } from '../../base/overrides.ts';
import {
  type Experiment,
  type Factors,
  loadExperiment,
  type PreparedPlant,
  perturbed,
  preparePlant,
} from '../../cosim/index.ts';
import type { PolicyKind } from '../../policy/index.ts';
import type { ResultCache } from '../../thermal/index.ts';
import type { Job, Outcome } from './jobs.ts';
import { oracleOf } from './oracle-job/oracle.ts';
import { EXPERIMENT_POLICY } from './request.ts';
import { rowOf } from './row-job.ts';

/** Plants of this many designs are kept. */
const MOST_PLANTS = 4;

/** Errors of a program, whose author has to see their places. */
const OF_PROGRAMS: readonly ErrorCode[] = ['policy-failed', 'policy-impure', 'decision-invalid'];

function placeText(span: Span | undefined): string {
  return span ? ` (${span.file}:${span.line}:${span.column})` : '';
}

/** Runs jobs one after the other. It makes the plant of each design once. */
export class Lab {
  private readonly files: Files;
  private readonly cache: ResultCache | undefined;
  private last:
    | { readonly original: PreparedPlant; readonly key: string; readonly prepared: PreparedPlant }
    | undefined;
  /** Thermal models of changed packages, kept in memory: nobody will ask for these again. */
  private readonly models = memory();
  private readonly known = new Map<string, { readonly first: Experiment; readonly prepared: PreparedPlant }>();

  private readonly kinds: readonly PolicyKind[] | undefined;

  /** `kinds`: the bundled kinds of policies and those of modules. */
  constructor(files: Files, cache?: ResultCache, kinds?: readonly PolicyKind[]) {
    this.files = files;
    this.cache = cache;
    this.kinds = kinds;
  }

  /** The outcome of a job. A problem of the input is an outcome too. `onShare` receives the share that is done, where that is known. */
  run(job: Job, onShare?: (share: number) => void): Outcome {
    try {
      const { experiment, prepared: original } = this.prepared(job);
      const prepared = job.kind === 'row' && job.factors ? this.changed(original, job.factors) : original;
      return job.kind === 'row' ? rowOf(prepared, experiment, job, onShare) : oracleOf(prepared, experiment, job);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const [{ code, message, span }] = error.diagnostics;
      return { kind: 'failed', code, message: OF_PROGRAMS.includes(code) ? `${message}${placeText(span)}` : message };
    }
  }

  /** The plant with factors. Jobs of one draw follow each other, so that the last one is kept. */
  private changed(original: PreparedPlant, factors: Factors): PreparedPlant {
    const key = JSON.stringify(factors);
    if (this.last?.original !== original || this.last.key !== key) {
      this.last = { original, key, prepared: perturbed(original, factors, this.models) };
    }
    return this.last.prepared;
  }

  private prepared({ experiment: reference, set, ...job }: Job): { experiment: Experiment; prepared: PreparedPlant } {
    const policy = job.policy === EXPERIMENT_POLICY ? undefined : job.policy;
    const source = readReference(this.files, 'experiment', reference, '');
    const overrides = set.map(parseOverride);
    const { kinds } = this;
    let found: Experiment | undefined;
    for (const [key, { first, prepared }] of this.known) {
      const experiment = loadExperiment(this.files, source, { policy, overrides, kinds, like: first });
      if (experiment.design === first.design && experiment.workload === first.workload) {
        this.known.delete(key);
        this.known.set(key, { first, prepared });
        return { experiment, prepared };
      }
      found = experiment;
    }
    const experiment = found ?? loadExperiment(this.files, source, { policy, overrides, kinds });
    const prepared = preparePlant(experiment, { cache: this.cache });
    const { design, workload } = experiment.origin;
    this.known.set(JSON.stringify([reference, design, workload]), { first: experiment, prepared });
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_PLANTS) this.known.delete(oldest);
    return { experiment, prepared };
  }
}

function memory(): ResultCache {
  const models = new Map<string, readonly Float64Array[]>();
  return { get: (key) => models.get(key), put: (key, columns) => void models.set(key, columns) };
}
