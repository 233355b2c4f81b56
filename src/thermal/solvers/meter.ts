import type { SteadySolver } from './steady.ts';

/**
 * The work of a plan against what it may take. Work is counted in multiply-adds and never timed, so that equal problems take equal
 * decisions.
 */
export class WorkMeter {
  spent = 0;
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isOver(): boolean {
    return this.spent > this.limit;
  }
}

/** Ends the making of a reduced model that takes more work than it may. */
export class PlanTooSlow extends Error {
  constructor() {
    super('the plan takes more work than another one would');
  }
}

/** Counts the work of a solver; with `stops`, a solution beyond the limit ends in `PlanTooSlow`. */
export function metered(solver: SteadySolver, meter: WorkMeter, stops: boolean): SteadySolver {
  return {
    solve(source, rise) {
      const report = solver.solve(source, rise);
      meter.spent += report.operations;
      if (stops && meter.isOver) throw new PlanTooSlow();
      return report;
    },
  };
}
