import { defineConfig } from 'vitest/config';

/** The longer tier: the same laws on many more random cases. `.ci/run` calls it after `npm test`. */
export default defineConfig({
  test: {
    include: ['test/**/*.long.test.ts'],
    testTimeout: 600_000,
    // Tests of one file that run at once are processes of the command.
    maxConcurrency: 2,
    env: {
      ISOTHERM_CACHE: 'node_modules/.cache/isotherm',
      // `npm run regression -- --update` writes test/regression/outputs.json anew.
      REGRESSION_UPDATE: String(process.argv.includes('--update')),
    },
  },
});
