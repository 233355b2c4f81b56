/** A module decides in the worker of the command as it does in a program without one: every file has the same bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { joined } from '../../src/base/source.ts';
import { load, moduleKind, run } from '../../src/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { POLICY_KINDS } from '../../src/policy/index.ts';
import { artefacts } from '../../src/report/files/index.ts';
import { longTest } from '../tier.ts';
import { folderWith, isotherm } from './support.ts';

/** `policy` is missing. */
const EXPERIMENT = `version: 1
name: few
accelerator: edge-npu-hp
workload: resnet18
inferences: { period: 5ms, count: 8 }
deadline: 5ms
limit: 85C
seed: 3
`;

describe('with a worker and without', () => {
  longTest.each([
    ['{ name: ./hottest.ts, trip: 66C }, ./even.ts, ./due.ts', ['hottest', 'even', 'due']],
    ['./chance.ts', ['chance']],
  ])('%s', async (policies, names) => {
    const text = `${EXPERIMENT}policy: [${policies}]\n`;
    const texts = names.map((name) =>
      readFileSync(`test/policy/modules/${name}.ts`, 'utf8').replace('../../../src/index.ts', 'isotherm'),
    );
    const modules = Object.fromEntries(names.map((name, n) => [`${name}.ts`, texts[n]]));
    const folder = folderWith({ 'exp.yaml': text, ...modules });
    const { status, err } = isotherm(['run', 'exp.yaml', '--no-check-epoch', '-o', 'out'], folder);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const written = (file: string): string => readFileSync(join(folder, 'out', file), 'utf8');

    const kinds = [...POLICY_KINDS];
    for (const [n, name] of names.entries()) {
      const { default: definition } = await import(`../policy/modules/${name}.ts`);
      kinds.push(moduleKind(definition, { file: `${name}.ts`, text: texts[n] }));
    }
    const result = run(load(nodeFiles, { file: 'exp.yaml', text }, { kinds }), { checkEpoch: false });
    // Only the command knows its own line and the hash of the files that it has read.
    const { command, summary } = JSON.parse(written('report.json'));
    const all = Object.entries(artefacts(result, { command, inputsHash: summary.inputsHash }));
    const differing = all.filter(([file, make]) => joined(make()) !== written(file)).map(([file]) => file);
    expect(differing).toEqual([]);
    // Each had a say, else any worker would do.
    for (const name of names) expect(written('events.csv')).toMatch(new RegExp(`,(decision|limited),${name},`));
  });
});
