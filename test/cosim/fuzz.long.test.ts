import { test } from 'vitest';
import { checkDamaged, PATHS } from './damage.ts';

test.each(Object.entries(PATHS))('a damaged %s is read or refused with a place, never more', (_, path) => {
  checkDamaged(path, { numRuns: 300 });
});
