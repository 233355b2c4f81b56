import { afterAll, describe, expect, test } from 'vitest';
import { LONG } from '../tier.ts';
import { CASES } from './cases.ts';
import { differences, expectedOutputs, type Outputs, runCase, UPDATE, writeExpected } from './harness.ts';

/** One of each command and mode, each about a second; the long tier runs all. */
const QUICK = [
  ...['scalesim-topology', 'own-banks', 'v3-sparse-rows', 'accelergy', 'validate-accelergy'],
  ...['two-block-step.own', 'two-block-step.hotspot'],
];

// The hashes say that nothing changed, not that anything is right: they are our own outputs, of the commit that last updated them.
const expected = UPDATE ? {} : expectedOutputs();
const found = new Map<string, Outputs>();

describe.concurrent('outputs are those of outputs.json', () => {
  test.for(CASES.filter(({ name }) => LONG || QUICK.includes(name)))('$name: $command', async (given, { expect }) => {
    const { outputs, remove } = await runCase(given);
    found.set(given.name, outputs);
    if (!UPDATE) expect(differences(outputs, expected[given.name]), `see out/regression/${given.name}`).toEqual([]);
    remove();
  });
});

test('every case is in the list, and nothing else is', () => {
  if (!UPDATE) expect(Object.keys(expected)).toEqual(CASES.map(({ name }) => name));
});

afterAll(() => {
  if (UPDATE) writeExpected(found);
});
