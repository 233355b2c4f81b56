import { describe, expect, test } from 'vitest';
import { CASES } from './cases.ts';
import { differences, expectedOutputs, runCase } from './harness.ts';

/** One of each command and mode, each about a second; the long tier runs all. */
const QUICK = [
  ...['scalesim-topology', 'own-banks', 'v2-os', 'v3-sparse-rows', 'accelergy', 'list', 'validate-accelergy'],
  ...['two-block-step.own', 'two-block-step.hotspot', 'two-block-step.hotspot-be'],
];

const expected = expectedOutputs();

describe('outputs are those of outputs.json', () => {
  test.each(CASES.filter(({ name }) => QUICK.includes(name)))('$name', async (given) => {
    const { outputs, remove } = await runCase(given);
    expect(differences(outputs, expected[given.name]), `see out/regression/${given.name}`).toEqual([]);
    remove();
  });
});
