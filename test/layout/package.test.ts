import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { longTest } from '../tier.ts';

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` makes of the checkout, as users install it. */
describe('the package', () => {
  let folder: string;
  let packed: Packed;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isotherm-package-'));
    const out = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { encoding: 'utf8' });
    [packed] = JSON.parse(out);
    execFileSync('tar', ['xzf', join(folder, packed.filename), '-C', folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  longTest('has less than 10 MB', () => {
    expect(packed.unpackedSize).toBeLessThan(10e6);
  });

  longTest('has every page that its pages link to', () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const pages = [...paths].filter((path) => path.endsWith('.md'));
    const broken = pages.flatMap((page) => {
      const text = readFileSync(join(folder, 'package', page), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link);
      const targets = links.map((link) => normalize(join(dirname(page), link)).replace(/\/$/, ''));
      const isThere = (target: string): boolean =>
        paths.has(target) || [...paths].some((path) => path.startsWith(`${target}/`));
      return targets.filter((target) => !isThere(target)).map((target) => `${page} links to ${target}`);
    });
    expect(broken).toEqual([]);
  });

  longTest('builds a site in which every link leads somewhere', () => {
    // The script ends with status 1 at a link that leads nowhere; then execFileSync throws.
    const out = execFileSync('node', ['scripts/site/build.js', join(folder, 'site')], { encoding: 'utf8' });
    expect(out).toMatch(/^\d+ pages in /);
  });

  longTest('says its version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(readFileSync('CITATION.cff', 'utf8')).toContain(`\nversion: ${version}\n`);
  });
});
