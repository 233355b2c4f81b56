import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 30_000,
    // Nothing here keeps state between files, and loading every module anew for each of them took half of the time.
    isolate: false,
    // Models made by one test serve the next, and the user's own cache stays as it is.
    env: { ISOTHERM_CACHE: fileURLToPath(new URL('node_modules/.cache/isotherm', import.meta.url)) },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'text'],
      thresholds: Object.fromEntries(
        [
          'base',
          'numeric',
          'formats',
          'workload',
          'systolic',
          'energy',
          'thermal',
          'policy',
          'design',
          'cosim',
          'report',
          'study',
          'peers',
        ].map((stage) => [`src/${stage}/**`, { lines: 85, statements: 85 }]),
      ),
    },
  },
});
