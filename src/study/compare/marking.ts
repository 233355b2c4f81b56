import type { Comparison, ComparisonCell, RowFigures } from '../../report/compare/index.ts';
import { savingAchieved } from '../metrics/index.ts';
import type { Sweep } from './sweeps.ts';

/** A task of the course, with the cases that mark it. */
export interface Assignment {
  readonly id: string;
  readonly description: string;
  readonly experiment: string;
  /** Policies every solution is measured against; the first and the last span the scale. */
  readonly baselines: readonly string[];
  readonly sweeps: readonly Sweep[];
  /** The part of the possible gain that a solution achieves in a case, 0 to 1; 0 with a reason if it breaks the rule. */
  readonly mark: (cell: ComparisonCell, own: RowFigures) => CaseMark;
}

export interface CaseMark {
  readonly share: number;
  readonly remark: string;
}

/** Share of the window for which a block may be above the limit: a policy sees a temperature only after its epoch. */
const TOLERATED = 0.01;

export const ASSIGNMENTS: readonly Assignment[] = [
  {
    id: 'dvfs',
    description: 'least energy within the deadline: 0 as performance, 1 as the oracle with transitions',
    experiment: 'course-dvfs',
    baselines: ['performance', 'static-best'],
    sweeps: [{ path: 'deadline', values: ['4ms', '6ms', '8ms'] }],
    mark(cell, { deadlineMisses, energyJ }) {
      if ((deadlineMisses ?? 0) > 0) return { share: 0, remark: `late ${deadlineMisses} times` };
      const fastest = figuresOf(cell, 'performance');
      const least = cell.oracleWithTransitions ?? cell.oracle;
      if (!fastest || !least) return { share: 0, remark: 'nothing to compare with' };
      return { share: clamped(savingAchieved(energyJ, fastest.energyJ, least.energyJ)), remark: 'in time' };
    },
  },
  {
    id: 'thermal',
    description: 'shortest latency under the limit: 0 as powersave, 1 as performance, which breaks the limit',
    experiment: 'course-thermal',
    baselines: ['performance', 'powersave'],
    sweeps: [{ path: 'workload', values: ['resnet18', 'mobilenet_v1'] }],
    mark(cell, { timeOverLimitS, windowS, latencyS }) {
      if ((timeOverLimitS ?? 0) > TOLERATED * windowS) {
        return {
          share: 0,
          remark: `over the limit for ${((100 * timeOverLimitS!) / windowS).toFixed(1)} % of the time`,
        };
      }
      const [fast, slow] = ['performance', 'powersave'].map((policy) => figuresOf(cell, policy));
      if (!fast || !slow) return { share: 0, remark: 'nothing to compare with' };
      return {
        share: clamped((slow.latencyS - latencyS) / (slow.latencyS - fast.latencyS)),
        remark: 'under the limit',
      };
    },
  },
];

export interface Marks {
  readonly assignment: string;
  readonly policy: string;
  readonly cases: readonly (CaseMark & { readonly name: string })[];
  /** Mean of the shares, from 0 to 100. */
  readonly mark: number;
}

/** Marks one solution from a comparison of the assignment's cases. */
export function marksOf({ id, mark }: Assignment, { cells, sweeps }: Comparison, policy: string): Marks {
  const cases = cells.map((cell) => {
    const name = cell.values.map((value, i) => `${sweeps[i]} ${value}`).join(', ');
    const row = cell.rows.find((one) => one.policy === policy);
    if (!row?.figures) return { name, share: 0, remark: row?.reason ?? 'not run' };
    return { name, ...mark(cell, row.figures) };
  });
  const sum = cases.reduce((total, { share }) => total + share, 0);
  return { assignment: id, policy, cases, mark: (100 * sum) / Math.max(1, cases.length) };
}

function figuresOf({ rows }: ComparisonCell, policy: string): RowFigures | undefined {
  return rows.find((row) => row.policy === policy)?.figures;
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
