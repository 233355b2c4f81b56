import { describe, expect, test } from 'vitest';
import type { Comparison, ComparisonCell, ComparisonRow, RowFigures } from '../../../src/report/compare/index.ts';
import { ASSIGNMENTS, marksOf } from '../../../src/study/compare/index.ts';

const figures = (more: Partial<RowFigures>): RowFigures => ({
  energyJ: 1,
  inferences: 1,
  windowS: 1,
  latencyS: 1,
  edp: 1,
  transitions: 0,
  conservation: { energyRelative: 0, heatRelative: 0, macsDifference: 0 },
  ...more,
});
const row = (policy: string, more: Partial<RowFigures>): ComparisonRow => {
  return { policy, applicable: true, figures: figures(more) };
};

/** A comparison with one cell of these rows and an oracle of 2 J. */
function comparisonOf(rows: readonly ComparisonRow[]): Comparison {
  const oracle = { energyJ: 2, lowerBoundJ: 2, transitions: 0 };
  const cell: ComparisonCell = {
    values: ['5ms'],
    workload: 'w',
    design: 'd',
    deadlineS: 5e-3,
    startMode: 'none',
    epochS: 1e-3,
    limitK: null,
    inferences: 1,
    windowS: 1,
    reference: 'performance',
    seed: 0,
    sensors: 'ideal',
    changes: '',
    waking: 'takes none',
    rows,
    oracle: null,
    oracleWithTransitions: oracle,
    bound: null,
    thermalBound: null,
    remarks: [],
  };
  return { experiment: 'e', description: '', policies: [], sweeps: ['deadline'], cells: [cell] };
}

const [dvfs, thermal] = ASSIGNMENTS;

describe('marks', () => {
  // By hand: performance 6 J, the oracle 2 J; 3 J saves three quarters of what is possible.
  test.each([
    [{ energyJ: 3, deadlineMisses: 0 }, 75],
    [{ energyJ: 1, deadlineMisses: 0 }, 100],
    [{ energyJ: 7, deadlineMisses: 0 }, 0],
    [{ energyJ: 3, deadlineMisses: 1 }, 0],
  ])('of energy in time: %j gives %d', (own, mark) => {
    const rows = [row('performance', { energyJ: 6 }), row('mine', own)];
    expect(marksOf(dvfs, comparisonOf(rows), 'mine').mark).toBeCloseTo(mark, 12);
  });

  // By hand: powersave 10 s, performance 2 s; 4 s leaves three quarters of the speed.
  test.each([
    [{ latencyS: 4, timeOverLimitS: 0 }, 75],
    [{ latencyS: 4, timeOverLimitS: 0.01 }, 75],
    [{ latencyS: 4, timeOverLimitS: 0.011 }, 0],
    [{ latencyS: 12, timeOverLimitS: 0 }, 0],
  ])('of speed under the limit: %j gives %d', (own, mark) => {
    const rows = [row('performance', { latencyS: 2 }), row('powersave', { latencyS: 10 }), row('mine', own)];
    expect(marksOf(thermal, comparisonOf(rows), 'mine').mark).toBeCloseTo(mark, 12);
  });

  test('are zero for a policy that does not run, with its reason', () => {
    const rows: ComparisonRow[] = [row('performance', {}), { policy: 'mine', applicable: false, reason: 'why' }];
    expect(marksOf(dvfs, comparisonOf(rows), 'mine')).toMatchObject({ mark: 0, cases: [{ share: 0, remark: 'why' }] });
  });
});
