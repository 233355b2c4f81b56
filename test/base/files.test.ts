import { describe, expect, test } from 'vitest';
import { fail, type Span } from '../../src/base/errors.ts';
import { bundledNames, type Files, type Kind, readReference, relativeTo } from '../../src/base/files.ts';
import { memoryFiles, problemsOf } from '../cosim/support.ts';
import { diagnosticsOf } from '../energy/support.ts';

const files = memoryFiles({
  'designs/mine/accelerator.yaml': 'in its folder',
  'designs/flat.yml': 'a file',
  'designs/net.csv': 'layers',
  '/abs/p.yaml': 'absolute',
  'isotherm:workloads/README.md': 'beside the workloads',
  'isotherm:accelerators/README.md': 'beside the accelerators',
});
const span: Span = { file: 'e.yaml', line: 4, column: 2, length: 3, lineText: ' xyz' };
const read = (kind: Kind, reference: string, from = 'designs/e.yaml') =>
  readReference(files, kind, reference, from, span);

describe('relativeTo', () => {
  test.each([
    ['e.yaml', 'a.csv', 'a.csv'],
    ['e.yaml', './a.csv', 'a.csv'],
    ['dir/e.yaml', 'a.csv', 'dir/a.csv'],
    ['dir/e.yaml', '../a.csv', 'a.csv'],
    ['dir/e.yaml', '../../a.csv', '../a.csv'],
    ['../dir/e.yaml', '../a.csv', '../a.csv'],
    ['../e.yaml', '../a.csv', '../../a.csv'],
    ['dir/e.yaml', 'x/.././/y/a.csv', 'dir/y/a.csv'],
    // The folder itself, not the root of the file system.
    ['dir/e.yaml', '..', '.'],
    ['', '.', '.'],
    ['/abs/dir/e.yaml', '../a.csv', '/abs/a.csv'],
    ['dir/e.yaml', '/abs/a.csv', '/abs/a.csv'],
    ['dir/e.yaml', 'C:\\a.csv', 'C:\\a.csv'],
    ['isotherm:experiments/q.yaml', '../workloads/a.csv', 'isotherm:workloads/a.csv'],
    ['isotherm:experiments/q.yaml', 'tables', 'isotherm:experiments/tables'],
    ['dir/e.yaml', 'isotherm:workloads/a.csv', 'isotherm:workloads/a.csv'],
    ['', 'a.csv', 'a.csv'],
  ])('from %j, %j is %j', (from, reference, path) => {
    expect(relativeTo(from, reference)).toBe(path);
  });
});

describe('readReference', () => {
  test.each<[Kind, string, string]>([
    ['accelerator', 'edge-npu', 'isotherm:accelerators/edge-npu/accelerator.yaml'],
    ['workload', 'resnet18', 'isotherm:workloads/resnet18.csv'],
    ['policy', 'fixed', 'isotherm:policies/fixed.yaml'],
    ['experiment', 'quickstart', 'isotherm:experiments/quickstart.yaml'],
    ['accelerator', './mine', 'designs/mine/accelerator.yaml'],
    ['accelerator', './mine/', 'designs/mine/accelerator.yaml'],
    ['accelerator', 'mine/accelerator.yaml', 'designs/mine/accelerator.yaml'],
    // The file keeps its own name whatever it ends with: what it names is looked for beside it.
    ['accelerator', './flat.yml', 'designs/flat.yml'],
    ['workload', 'net.csv', 'designs/net.csv'],
    ['workload', '../designs/net.csv', 'designs/net.csv'],
    ['workload', 'isotherm:workloads/resnet18.csv', 'isotherm:workloads/resnet18.csv'],
    ['policy', '/abs/p.yaml', '/abs/p.yaml'],
  ])('the %s %s is %s', (kind, reference, file) => {
    const source = read(kind, reference);
    expect(source.file).toBe(file);
    expect(source.text).toBe(files.read(file));
  });

  test('a bare name is a bundled one, or an error that lists them', () => {
    expect(problemsOf(() => read('workload', 'resnet81'))).toEqual(['unknown-name e.yaml:4:2 xyz']);
    expect(diagnosticsOf(() => read('workload', 'resnet81'))[0]).toMatchObject({
      suggestion: 'resnet18',
      expected:
        'one of alexnet, gpt2_small_block, mobilenet_v1, resnet18, resnet50, vit_small_encoder, or a path such as ./my.csv',
    });
    expect(diagnosticsOf(() => read('accelerator', 'nothing'))[0].expected).toMatch(
      /, or a path such as \.\/my\/accelerator\.yaml$/,
    );
  });

  test.each<[Kind, string, string]>([
    ['workload', './nothing.csv', 'no such file: designs/nothing.csv'],
    ['accelerator', '..', 'no such file: .'],
    ['experiment', '', 'no such file: designs'],
  ])('a %s at %j that is not there', (kind, reference, message) => {
    expect(problemsOf(() => read(kind, reference))).toEqual(['file-not-found e.yaml:4:2 xyz']);
    expect(diagnosticsOf(() => read(kind, reference))[0].message).toBe(message);
  });

  test('what cannot be read is reported where it is named', () => {
    const broken: Files = { list: () => [], read: () => fail('file-unreadable', 'no') };
    expect(problemsOf(() => readReference(broken, 'policy', 'fixed', '', span))).toEqual([
      'file-unreadable e.yaml:4:2 xyz',
    ]);
  });
});

test('bundled names are of files of that kind only', () => {
  expect(bundledNames(files, 'accelerator')).toEqual(expect.arrayContaining(['cloud-tpu', 'edge-npu', 'quad-npu']));
  expect(bundledNames(files, 'workload')).toContain('resnet18');
  expect(bundledNames(files, 'workload')).not.toContain('README');
  expect(bundledNames(files, 'policy')).toContain('fixed');
  expect(bundledNames(files, 'experiment')).toContain('quickstart');
});
