import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'text'],
      thresholds: Object.fromEntries(
        ['config', 'formats', 'workload', 'activity', 'systolic', 'energy', 'policy', 'cosim'].map((stage) => [
          `src/${stage}/**`,
          { lines: 85, statements: 85 },
        ]),
      ),
    },
  },
});
