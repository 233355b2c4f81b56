import { defineConfig } from 'vitest/config';

/** The longer tier: the same laws on many more random cases. `.ci/run` calls it after `npm test`. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    testTimeout: 600_000,
    env: { ISOTHERM_CACHE: 'node_modules/.cache/isotherm' },
  },
});
