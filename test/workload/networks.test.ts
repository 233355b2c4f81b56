import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { layerMacs, readTopology, type Workload, workloadMacs } from '../../src/workload/index.ts';

function network(name: string): Workload {
  const file = `workloads/${name}.csv`;
  return readTopology({ file, text: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') });
}

/** MACs of a k x k convolution by its output, which is what the papers' tables give. */
function conv(output: number, kernel: number, channels: number, filters: number): number {
  return output ** 2 * kernel ** 2 * channels * filters;
}

function sum(terms: readonly number[]): number {
  return terms.reduce((total, term) => total + term, 0);
}

// He et al., CVPR 2016, table 1: output size and width of the stages conv2_x to conv5_x.
const STAGES = [
  { size: 56, width: 64, before: { size: 56, width: 64 } },
  { size: 28, width: 128, before: { size: 56, width: 64 } },
  { size: 14, width: 256, before: { size: 28, width: 128 } },
  { size: 7, width: 512, before: { size: 14, width: 256 } },
];

/** Two 3 x 3 convolutions a block; a 1 x 1 projection where the width changes. */
function resnet18(): number {
  const stages = STAGES.map(({ size, width, before }) => {
    const projection = width === before.width ? 0 : conv(size, 1, before.width, width);
    return conv(size, 3, before.width, width) + 3 * conv(size, 3, width, width) + projection;
  });
  return conv(112, 7, 3, 64) + sum(stages) + 512 * 1000;
}

/** `strideIn3x3`: where the first block of a stage halves the size (torchvision), or in its first 1 x 1 (the paper). */
function resnet50({ strideIn3x3 }: { strideIn3x3: boolean }): number {
  const blocks = [3, 4, 6, 3];
  const stages = STAGES.map(({ size, width, before }, i) => {
    const input = i === 0 ? 64 : 4 * before.width;
    const reduced = strideIn3x3 ? before.size : size;
    const rest = conv(size, 3, width, width) + conv(size, 1, width, 4 * width);
    const first = conv(reduced, 1, input, width) + rest + conv(size, 1, input, 4 * width);
    return first + (blocks[i] - 1) * (conv(size, 1, 4 * width, width) + rest);
  });
  return conv(112, 7, 3, 64) + sum(stages) + 2048 * 1000;
}

function alexnet(): number {
  const convs = [
    conv(55, 11, 3, 64),
    conv(27, 5, 64, 192),
    conv(13, 3, 192, 384),
    conv(13, 3, 384, 256),
    conv(13, 3, 256, 256),
  ];
  return sum(convs) + 6 * 6 * 256 * 4096 + 4096 * 4096 + 4096 * 1000;
}

/** Howard et al. 2017, equation 5: a separable convolution costs k^2 M D^2 + M N D^2. */
function mobilenet(): number {
  const separable = (size: number, channels: number, filters: number): number =>
    9 * channels * size ** 2 + channels * filters * size ** 2;
  const pairs = [
    ...[separable(112, 32, 64), separable(56, 64, 128), separable(56, 128, 128), separable(28, 128, 256)],
    ...[separable(28, 256, 256), separable(14, 256, 512), 5 * separable(14, 512, 512)],
  ];
  return conv(112, 3, 3, 32) + sum(pairs) + separable(7, 512, 1024) + separable(7, 1024, 1024) + 1024 * 1000;
}

/** Of t tokens of dimension d with an MLP four times as wide: 12 t d^2 for the weights, 2 t^2 d for the attention. */
function transformerBlock(tokens: number, dimension: number): number {
  return 12 * tokens * dimension ** 2 + 2 * tokens ** 2 * dimension;
}

describe('bundled networks have the MACs of the published shapes', () => {
  test.each([
    // Published: He et al. table 1, 1.8e9; torchvision, 1.81 GFLOPS.
    ['resnet18', resnet18(), 1_814_073_344, 21],
    // Published: torchvision, 4.09 GFLOPS.
    ['resnet50', resnet50({ strideIn3x3: true }), 4_089_184_256, 54],
    // Published: torchvision, 0.71 GFLOPS.
    ['alexnet', alexnet(), 714_188_480, 8],
    // Published: Howard et al. table 4, 569 million.
    ['mobilenet_v1', mobilenet(), 568_740_352, 28],
    // Published with the classifier: 4.6e9 (Liu et al., ICCV 2021, table 1, DeiT-S).
    ['vit_small_encoder', 196 * 16 * 16 * 3 * 384 + 12 * transformerBlock(197, 384), 4_598_498_304, 73],
    ['gpt2_small_block', transformerBlock(1024, 768), 8_858_370_048, 6],
  ])('%s', (name, byFormula, total, products) => {
    const workload = network(name);
    expect(byFormula).toBe(total);
    expect(workloadMacs(workload)).toBe(total);
    expect(workload.layers).toHaveLength(products);
    expect(workload.name).toBe(name);
  });

  test('ResNet-50 is not the variant of the paper, which gives 3.8e9 for it', () => {
    expect(resnet50({ strideIn3x3: false })).toBe(3_857_973_248);
    expect(workloadMacs(network('resnet50')) - resnet50({ strideIn3x3: false })).toBe(231_211_008);
  });
});

describe('bundled networks', () => {
  const names = ['resnet18', 'resnet50', 'alexnet', 'mobilenet_v1', 'vit_small_encoder', 'gpt2_small_block'];

  test.each(names)('%s states its MACs in its comments', (name) => {
    const text = readFileSync(new URL(`../../workloads/${name}.csv`, import.meta.url), 'utf8');
    expect(text).toContain(`# ${workloadMacs(network(name)).toLocaleString('en-US')} MACs`);
  });

  test('the stages of ResNet-18 take 1 : 2 : 2 : 2 blocks and end in 7 x 7', () => {
    const last = network('resnet18').layers.find((layer) => layer.name === 'layer4.1.conv2');
    expect(last).toMatchObject({ ofmapHeight: 7, ofmapWidth: 7, filters: 512, channels: 512 });
    expect(network('resnet18').layers.filter((layer) => layer.name.includes('downsample'))).toHaveLength(3);
  });

  test('the depthwise layers of MobileNet have one channel a group', () => {
    const depthwise = network('mobilenet_v1').layers.filter((layer) => layer.name.endsWith('.dw'));
    expect(depthwise).toHaveLength(13);
    expect(depthwise.every((layer) => layer.channels === 1 && layer.filters === 1)).toBe(true);
    expect(depthwise[0].groups).toBe(32);
    // Howard et al. table 2: 3.06 % of the multiply-adds of the network are depthwise.
    expect((100 * sum(depthwise.map(layerMacs))) / workloadMacs(network('mobilenet_v1'))).toBeCloseTo(3.06, 1);
  });

  test.each([
    ['resnet18', { norm: 20, activation: 17, add: 8, pool: 2, softmax: 1 }],
    ['resnet50', { norm: 53, activation: 49, add: 16, pool: 2, softmax: 1 }],
    ['alexnet', { activation: 7, pool: 3, softmax: 1 }],
    ['mobilenet_v1', { norm: 27, activation: 27, pool: 1, softmax: 1 }],
    ['vit_small_encoder', { concat: 1, add: 25, norm: 25, softmax: 12, activation: 12 }],
    ['gpt2_small_block', { norm: 2, softmax: 1, add: 2, activation: 1 }],
  ])('%s lists the layers that are not matrix products', (name, expected) => {
    const counts: Record<string, number> = {};
    for (const { type } of network(name).omitted) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual(expected);
  });
});
