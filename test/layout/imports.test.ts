import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * What each part of src/ may import besides itself. Arrows point one way: a part names only parts above it here, so the
 * table is its own proof that there is no cycle.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  units: ['errors'],
  config: ['errors', 'units'],
  formats: ['errors', 'units', 'config'],
  activity: ['errors'],
  workload: ['errors', 'units', 'config', 'formats'],
  systolic: ['errors', 'activity', 'workload'],
  scalesim: ['errors', 'units', 'config', 'formats', 'activity', 'workload', 'systolic'],
  energy: ['errors', 'units', 'config', 'formats', 'activity'],
  thermal: ['errors', 'units', 'config', 'formats'],
  power: ['errors', 'units', 'config', 'activity', 'systolic', 'energy'],
  policy: ['errors', 'units', 'config'],
  cosim: [
    'errors',
    'units',
    'config',
    'formats',
    'activity',
    'workload',
    'systolic',
    'energy',
    'thermal',
    'power',
    'policy',
  ],
  report: ['errors', 'units', 'formats', 'activity', 'workload', 'systolic', 'energy', 'thermal', 'cosim'],
  index: [
    'errors',
    'units',
    'config',
    'activity',
    'workload',
    'systolic',
    'scalesim',
    'energy',
    'thermal',
    'power',
    'policy',
    'cosim',
    'report',
  ],
  node: ['errors', 'units', 'config', 'thermal'],
  cli: [
    'errors',
    'units',
    'config',
    'activity',
    'workload',
    'systolic',
    'scalesim',
    'energy',
    'thermal',
    'policy',
    'cosim',
    'report',
    'node',
  ],
};

/** Folders that may use Node's own modules; all else runs in a browser. */
const NODE_ONLY = ['node', 'cli'];

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

function partOf(file: string): string {
  return file.split('/')[0].replace(/\.ts$/, '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]);
}

function localTargets(file: string): string[] {
  return importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(SRC, resolve(dirname(join(SRC, file)), target)));
}

describe('src/', () => {
  test('has only parts with a place in the order', () => {
    expect([...new Set(FILES.map(partOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test('the order has no way back', () => {
    const order = Object.keys(MAY_IMPORT);
    for (const [part, above] of Object.entries(MAY_IMPORT)) {
      for (const other of above) expect(order.indexOf(other), `${part} -> ${other}`).toBeLessThan(order.indexOf(part));
    }
  });

  test.each(FILES)('%s imports only what its part may', (file) => {
    const part = partOf(file);
    for (const target of localTargets(file)) {
      const other = partOf(target);
      expect(other === part || MAY_IMPORT[part].includes(other), `${file} imports ${target}`).toBe(true);
    }
  });

  test.each(FILES.filter((file) => !NODE_ONLY.includes(partOf(file))))('%s runs in a browser', (file) => {
    expect(importsOf(file).filter((target) => target.startsWith('node:'))).toEqual([]);
    // The CSV parser's plain build expects Node's Buffer; its browser build does not.
    expect(importsOf(file)).not.toContain('csv-parse/sync');
  });

  test('only cli/ prints or exits', () => {
    const noisy = FILES.filter((file) => partOf(file) !== 'cli').filter((file) =>
      /\bconsole\.|\bprocess\.(exit|stdout|stderr)/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(noisy).toEqual([]);
  });

  test('nothing asks the clock or chance', () => {
    const noisy = FILES.filter((file) => partOf(file) !== 'cli').filter((file) =>
      /\bDate\b|Math\.random|performance\.now/.test(readFileSync(join(SRC, file), 'utf8')),
    );
    expect(noisy).toEqual([]);
  });
});
