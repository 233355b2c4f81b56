/** Options that would have no effect are refused, not dropped. */
import { expect, test } from 'vitest';
import { type MapOptions, misuse } from '../../src/cli/commands/map-options.ts';

const FILES = ['arch.yaml', 'problem.yaml'];
const refusal = (options: Partial<MapOptions>): string | undefined => misuse(FILES, { model: 'timeloop', ...options });

test.each([
  [{ gap: 0.1 }],
  [{ objective: 'edp' as const }],
  [{ search: 'ga' as const }],
  [{ deadline: '100' }],
  [{ time: 1 }],
])('--mapping evaluates one mapping and refuses %o', (options) => {
  expect(refusal(options)).toBeUndefined();
  expect(refusal({ mapping: 'map.yaml' })).toBeUndefined();
  expect(refusal({ mapping: 'map.yaml', ...options })).toMatch(/^--mapping evaluates one mapping/);
});

test('a gap needs a search that knows a bound', () => {
  expect(refusal({ search: 'random', gap: 0.1 })).toBe('--gap belongs to --search exact or decoupled');
  expect(refusal({ search: 'exact', gap: 0.1 })).toBeUndefined();
});
