import { expect, test } from 'vitest';
import { runDifferences } from '../../src/study/compare/index.ts';

const A = {
  experiment: 'e',
  policy: 'pace',
  deadline: { limitS: 1, misses: 0 },
  energyJ: { total: 4, dram: 0 },
  start: { mode: 'ambient' },
};
const B = { ...A, policy: 'fixed', deadline: { limitS: 2, misses: 0 }, energyJ: { total: 5, dram: 1, idle: 2 } };

test('settings and results that differ, with their change', () => {
  expect(runDifferences(A, B)).toEqual({
    settings: [
      { key: 'policy', a: 'pace', b: 'fixed' },
      { key: 'deadline.limitS', a: 1, b: 2, change: 1 },
    ],
    results: [
      { key: 'energyJ.total', a: 4, b: 5, change: 0.25 },
      { key: 'energyJ.dram', a: 0, b: 1 },
      { key: 'energyJ.idle', a: undefined, b: 2 },
    ],
    layers: [],
    equal: 3,
  });
});

test('layers, the largest change first', () => {
  const layers = [
    new Map([
      ['x', 1],
      ['y', 5],
      ['z', 2],
    ]),
    new Map([
      ['x', 2],
      ['y', 2],
      ['z', 2],
    ]),
  ] as const;
  expect(runDifferences({}, {}, layers).layers.map(({ key }) => key)).toEqual(['y', 'x']);
  expect(runDifferences(A, A, [layers[0], layers[0]])).toMatchObject({ settings: [], results: [], layers: [] });
});

test('assumptions by their text: one more in the middle is one difference', () => {
  const [a, b] = [
    ['u', 'w'],
    ['u', 'v', 'w'],
  ].map((assumptions) => ({ experiment: 'e', assumptions }));
  expect(runDifferences(a, b)).toEqual({
    settings: [{ key: 'assumptions: v', a: undefined, b: true }],
    results: [],
    layers: [],
    equal: 3,
  });
});
