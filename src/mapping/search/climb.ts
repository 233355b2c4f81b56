import type { Objective } from './objective.ts';
import type { Found } from './result.ts';
import { searchByClimbing, searchByClimbingInSteps } from './sampled.ts';
import type { Mapspace } from './space.ts';
import type { Steps } from './steps.ts';

/** A step of the climb comes in so many pauses of the list, up to so many evaluations. */
const PAUSES_PER_STEP = 4;
const MOST_EVALUATIONS = 1_000_000;

/** Mappings that are sampled if a search is stopped before it has one, and looks at whether there are any: a fraction of a second. */
const LAST = { evaluations: 20_000, looks: 150 };

/**
 * A climb from random mappings while an exact search lists its choices and evaluates none of them: the search then has a mapping when it is
 * stopped, and a value to exclude choices with. Small spaces, whose lists need no pause, do without.
 */
export class Climb {
  evaluations = 0;
  private pauses = 0;
  private readonly isCold: boolean;
  private readonly space: Mapspace;
  private readonly objective: Objective;
  private readonly steps: Steps<unknown>;

  /** A cold climb finds nothing before it is asked for its last mapping. */
  constructor(space: Mapspace, objective: Objective, isCold: boolean, onBetter: (found: Found) => void) {
    this.isCold = isCold;
    this.space = space;
    this.objective = objective;
    this.steps = searchByClimbingInSteps(space, objective, {
      evaluations: MOST_EVALUATIONS,
      seed: 1,
      onEvaluations: (evaluations) => {
        this.evaluations = evaluations;
      },
      onBetter,
    });
  }

  /** Makes a list with steps of the climb in its pauses. */
  *beside<T>(list: Steps<T>): Steps<T> {
    for (;;) {
      const { done, value } = list.next();
      if (done) return value;
      if (!this.isCold && this.pauses++ % PAUSES_PER_STEP === 0) this.steps.next();
      yield;
    }
  }

  /** A mapping for a search that was stopped before it had any. */
  last(): Found | undefined {
    let looks = 0;
    const isOver = (): boolean => ++looks > LAST.looks;
    const { best, evaluations } = searchByClimbing(this.space, this.objective, {
      evaluations: LAST.evaluations,
      seed: 1,
      isOver,
    });
    this.evaluations += evaluations;
    return best;
  }
}
