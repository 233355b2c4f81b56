import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkPolicy, createStack, POLICY_KINDS } from '../../src/policy/index.ts';
import { parsePolicy } from '../../src/policy/policy-file.ts';
import { ARRAY, contextOf, document, first, MEMORY, problemsOf } from './support.ts';

const parse = (text: string) => parsePolicy(document(text));
const HEAD = 'version: 1\nname: mine\n';

describe('parsePolicy', () => {
  test('a file with one policy', () => {
    const { name, description, entries } = parse(`${HEAD}uses: pace\nparameters: {guard: 0.1}`);
    expect([name, description]).toEqual(['mine', '']);
    expect(entries).toHaveLength(1);
    expect(entries[0].uses).toBe('pace');
    expect(entries[0].usesSpan).toMatchObject({ line: 3, column: 7 });
    expect(entries[0].parameters.value).toEqual({ guard: 0.1 });
    expect(entries[0].parameters.span(['guard'])).toMatchObject({ line: 4, column: 21 });
  });

  test('a file with several', () => {
    const { entries } = parse(`${HEAD}stack:\n  - uses: bang_bang\n    parameters: {trip: 70C}\n  - uses: pace`);
    expect(entries.map(({ uses }) => uses)).toEqual(['bang_bang', 'pace']);
    expect(entries.map(({ parameters }) => parameters.value)).toEqual([{ trip: '70C' }, {}]);
    expect(entries[1].usesSpan).toMatchObject({ line: 6, column: 11 });
    expect(entries[0].parameters.span(['trip'])).toMatchObject({ line: 5, column: 24 });
  });

  test.each([
    ['', 'missing-key p.yaml:1:1 version: 1'],
    ['uses: pace\nstack: [{uses: pace}]', 'unknown-key p.yaml:3:1 uses'],
    ['stack: [{uses: pace}]\nparameters: {}', 'unknown-key p.yaml:4:1 parameters'],
    ['parameters: {}', 'missing-key p.yaml:1:1 version: 1'],
    ['stack: []', 'out-of-range p.yaml:3:8 []'],
    ['stack: pace', 'wrong-type p.yaml:3:8 pace'],
    ['stack: [pace]', 'wrong-type p.yaml:3:9 pace'],
    ['stack: [{parameters: {}}]', 'missing-key p.yaml:3:9 {parameters: {}}'],
    ['stack: [{uses: pace, guard: 0.1}]', 'unknown-key p.yaml:3:22 guard'],
    ['uses: [pace]', 'wrong-type p.yaml:3:7 [pace]'],
    ['uze: pace', 'unknown-key p.yaml:3:1 uze'],
  ])('%j is wrong', (text, problem) => {
    const [one] = problemsOf(() => parse(HEAD + text));
    expect(one).toBe(problem);
  });
});

/** A context that fits a policy: "regional" needs two regions with clocks of their own. */
function contextFor(uses: string) {
  if (uses !== 'regional' && uses !== 'hot-regions') return contextOf();
  const { places } = contextOf();
  const apart = places.map((place, b) => ({ ...place, domains: [b === 0 ? 'array' : 'memory'] }));
  return contextOf({ domains: [ARRAY, MEMORY], places: apart });
}

describe('bundled policies', () => {
  const files = readdirSync('policies').filter((name) => name.endsWith('.yaml'));

  test('there is one for every kind, by its id', () => {
    const kinds = files.flatMap((file) => {
      const { name, entries } = parse(readFileSync(`policies/${file}`, 'utf8'));
      return entries.length === 1 && name === entries[0].uses ? [name] : [];
    });
    expect(kinds.sort()).toEqual(POLICY_KINDS.map(({ id }) => id).sort());
  });

  test.each(files)('%s opens with when to use it, and runs', (file) => {
    const text = readFileSync(`policies/${file}`, 'utf8');
    expect(text).toMatch(/^# Use it (as|for|if|to) /);
    const { name, description, entries } = parse(text);
    expect(file).toBe(`${name}.yaml`);
    expect(description).not.toBe('');
    for (const { uses, usesSpan, parameters } of entries) checkPolicy(uses, usesSpan, [parameters]);
    const given = entries.map(({ parameters, ...rest }) => ({
      ...rest,
      name: rest.uses,
      parameters: [parameters],
    }));
    const context = contextFor(name);
    expect(first(createStack(given, context)).points.array).toBeGreaterThanOrEqual(0);
  });

  test.each(files)('%s writes the defaults where it writes parameters of its own kind', (file) => {
    const { entries } = parse(readFileSync(`policies/${file}`, 'utf8'));
    if (entries.length > 1 || entries[0].uses === 'rules') return;
    const [{ uses, usesSpan }] = entries;
    const withParameters = createStack(
      [{ name: uses, uses, usesSpan, parameters: [entries[0].parameters] }],
      contextFor(uses),
    );
    const without = createStack([{ name: uses, uses, usesSpan, parameters: [] }], contextFor(uses));
    const hot = {
      timeS: 1,
      temperatureK: [356, 330],
      ...(uses === 'regional' ? { points: { array: 4, memory: 1 } } : {}),
    };
    expect(first(withParameters, hot)).toEqual(first(without, hot));
    expect(withParameters.marksK).toEqual(without.marksK);
  });
});
