import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EDGE, edit, QUICKSTART, SIZED_ARCHITECTURE } from '../cosim/support.ts';
import { someOf } from '../tier.ts';
import { errorsIn, folderWith, isothermHere } from './support.ts';

const run = async (text: string, ...args: string[]) => {
  const folder = folderWith({ 'exp.yaml': text });
  const { status, err } = await isothermHere(['run', join(folder, 'exp.yaml'), ...args]);
  return { status, err, errors: errorsIn(err, folder) };
};
const set = (...overrides: string[]) => overrides.flatMap((text) => ['--set', text]);

describe('a short path of --set gets the whole one', () => {
  test.each([
    ['array.rows=16', 'accelerator.array.rows'],
    ['rows=16', 'accelerator.array.rows'],
    ['dataflow=ws', 'accelerator.array.dataflow'],
    ['frequency=400MHz', 'policy.frequency'],
    ['guard=0.1', 'policy.guard'],
    ['duration=1s', 'inferences.duration'],
    ['domains.core.transition.stall=1us', 'accelerator.domains.core.transition.stall'],
  ])('%s', async (override, whole) => {
    const { err, errors } = await run(QUICKSTART, ...set(override));
    expect(errors).toEqual(['unknown-key --set:1:1']);
    expect(err).toContain(`did you mean "${whole}"?`);
  });

  test('a slip of a key of the experiment keeps its own', async () => {
    const { err } = await run(QUICKSTART, ...set('deadlin=5ms'));
    expect(err).toContain('did you mean "deadline"?');
  });

  test('a key that exists beside another one gets no path', async () => {
    const phases = edit(QUICKSTART, 'policy:', 'inferences: { phases: [{ period: 5ms, duration: 1s }] }\npolicy:');
    const { err, errors } = await run(phases, ...set('inferences.period=4ms'));
    expect(errors).toEqual(['unknown-key --set:1:1']);
    expect(err).not.toContain('did you mean');
    expect((await run(phases, ...set('inferences={period: 4ms, count: 1}'))).status).toBe(0);
  });
});

test('an option is reported under its own name', async () => {
  const { err, errors } = await run(QUICKSTART, '--deadline', '5');
  expect(errors).toEqual(['missing-unit --deadline:1:1']);
  expect(err).toContain('1 | 5\n');
  expect((await run(QUICKSTART, '--deadline', '[5')).errors).toEqual(['override-invalid --deadline:1:1']);
});

test('a path that was typed is seen from the working directory, one in a file from that file', async () => {
  // In the folder of the experiment there is no workloads/, accelerators/ or policies/: those are of the working directory.
  const typed = [
    ...['workload=workloads/alexnet.csv', 'accelerator=./accelerators/edge-npu', 'policy=./policies/performance.yaml'],
    ...['accelerator.architecture=accelerators/edge-npu/architecture.yaml', 'accelerator.tables=[./tech-tables]'],
    ...['accelerator.thermal.floorplan=accelerators/edge-npu/chip.flp'],
  ];
  for (const override of someOf(typed, 2)) {
    const { status, err } = await run(
      QUICKSTART,
      ...set('workload=alexnet', override),
      '--set',
      'accelerator.thermal.grid={rows: 8, columns: 8}',
    );
    expect({ status, err }, override).toEqual({ status: 0, err: '' });
  }
  const folder = folderWith({
    'deep/exp.yaml': edit(QUICKSTART, 'edge-npu', '../npu'),
    'npu/accelerator.yaml': EDGE,
    'npu/architecture.yaml': SIZED_ARCHITECTURE,
  });
  expect((await isothermHere(['validate', join(folder, 'deep/exp.yaml')])).err).toBe('');
  const elsewhere = await run(QUICKSTART, ...set('workload=./alexnet.csv'));
  expect(elsewhere.err).toContain('no such file: alexnet.csv');
});

describe('hints', () => {
  test('a file of the name of a bundled network', async () => {
    const { err, errors } = await run(edit(QUICKSTART, 'workload: resnet18', 'workload: resnet18.csv'));
    expect(errors).toEqual(['file-not-found exp.yaml:6:11']);
    expect(err).toContain('did you mean "resnet18"?');
  });

  test('a number of inferences', async () => {
    const { err, errors } = await run(`${QUICKSTART}inferences: 100\n`);
    expect(errors).toEqual(['wrong-type exp.yaml:10:13']);
    expect(err).toContain('expected a mapping, such as {count: 100}');
  });

  test('a part of an entry that a list does not have', async () => {
    const { err, errors } = await run(QUICKSTART, ...set('accelerator.domains.core.operating_points.7.voltage=1V'));
    expect(errors).toEqual(['override-invalid --set:1:1']);
    expect(err).toContain('the list has entries 0 to 6; "7" is not one of them');
    expect(err).toContain('a number from 0 to 6; domains.core.operating_points.7={...} adds a whole entry');
  });

  test('what is wrong with an experiment and with its policy is told at once', async () => {
    const text = edit(QUICKSTART, 'policy:', 'limit: 85\ndeadline: 5ms\npolicy:').replace(
      / {2}name: fixed[\s\S]*/,
      '  name: pace\n  gaurd: 0.1\n',
    );
    const { err, errors } = await run(text);
    expect(errors.map((one) => one.split(':')[0])).toEqual(['missing-unit exp.yaml', 'unknown-key exp.yaml']);
    expect(err).toContain('did you mean "guard"?');
  });
});
