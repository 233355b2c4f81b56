import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const TEST = fileURLToPath(new URL('..', import.meta.url));

// vitest.long.config.ts tells from the import alone whether a file of tests differs between the tiers.
test('no helper of the tests imports the tiers: each test says by itself what differs', () => {
  const helpers = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /(?<!\.test)\.ts$/.test(file) && file !== 'tier.ts',
  );
  expect(helpers.length).toBeGreaterThan(50);
  expect(helpers.filter((file) => /tier\.ts|TEST_TIER/.test(readFileSync(join(TEST, file), 'utf8')))).toEqual([]);
});
