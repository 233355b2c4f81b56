import { describe, expect, test } from 'vitest';
import { type BarChart, type MapReport, mapReportHtml, type Plot, reuseText } from '../../../src/report/index.ts';

const report = (more: Partial<MapReport>): MapReport => ({
  title: 'Mapping of <gemm>',
  sentences: ['M 4'],
  facts: [['Energy', '1 nJ']],
  nests: [],
  bars: [],
  plots: [],
  tables: [],
  ...more,
});
const plot = (points: readonly (readonly [number, number])[], more: Partial<Plot> = {}): Plot => ({
  kind: 'plot',
  id: 'p',
  title: 'Plot',
  note: 'note',
  label: 'values',
  x: 'n',
  y: 'v',
  shape: 'steps',
  logX: true,
  logY: true,
  series: [{ name: 'best', points }],
  ...more,
});

describe('a report of a mapping', () => {
  test('escapes names and leaves out sections without data', () => {
    const page = mapReportHtml(report({}));
    expect(page).toContain('Mapping of &lt;gemm&gt;');
    expect(page).not.toContain('<gemm>');
    expect(page).not.toContain('id="nest"');
    expect(page).not.toContain('<script');
  });

  test('indents loops from level to level and says how often a word is used', () => {
    const nest = [
      {
        name: 'DRAM',
        instances: 1,
        capacityWords: Number.POSITIVE_INFINITY,
        tiles: [{ tensor: 'A', words: 2560 }],
        loops: [{ text: 'for M', isSpatial: false }],
      },
      {
        name: 'Reg',
        instances: 256,
        capacityWords: 4,
        tiles: [{ tensor: 'A', words: 1, reuse: 12.5 }],
        loops: [{ text: 'for N', isSpatial: true }],
      },
    ];
    const page = mapReportHtml(report({ nests: [{ name: '', levels: nest }] }));
    expect(page).toContain('<code style="--depth:0">for M</code>');
    expect(page).toContain('<code class="across" style="--depth:1">for N</code>');
    expect(page).toContain('A 2,560');
    expect(page).toContain('Reg x 256');
    expect(page).toContain('(each word used 12.5 times)');
  });

  test('draws bars whose widths are the shares of the longest row', () => {
    const bars: BarChart[] = [
      {
        kind: 'bars',
        id: 't',
        title: 'Traffic',
        note: '',
        quantity: 'words',
        unit: '',
        parts: [
          { name: 'x', ink: 'c0' },
          { name: 'y', ink: 'c1' },
        ],
        rows: [
          { name: 'a', values: [30, 10] },
          { name: 'b', values: [10, 0] },
        ],
        mark: null,
      },
    ];
    const widths = [...mapReportHtml(report({ bars })).matchAll(/<rect x="([\d.]+)" y="0" width="([\d.]+)"/g)];
    // 30, 10 and 10 of 40 on a drawing of 1000.
    expect(widths.map(([, x, width]) => [Number(x), Number(width)])).toEqual([
      [0, 750],
      [750, 250],
      [0, 250],
    ]);
  });

  test.each([
    [
      'a value of 0',
      [
        [1, 0],
        [10, 5],
      ],
    ],
    ['one point', [[1, 5]]],
    [
      'equal values',
      [
        [1, 5],
        [10, 5],
      ],
    ],
    [
      'large values',
      [
        [1, 1e300],
        [1e9, 1e299],
      ],
    ],
    [
      'values of one decade',
      [
        [3, 1.05e-6],
        [4, 7.3e-7],
      ],
    ],
  ] as const)('draws %s', (_, points) => {
    for (const shape of ['steps', 'dots'] as const) {
      const page = mapReportHtml(
        report({ plots: [plot(points, { shape, reference: { name: 'bound', value: points[0][1] } })] }),
      );
      expect(page).not.toMatch(/NaN|Infinity/);
      expect(page.split('<script')[0].match(/<svg/g)).toHaveLength(2);
    }
  });

  test('labels ticks of less than a unit apart differently', () => {
    const page = mapReportHtml(
      report({
        plots: [
          plot(
            [
              [1264, 1.39e-6],
              [1664, 7.3e-7],
            ],
            { logX: false, logY: false, shape: 'dots' },
          ),
        ],
      }),
    );
    const labels = [...page.split('</svg>')[0].matchAll(/text-anchor="end"[^>]*>([^<]+)</g)].map(([, text]) => text);
    expect(new Set(labels).size).toBe(labels.length);
  });
});

test('a word that is used once', () => {
  expect([reuseText(1), reuseText(2.5), reuseText(1234)]).toEqual(['1 time', '2.5 times', '1230 times']);
});
