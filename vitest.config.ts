import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts with the file that takes longest, so that no worker is left with it alone; the others as vitest has them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('docs/commands.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** The quick tier: fewer random cases, and a choice of the slow tables; test/tier.ts. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The driver of the browser turns text into code, which the covered run forbids; the long tier has these tests.
    exclude: process.env.COVERAGE === '1' ? ['test/browser/**'] : [],
    // Only so that a test that hangs ends, on a busy machine too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Nothing here keeps state between files, and loading every module anew for each of them took half of the time.
    isolate: false,
    // Processes, not threads: the commands run in here change the working directory. vitest leaves a core idle unless asked.
    pool: 'forks',
    maxWorkers: Math.min(availableParallelism(), 8),
    sequence: { sequencer: LongestFirst },
    // Nothing may turn text into code, so that a page with a strict policy can run the library; the covered run is the proof.
    execArgv: process.env.COVERAGE === '1' ? ['--disallow-code-generation-from-strings'] : [],
    // Models made by one test serve the next, and the user's own cache stays as it is.
    env: { ISOTHERM_CACHE: fileURLToPath(new URL('node_modules/.cache/isotherm', import.meta.url)) },
    coverage: {
      // `.ci/run` sets it, so that the quick tier runs once, with its coverage.
      enabled: process.env.COVERAGE === '1',
      provider: 'v8',
      include: ['src/**/*.ts'],
      // The script of the report runs in a browser: test/browser.
      exclude: ['src/report/live/**'],
      reporter: ['text-summary', 'text'],
      thresholds: Object.fromEntries(
        [
          'base',
          'numeric',
          'formats',
          'workload',
          'systolic',
          'mapping',
          'energy',
          'thermal',
          'policy',
          'design',
          'cosim',
          'report',
          'study',
          'project',
          'peers',
        ].map((stage) => [`src/${stage}/**`, { lines: 85, statements: 85 }]),
      ),
    },
  },
});
