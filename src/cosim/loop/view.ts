import type { EndedInference, Observation, RunningInference, WaitingInference } from '../../policy/index.ts';
import type { Run } from '../plant/prepared-run.ts';
import { type TriggerBits, triggersOf } from './triggers.ts';
import type { Work } from './work.ts';

/** The last whole epoch as policies see it. The arrays are copies, which policies may keep. */
export type LastEpoch = Pick<Observation, 'shares' | 'temperatureK' | 'powerW' | 'leakageW'>;

/** Most waiting inferences that a policy sees. */
const MOST_WAITING = 32;

/** What policies see at one time. Parts that cost time are made when a policy reads them, within its decision. */
export class View implements Observation {
  readonly timeS: number;
  readonly triggers: Observation['triggers'];
  readonly points: Observation['points'];
  readonly shares: Observation['shares'];
  readonly temperatureK: Observation['temperatureK'];
  readonly powerW: Observation['powerW'];
  readonly leakageW: Observation['leakageW'];
  readonly inference: RunningInference | null;
  readonly queued: number;
  readonly #run: Run;
  readonly #work: Work;

  constructor(
    run: Run,
    work: Work,
    last: LastEpoch,
    points: Observation['points'],
    triggers: TriggerBits,
    timeS: number,
  ) {
    const { inferences } = work;
    this.timeS = timeS;
    this.triggers = triggersOf(triggers);
    this.points = points;
    this.shares = last.shares;
    this.temperatureK = last.temperatureK;
    this.powerW = last.powerW;
    this.leakageW = last.leakageW;
    this.inference = inferences.running ? running(run, work) : null;
    this.queued = inferences.queued(timeS);
    this.#run = run;
    this.#work = work;
  }

  get components(): Observation['components'] {
    return this.#work.activity.use();
  }

  get waiting(): readonly WaitingInference[] {
    return waiting(this.#run, this.#work, Math.min(this.queued, MOST_WAITING));
  }

  get last(): EndedInference | null {
    return ended(this.#run, this.#work);
  }
}

function running(run: Run, work: Work): RunningInference {
  const { inferences } = work;
  const { domains } = run.plant;
  const { state, step, startS } = inferences;
  const index = startS.length - 1;
  const releaseS = inferences.releaseS[index];
  const { deadlineS } = run.experiment.spec;
  return {
    index,
    releaseS,
    deadlineS: deadlineS === null ? null : releaseS + deadlineS,
    progress: work.progress,
    layer: work.layer,
    remainingS: (points) => {
      return run.programs.pipelines.remainingS(
        domains.map(({ name }) => points[name]),
        step,
        state,
      );
    },
  };
}

function waiting({ releases, experiment }: Run, { inferences }: Work, count: number): WaitingInference[] {
  const { deadlineS } = experiment.spec;
  return Array.from({ length: count }, (_, i) => {
    const index = inferences.startS.length + i;
    const releaseS = releases.releaseS(index, Number.POSITIVE_INFINITY);
    return { index, releaseS, deadlineS: deadlineS === null ? null : releaseS + deadlineS };
  });
}

function ended({ experiment }: Run, { inferences }: Work): EndedInference | null {
  const index = inferences.endS.length - 1;
  if (index < 0) return null;
  const latencyS = inferences.endS[index] - inferences.releaseS[index];
  const { deadlineS } = experiment.spec;
  return { index, latencyS, slackS: deadlineS === null ? null : deadlineS - latencyS };
}
