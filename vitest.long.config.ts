import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import quick from './vitest.config.ts';

const updates = process.argv.includes('--update');

/** Files that are the same in both tiers and are in the covered quick one: they import nothing of test/tier.ts. */
function sameInBothTiers(): string[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  const isSame = (file: string): boolean =>
    !readFileSync(join('test', file), 'utf8').includes("/tier.ts'") && !file.startsWith('browser');
  return files.filter(isSame).map((file) => join('test', file));
}

/**
 * The long tier: every test of the quick one, with all random cases and all rows. `.ci/run` calls it after `npm test`, with
 * AFTER_QUICK=1: then files that this call has run already are left out.
 */
export default mergeConfig(
  quick,
  defineConfig({
    test: {
      exclude: process.env.AFTER_QUICK === '1' ? sameInBothTiers() : [],
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
