import { expect, test } from 'vitest';
import { lawOptions } from '../tier.ts';
import { checkDamaged, PATHS, problemsWith } from './damage.ts';

test.each(Object.entries(PATHS))('a damaged %s is read or refused with a place, never more', (_, path) => {
  checkDamaged(path, lawOptions(300, 5));
});

test('the undamaged texts have no problems', () => {
  expect(problemsWith({})).toEqual([]);
});
