import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Comparison,
  type ComparisonRow,
  comparisonFiles,
  comparisonText,
} from '../../src/report/compare/index.ts';
import { paretoChart } from '../../src/report/compare/pareto.ts';
import { comparisonSentence } from '../../src/report/compare/verdict.ts';
import { SvgSurface } from '../../src/report/drawing/svg-surface.ts';
import { LIGHT } from '../../src/report/drawing/theme.ts';
import { paretoFigure, paretoFront } from '../../src/report/still/pareto.ts';
import { lawOptions } from '../tier.ts';

const row = (
  policy: string,
  energyJ: number,
  latencyS: number,
  more: Partial<NonNullable<ComparisonRow['figures']>> = {},
): ComparisonRow => ({
  policy,
  applicable: true,
  figures: {
    energyJ,
    inferences: 2,
    windowS: 0.02,
    latencyS,
    edp: energyJ * latencyS,
    deadlineMisses: 0,
    transitions: 0,
    conservation: { energyRelative: 0, heatRelative: 0, macsDifference: 0 },
    ...more,
  },
});

const comparison = (rows: readonly ComparisonRow[]): Comparison => ({
  experiment: 'e',
  description: '',
  policies: rows.map(({ policy }) => policy),
  sweeps: [],
  cells: [
    {
      values: [],
      workload: 'net',
      design: 'npu',
      deadlineS: 0.01,
      startMode: 'self-consistent',
      epochS: 1e-3,
      limitK: 358.15,
      inferences: 2,
      windowS: 0.02,
      reference: rows[0].policy,
      seed: 7,
      sensors: 'noise 0.5 K',
      changes: 'the clock stands 5 us',
      waking: 'takes none',
      rows,
      oracle: { energyJ: 1, lowerBoundJ: 1, transitions: 0 },
      oracleWithTransitions: null,
      bound: { energyJ: 0.8 },
      thermalBound: { energyJ: 0.9, latencyS: 2e-3 },
      remarks: [],
    },
  ],
});

describe('a comparison', () => {
  test('states what its figures depend on', () => {
    const text = comparisonText(comparison([row('performance', 2, 3e-3)]));
    expect(text).toMatch(/^bound under the limit +900 mJ/m);
    expect(text).toContain('Start: self-consistent; seed 7; epoch 1.00 ms; sensors: noise 0.5 K.');
    expect(text).toContain(
      'Changes, charged in every row: the clock stands 5 us, with their energy; waking takes none.',
    );
    expect(text).toContain('Baselines missing: race-to-idle, static-best.');
  });

  test('in few columns stands in several tables, with the notes below', () => {
    const text = comparisonText(
      comparison([row('performance', 2, 3e-3), row('late', 3, 3e-3, { deadlineMisses: 1 })]),
      40,
    );
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(2, 14)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(40);
    expect(text.match(/^performance /gm)!.length).toBeGreaterThan(1);
    expect(text).toMatch(/^late: late$/m);
  });

  test.each([
    [{ energyRelative: 1e-8, heatRelative: 0, macsDifference: 0 }, true],
    [{ energyRelative: 1e-15, heatRelative: 1e-5, macsDifference: 0 }, true],
    [{ energyRelative: 0, heatRelative: null, macsDifference: 1 }, true],
    [{ energyRelative: 1e-10, heatRelative: 1e-7, macsDifference: 0 }, false],
  ])('notes a row that loses energy, heat or work: %o', (conservation, isNoted) => {
    const text = comparisonText(comparison([row('performance', 2, 3e-3, { conservation })]));
    expect(text.includes('not conserved')).toBe(isNoted);
  });

  test('has oracle and bounds in every row of comparison.csv', () => {
    const csv = comparisonFiles(comparison([row('performance', 2, 3e-3), row('pace', 1.5, 9e-3)]))['comparison.csv']();
    const [header, ...rows] = csv
      .trimEnd()
      .split('\n')
      .map((text) => text.split(','));
    for (const cells of rows) {
      const of = (column: string): string => cells[header.indexOf(column)];
      expect(
        ['oracle_j', 'oracle_with_transitions_j', 'bound_j', 'thermal_bound_j', 'thermal_bound_latency_s'].map(of),
      ).toEqual(['1', '', '0.8', '0.9', '0.002']);
    }
  });
});

