import { fail } from '../../base/errors.ts';
import type { EndedInference, Observation, RunningInference, StateNow, WaitingInference } from '../../policy/index.ts';
import type { Run } from '../plant/prepared-run.ts';
import type { Predictions } from '../sensing/predictions.ts';
import type { SensedField } from '../sensing/sensed-field.ts';
import type { DomainStates } from '../states/domain-states.ts';
import type { Supplies } from './supplies.ts';
import { type TriggerBits, triggersOf } from './triggers.ts';
import type { Work } from './work.ts';

/** The last whole epoch as policies see it. The arrays are copies, which policies may keep. */
export type LastEpoch = Pick<Observation, 'shares' | 'temperatureK' | 'powerW' | 'leakageW'>;

/** The parts of the loop that a view looks into. */
export interface Parts {
  readonly run: Run;
  readonly work: Work;
  readonly supplies: Supplies;
  readonly states: DomainStates;
  readonly field: SensedField;
  /** Null unless some policy reads predictions. */
  readonly predictions: Predictions | null;
  /** By domain: the points of a question, overwritten by each. */
  readonly asked: number[];
}

/** Most waiting inferences that a policy sees. */
const MOST_WAITING = 32;

/** The view of policies at one time. Parts that cost time are made when a policy reads them, within its decision. */
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
  readonly #of: Parts;

  constructor(of: Parts, last: LastEpoch, points: Observation['points'], triggers: TriggerBits, timeS: number) {
    const { inferences } = of.work;
    this.timeS = timeS;
    this.triggers = triggersOf(triggers);
    this.points = points;
    this.shares = last.shares;
    this.temperatureK = last.temperatureK;
    this.powerW = last.powerW;
    this.leakageW = last.leakageW;
    this.inference = inferences.running ? running(of, timeS) : null;
    this.queued = inferences.queued(timeS);
    this.#of = of;
  }

  get components(): Observation['components'] {
    return this.#of.work.activity.use();
  }

  get waiting(): readonly WaitingInference[] {
    return waiting(this.#of.run, this.#of.work, Math.min(this.queued, MOST_WAITING));
  }

  get states(): Observation['states'] {
    const { run, supplies } = this.#of;
    const { rests } = supplies;
    // A domain may have the name of a property that every object has.
    const states: Record<string, StateNow> = Object.create(null);
    run.plant.domains.forEach(({ name }, d) => {
      states[name] = { state: rests.stateOf(d), wakeS: rests.wakeS(d, this.timeS) };
    });
    return states;
  }

  get forecastW(): Observation['forecastW'] {
    const { run, work, supplies } = this.#of;
    return (points) => {
      const point = run.plant.domains.map(({ name }) => points[name]);
      const layer = work.inferences.running ? work.layer : -1;
      return run.forecast.at(layer, point, this.temperatureK, supplies.rests, this.timeS);
    };
  }

  get predictK(): Observation['predictK'] {
    const { predictions, run } = this.#of;
    return (points) => {
      if (predictions) return predictions.predict(this, points);
      return fail('decision-invalid', 'it asks for predicted temperatures, and there are none', {
        expected: run.plant.model ? '`predicts: true` in the policy' : 'an accelerator with a floorplan',
      });
    };
  }

  get fieldK(): Observation['fieldK'] {
    return (rows, columns) => this.#of.field.read(rows, columns);
  }

  get last(): EndedInference | null {
    return ended(this.#of.run, this.#of.work);
  }
}

function running({ run, work, states, asked: point }: Parts, timeS: number): RunningInference {
  const { inferences } = work;
  const { domains } = run.plant;
  const { state, step, startS } = inferences;
  const index = startS.length - 1;
  const releaseS = inferences.releaseS.at(index)!;
  const { deadlineS } = run.experiment.spec;
  return {
    index,
    releaseS,
    deadlineS: deadlineS === null ? null : releaseS + deadlineS,
    progress: work.progress,
    layer: work.layer,
    remainingS: (points) => {
      for (let d = 0; d < point.length; d++) point[d] = points[domains[d].name];
      return states.wakingS(timeS) + run.programs.pipelines.remainingS(point, step, state);
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
  const latencyS = inferences.endS.at(index)! - inferences.releaseS.at(index)!;
  const { deadlineS } = experiment.spec;
  return { index, latencyS, slackS: deadlineS === null ? null : deadlineS - latencyS };
}
