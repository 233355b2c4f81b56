import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Files } from '../../src/base/files.ts';
import { type Experiment, loadExperiment, runExperiment } from '../../src/cosim/index.ts';
import { runAssumptions } from '../../src/report/files/summary.ts';
import { LEAN, memoryFiles, problemsOf } from './support.ts';

const GOLDEN = new URL('../golden/onnx/', import.meta.url);

/** Files in memory as in a browser, with the models in a folder `models`. */
const files: Files = {
  ...memoryFiles(LEAN),
  readBytes: (path) => {
    const [folder, name] = path.split('/');
    return folder === 'models' && name !== 'nothing.onnx' ? readFileSync(new URL(name, GOLDEN)) : undefined;
  },
};

const text = (workload: string, more = ''): string =>
  `version: 1\nname: e\naccelerator: edge-npu\nworkload: ${workload}\n${more}`;
const load = (workload: string, more?: string, from = files): Experiment =>
  loadExperiment(from, { file: 'exp.yaml', text: text(workload, more) });

describe('an experiment on an ONNX model', () => {
  test('runs like one on a topology file of the same layers', () => {
    const [model, network] = [load('./models/resnet18.onnx'), load('resnet18')].map((e) => runExperiment(e));
    expect(model.macs).toBe(1_814_073_344);
    expect(model.conservation.macsDifference).toBe(0);
    const cycles = ({ layers }: typeof model): number[] => layers.map((layer) => layer.cycles).sort((a, b) => a - b);
    expect(cycles(model)).toEqual(cycles(network));
  });

  test('says what it takes for granted', () => {
    const result = runExperiment(load('./models/gpt2_block.onnx', 'dimensions: { seq: 64 }\n'));
    expect(runAssumptions(result)).toContain(
      'dimension "batch" of models/gpt2_block.onnx, which the model leaves open, is 1',
    );
    // 12 t d^2 for the weights, 2 t^2 d for the attention.
    expect(result.macs).toBe(12 * 64 * 768 ** 2 + 2 * 64 ** 2 * 768);
  });

  test('counts its batch as images of their own', () => {
    const { workload } = load('./models/gpt2_block.onnx', 'batch: 2\ndimensions: { seq: 64 }\n');
    const heads = workload.layers.filter(({ groups }) => groups > 1);
    expect(heads.map(({ batch, groups }) => [batch, groups])).toEqual([
      [1, 24],
      [1, 24],
    ]);
  });

  test.each<[string, string, string, string[]]>([
    ['a dimension is open', './models/gpt2_block.onnx', '', ['missing-key exp.yaml:4:11 ./models/gpt2_block.onnx']],
    [
      'a dimension is not there',
      './models/resnet18.onnx',
      'dimensions: { seq: 3 }\n',
      ['unknown-name exp.yaml:5:15 seq'],
    ],
    ['a size is none', './models/resnet18.onnx', 'dimensions: { batch: 0 }\n', ['out-of-range exp.yaml:5:22 0']],
    [
      'a topology file has no dimensions',
      'resnet18',
      'dimensions: { seq: 3 }\n',
      ['unknown-key exp.yaml:5:1 dimensions'],
    ],
    ['there is no such model', './models/nothing.onnx', '', ['file-not-found exp.yaml:4:11 ./models/nothing.onnx']],
  ])('is refused if %s', (_, workload, more, expected) => {
    expect(problemsOf(() => load(workload, more))).toEqual(expected);
  });

  test('needs files that can give bytes', () => {
    expect(problemsOf(() => load('./models/resnet18.onnx', '', memoryFiles(LEAN)))).toEqual([
      'file-not-found exp.yaml:4:11 ./models/resnet18.onnx',
    ]);
  });
});
