import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { folderWith, isothermHere } from '../cli/support.ts';
import { longTest } from '../tier.ts';
import { ROOT } from './pages.ts';

/** Pictures of the documentation, and the figures of the quickstart that they are. */
const PICTURES = { 'quickstart-temperature.svg': 'temperature.svg', 'quickstart-map.svg': 'map.svg' };

// `npm run docs -- --update` draws them anew.
longTest('the pictures are those that the quickstart draws', async () => {
  const folder = folderWith({});
  expect((await isothermHere(['run', 'quickstart', '--quiet', '--figures', 'figures'], folder)).status).toBe(0);
  for (const [picture, figure] of Object.entries(PICTURES)) {
    const fresh = readFileSync(join(folder, 'figures', figure), 'utf8');
    const place = join(ROOT, 'docs/pictures', picture);
    if (process.env.DOCS_UPDATE === 'true') writeFileSync(place, fresh);
    else expect(fresh === readFileSync(place, 'utf8'), picture).toBe(true);
  }
});
