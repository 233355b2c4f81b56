import { expect } from 'vitest';
import { longTest } from '../tier.ts';
import { folderWith, isotherm } from './support.ts';

const STRICT = { NODE_OPTIONS: '--disallow-code-generation-from-strings' };

// The covered run of the quick tier is under this flag as a whole; these are processes of the built command.
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['run', ['run', 'one-inference', '--json']],
  ['validate', ['validate', 'accelerators/edge-npu/accelerator.yaml', 'policies/pace.yaml']],
  ['simulate', ['simulate', '-c', 'test/golden/scalesim/cfg/os.cfg', '-t', 'workloads/alexnet.csv']],
  ['list', ['list', 'policies']],
];

longTest.each(COMMANDS)('%s works where Node forbids code generation', (_, args) => {
  const { status, err } = isotherm(args, process.cwd(), { ...STRICT, ISOTHERM_CACHE: folderWith() });
  expect(err).not.toMatch(/internal error|EvalError/);
  expect(status === 3).toBe(false);
});
