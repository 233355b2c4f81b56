import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Parts of src/ from the ground up; each imports only itself and parts before it. */
const ORDER = [
  'base',
  'numeric',
  'formats',
  'workload',
  'systolic',
  'energy',
  'thermal',
  'policy',
  'config',
  'power',
  'design',
  'scalesim',
  'cosim',
  'report',
  'study',
  'peers',
  'index',
  'node',
  'cli',
];

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
    expect(FILES.map(partOf).filter((part) => !ORDER.includes(part))).toEqual([]);
  });

  test.each(FILES)('%s imports only what is below it', (file) => {
    for (const target of localTargets(file)) {
      expect(ORDER.indexOf(partOf(target)), `${file} imports ${target}`).toBeLessThanOrEqual(
        ORDER.indexOf(partOf(file)),
      );
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
