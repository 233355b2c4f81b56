import { defineConfig, mergeConfig } from 'vitest/config';
import quick from './vitest.config.ts';

const updates = process.argv.includes('--update');

/** The long tier: every test of the quick one, with all random cases and all rows. `.ci/run` calls it after `npm test`. */
export default mergeConfig(
  quick,
  defineConfig({
    test: {
      testTimeout: 1_200_000,
      // Tests of one file that run at once are processes of the command.
      maxConcurrency: 2,
      // `npm run regression -- --update` writes test/regression/outputs.json anew, `npm run docs -- --update` the outputs in the docs.
      env: {
        TEST_TIER: 'long',
        REGRESSION_UPDATE: String(updates && process.argv.includes('test/regression')),
        DOCS_UPDATE: String(updates && process.argv.includes('test/docs/commands')),
      },
    },
  }),
);
