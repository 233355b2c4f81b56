import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Layer,
  layerMacs,
  readOnnxModel,
  readTopology,
  type Workload,
  workloadMacs,
} from '../../../src/workload/index.ts';

const golden = (name: string): Buffer => readFileSync(new URL(`../../golden/onnx/${name}`, import.meta.url));

function model(name: string, dimensions: Readonly<Record<string, number>> = {}): Workload {
  return readOnnxModel({ file: `${name}.onnx`, bytes: golden(`${name}.onnx`) }, { dimensions });
}

function network(name: string): Workload {
  const file = `workloads/${name}.csv`;
  return readTopology({ file, text: readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8') });
}

/** Layers but for their names, sorted: exporters put shortcuts before or after what they go around. */
function shapes({ layers }: Workload): string[] {
  return layers.map(({ name: _, ...shape }: Layer) => JSON.stringify(Object.entries(shape).sort())).sort();
}

const MACS: Readonly<Record<string, Readonly<Record<string, number | null>>>> = JSON.parse(
  golden('macs.json').toString(),
);

/** Origin of all: test/golden/onnx/README.md. */
describe('models exported by PyTorch', () => {
  test.each<[string, Readonly<Record<string, number>>, number, number]>([
    ['resnet18', {}, 0, 1_814_073_344],
    // torchvision states 0.30 GFLOPS.
    ['mobilenet_v2', {}, 0, 300_774_272],
    ['gpt2_block', { seq: 1024 }, 2, 8_858_370_048],
    ['gpt2_block_dynamo', {}, 0, 8_858_370_048],
  ])('%s has the MACs of the shapes that onnx infers', (name, dimensions, unknown, total) => {
    const workload = model(name, dimensions);
    const expected = MACS[name];
    expect(workload.layers.map((layer) => layer.name)).toEqual(Object.keys(expected));
    for (const layer of workload.layers) {
      if (expected[layer.name] !== null) expect(layerMacs(layer), layer.name).toBe(expected[layer.name]);
    }
    expect(Object.values(expected).filter((macs) => macs === null)).toHaveLength(unknown);
    expect(workloadMacs(workload)).toBe(total);
  });

  test('resnet18 has the layers of our topology file', () => {
    expect(shapes(model('resnet18'))).toEqual(shapes(network('resnet18')));
    expect(model('resnet18').assumptions).toEqual([
      'dimension "batch" of resnet18.onnx, which the model leaves open, is 1',
    ]);
  });

  test.each([
    ['gpt2_block', { seq: 1024 }],
    ['gpt2_block_dynamo', {}],
  ])('%s has the layers of our topology file, attention as a group a head', (name, dimensions) => {
    expect(shapes(model(name, dimensions))).toEqual(shapes(network('gpt2_small_block')));
  });

  test('the depthwise layers of mobilenet_v2 have one channel a group', () => {
    const grouped = model('mobilenet_v2').layers.filter(({ groups }) => groups > 1);
    expect(grouped).toHaveLength(17);
    expect(grouped.every(({ channels, filters }) => channels === 1 && filters === 1)).toBe(true);
  });
});
