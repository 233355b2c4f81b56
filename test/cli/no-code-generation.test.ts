import { expect, test } from 'vitest';
import { folderWith, isotherm } from './support.ts';

const STRICT = { NODE_OPTIONS: '--disallow-code-generation-from-strings' };

test.each([
  ['run', ['run', 'one-inference', '--json']],
  ['validate', ['validate', 'accelerators/edge-npu/accelerator.yaml', 'policies/pace.yaml']],
  ['simulate', ['simulate', '-c', 'test/golden/scalesim/cfg/os.cfg', '-t', 'workloads/alexnet.csv']],
  ['list', ['list', 'policies']],
])('%s works where Node forbids code generation', (_, args) => {
  const { status, err } = isotherm(args, process.cwd(), { ...STRICT, ISOTHERM_CACHE: folderWith() });
  expect(err).not.toMatch(/internal error|EvalError/);
  expect(status === 3).toBe(false);
});