describe('the sentence of a comparison', () => {
  const sentence = (rows: readonly ComparisonRow[], change: Partial<Comparison['cells'][number]> = {}): string =>
    comparisonSentence({ ...comparison(rows).cells[0], ...change }).replaceAll('\u00a0', ' ');

  test('names the least energy that keeps deadline and limit, and who does not keep them', () => {
    const rows = [
      row('race-to-idle', 2, 3e-3, { timeOverLimitS: 0 }),
      row('pace', 1.5, 9e-3, { timeOverLimitS: 0, regret: 0.5, ownRegret: 0.25 }),
      row('powersave', 0.5, 20e-3, { timeOverLimitS: 0, deadlineMisses: 2 }),
      row('hot', 1.2, 3e-3, { timeOverLimitS: 1 }),
    ];
    // 1.5 J are a quarter less than 2 J; the oracle with the row's own leakage stands in ownRegret.
    expect(sentence(rows)).toBe(
      'Least energy within the 10.0 ms deadline and the 85.0 °C limit: pace, 1.50 J; 25.0 % less than race-to-idle; ' +
        '25.0 % above the oracle; late: powersave; over the limit: hot.',
    );
  });

  test('says that none keeps them, and which deadline could be met', () => {
    const rows = [row('pace', 1.5, 9e-3, { deadlineMisses: 2 })];
    expect(sentence(rows, { leastDeadlineS: 8e-3 })).toBe(
      'No policy keeps the 10.0 ms deadline; no schedule meets a deadline below 8.00 ms; late: pace.',
    );
  });

  test('has least energy and fastest without a deadline, and no saving against a row that is too hot', () => {
    const rows = [
      row('race-to-idle', 2, 3e-3, { timeOverLimitS: 1 }),
      row('powersave', 1, 9e-3, { timeOverLimitS: 0 }),
      row('step_wise', 1.5, 4e-3, { timeOverLimitS: 0 }),
    ];
    expect(sentence(rows, { deadlineS: null })).toBe(
      'Least energy within the 85.0 °C limit: powersave, 1.00 J; fastest: step_wise, 4.00 ms an inference; ' +
        'over the limit: race-to-idle.',
    );
  });

  test('without rows says so', () => {
    expect(sentence([{ policy: 'pace', applicable: false, reason: 'no deadline' }])).toBe('No policy ran.');
  });
});

describe('the front', () => {
  test('has every row that no other fair row beats, and no other', () => {
    const point = fc.record({
      latencyS: fc.integer({ min: 1, max: 6 }),
      energyJ: fc.integer({ min: 1, max: 6 }),
      isFair: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), (points) => {
        const front = paretoFront(points);
        const fair = points.filter(({ isFair }) => isFair);
        for (const p of fair) {
          const isBeaten = fair.some(
            (q) =>
              q.latencyS <= p.latencyS && q.energyJ <= p.energyJ && (q.latencyS < p.latencyS || q.energyJ < p.energyJ),
          );
          const isThere = front.some((q) => q.latencyS === p.latencyS && q.energyJ === p.energyJ);
          expect(isThere).toBe(!isBeaten);
        }
      }),
      lawOptions(),
    );
  });

  test('is drawn with oracle, bounds and deadline; a late row and a hot one are not on it', () => {
    const rows = [
      row('a', 2, 3e-3),
      row('b', 1.5, 9e-3),
      row('late', 1.2, 12e-3, { deadlineMisses: 1 }),
      row('hot', 1, 2e-3, { timeOverLimitS: 1 }),
    ];
    const [cell] = comparison(rows).cells;
    const figure = paretoFigure(paretoChart(cell, 'pareto')!);
    const surface = new SvgSurface(LIGHT);
    figure.draw(surface, 900);
    const svg = surface.svg(900, figure.height(900), figure.label);
    expect(svg).toContain('the front: a, b"');
    expect(figure.table().rows).toEqual([
      ['a', 3e-3, 2, 'true'],
      ['b', 9e-3, 1.5, 'true'],
      ['late', 12e-3, 1.2, 'false'],
      ['hot', 2e-3, 1, 'false'],
    ]);
    for (const text of ['oracle 1.00 J', 'bound 800 mJ', 'bound under the limit 900 mJ', 'deadline'])
      expect(svg).toContain(text);
    expect(paretoChart({ ...cell, rows: rows.slice(0, 1) }, 'pareto')).toBeNull();
  });

  test.each([318, 900])('names close lines in their order, all within a width of %d', (width) => {
    const [cell] = comparison([row('a', 2, 3e-3), row('b', 1.05, 9e-3)]).cells;
    const close = {
      ...cell,
      oracleWithTransitions: { energyJ: 1.04, lowerBoundJ: 1, transitions: 0 },
      thermalBound: { energyJ: 1.03, latencyS: 0 },
    };
    const figure = paretoFigure(paretoChart({ ...close, bound: { energyJ: 1.02 } }, 'pareto')!);
    const surface = new SvgSurface(LIGHT);
    figure.draw(surface, width);
    const places = [...surface.svg(width, 320, '').matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)/g)];
    const at = (name: string): number[] => places.filter((p) => p[3].startsWith(name)).map((p) => Number(p[2]));
    const [oracle, limited, bound] = [at('oracle'), at('bound under'), at('bound 1.02')];
    expect([oracle, limited, bound].map(({ length }) => length)).toEqual([1, 1, 1]);
    expect(limited[0] - oracle[0]).toBeGreaterThan(10);
    expect(bound[0] - limited[0]).toBeGreaterThan(10);
  });
});
