import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
};

/** The source of an entry of the package: `./dist/thermal/index.js` is built from `src/thermal/index.ts`. */
const sourceOf = (entry: string): string =>
  join(ROOT, exports[entry].default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'));

/** Names a module exports, types among them, as it lists them: `type Files`, `load`. */
function namesOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type, names]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^(type )?.* as /, '$1'))
      .filter((name) => name !== '')
      .map((name) => (type ? `type ${name}` : name)),
  );
  const own = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  const ownTypes = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => `type ${name}`);
  const passedOn = [...text.matchAll(/^export \* from '([^']+)'/gm)].flatMap(([, from]) =>
    namesOf(join(dirname(file), from)),
  );
  return [...new Set([...listed, ...own, ...ownTypes, ...passedOn])].sort();
}

const LIST = join(ROOT, 'test/layout/face.json');

// Adding a name is a decision (keep it for good), removing one a breaking change: `FACE_UPDATE=1 npx vitest run test/layout`.
const found = Object.fromEntries(Object.keys(exports).map((entry) => [entry, namesOf(sourceOf(entry))]));
if (process.env.FACE_UPDATE === '1') writeFileSync(LIST, `${JSON.stringify(found, null, 2)}\n`);

describe('the face', () => {
  test.each(Object.keys(exports))('%s', (entry) => {
    expect(found[entry]).toEqual(JSON.parse(readFileSync(LIST, 'utf8'))[entry]);
  });

  test('isotherm is a chosen list, small enough to read', () => {
    expect(readFileSync(sourceOf('.'), 'utf8')).not.toContain('export *');
    expect(namesOf(sourceOf('.')).length).toBeLessThanOrEqual(50);
  });
});
