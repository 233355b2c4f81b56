import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configText } from '../peers/scalesim/support.ts';
import { folderWith, isothermHere } from './support.ts';

const CONFIG = configText({ version: 'v2', array: [8, 12], sramKb: [4, 8, 2], dataflow: 'ws', bandwidth: 5 });
const TOPOLOGY = 'Layer name, M, N, K,\nGemm1,64,32,48,\n';

async function init(folder: string, ...args: string[]) {
  return isothermHere(['init', 'new', ...args], folder);
}

describe('a new project', () => {
  const bundled = [...readdirSync('accelerators'), 'thermal-stress', 'power-gating'];
  test.each([[[]], ...bundled.map((name) => [['--from', name]])])('of %j is right as it stands', async (args) => {
    const folder = folderWith({});
    expect(await init(folder, ...args)).toMatchObject({ status: 0, err: '' });
    const checked = await isothermHere(['validate', 'new/experiment.yaml'], folder);
    expect(checked).toMatchObject({ status: 0, err: '' });
    expect(checked.out).toMatch(/^new\/experiment.yaml: experiment new: /);
  });

  test('of a copied experiment gives the same result as the original', async () => {
    const folder = folderWith({});
    await init(folder, '--from', 'one-inference');
    const copy = JSON.parse((await isothermHere(['run', 'new/experiment.yaml', '--json'], folder)).out);
    const original = JSON.parse((await isothermHere(['run', 'one-inference', '--json'], folder)).out);
    expect(copy).toEqual({ ...original, experiment: 'new', inputsHash: copy.inputsHash });
  });

  test('is not mixed with files that are there', async () => {
    const folder = folderWith({ 'new/mine.txt': 'x' });
    const { status, err } = await init(folder);
    expect(status).toBe(1);
    expect(err).toMatch(/^error\[output-unwritable\]: new is not empty: it holds mine.txt/);
    expect(readdirSync(join(folder, 'new'))).toEqual(['mine.txt']);
  });

  test('of an unknown name is refused with the nearest, and nothing is written', async () => {
    const folder = folderWith({});
    const { status, err } = await init(folder, '--from', 'edge-npuu');
    expect(status).toBe(1);
    expect(err).toMatch(/did you mean "edge-npu"\?/);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });
});

describe('a project of SCALE-Sim files', () => {
  test('has their array, scratchpads and layers, in either order, and runs', async () => {
    const folder = folderWith({ 'a.cfg': CONFIG, 'net.csv': TOPOLOGY });
    expect(await init(folder, '--from', 'net.csv', 'a.cfg')).toMatchObject({ status: 0, err: '' });
    const accelerator = readFileSync(join(folder, 'new/accelerator/accelerator.yaml'), 'utf8');
    expect(accelerator).toMatch(/rows: 8\n {2}columns: 12\n {2}dataflow: ws\n/);
    // The three bandwidths of 5 words of one byte a cycle at 800 MHz: 12 GB/s.
    expect(accelerator).toMatch(/bandwidth: 12GB\/s/);
    expect(accelerator).toMatch(/ifmap: { capacity: 4KiB, port: 256bit/);
    // 12 columns read and write 32 bit each.
    expect(accelerator).toMatch(/ofmap: { capacity: 2KiB, port: 768bit/);
    expect(readFileSync(join(folder, 'new/topology.csv'), 'utf8')).toBe(TOPOLOGY);
    const run = await isothermHere(['run', 'new/experiment.yaml', '--json', '--set', 'inferences.count=1'], folder);
    expect(run).toMatchObject({ status: 0, err: '' });
    // 64 x 32 x 48.
    expect(JSON.parse(run.out)).toMatchObject({ inferences: 1, macs: 98_304 });
  });

  test('of a large array has a package that encloses and cools it', async () => {
    // SCALE-Sim's google.cfg: 256 x 256 PEs and 14 MiB, 92 mm2 at 45 nm; the lid of edge-npu has 64.
    const config = configText({
      version: 'v2',
      array: [256, 256],
      sramKb: [6144, 6144, 2048],
      dataflow: 'os',
      bandwidth: 5,
    });
    const folder = folderWith({ 'a.cfg': config, 'net.csv': TOPOLOGY });
    expect((await init(folder, '--from', 'a.cfg', 'net.csv')).err).toBe('');
    const checked = await isothermHere(['validate', 'new/experiment.yaml'], folder);
    expect(checked).toMatchObject({ status: 0, err: '' });
  });

  test('needs one configuration and one topology', async () => {
    const folder = folderWith({ 'a.cfg': CONFIG, 'net.csv': TOPOLOGY });
    for (const from of [
      ['net.csv', 'net.csv'],
      ['a.cfg', 'a.cfg', 'net.csv'],
    ]) {
      const { status, err } = await init(folder, '--from', ...from);
      expect(status).toBe(1);
      expect(err).toMatch(/^error\[wrong-kind\]/);
    }
  });
});

describe('a run without an experiment', () => {
  test('is one inference at full speed', async () => {
    const folder = folderWith({ 'net.csv': 'layer,type,m,n,k\na,gemm,40,50,60\n' });
    const args = ['run', '--accelerator', 'edge-npu', '--workload', './net.csv', '--dataflow', 'ws', '--json'];
    const run = await isothermHere(args, folder);
    expect(run).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(run.out)).toMatchObject({ experiment: 'net-on-edge-npu', inferences: 1, policy: 'performance' });
  });

  test('needs both parts', async () => {
    const { status, err } = await isothermHere(['run', '--accelerator', 'edge-npu']);
    expect(status).toBe(2);
    expect(err).toMatch(/give both --accelerator and --workload/);
  });

  test('replaces parts of an experiment, and blames the option', async () => {
    const { status, err } = await isothermHere(['run', 'one-inference', '--workload', 'alexnett']);
    expect(status).toBe(1);
    expect(err).toMatch(/--> --workload:1:1/);
    expect(err).toMatch(/did you mean "alexnet"\?/);
  });
});

describe('show', () => {
  test.each(['quickstart', 'edge-npu', 'pace', 'resnet18', 'edge-npu/chip.flp', 'components/smart_buffer.yaml'])(
    'prints %s as it is',
    async (name) => {
      const { status, out, err } = await isothermHere(['show', name]);
      const [, path] = /^\(([^;)]+)/.exec(err) ?? [];
      expect(status).toBe(0);
      expect(out).toBe(readFileSync(path, 'utf8'));
    },
  );

  test.each(['quickstartt', '../package.json', 'accelerators/../package.json', 'accelerators', 'package.json'])(
    'refuses %s',
    async (name) => {
      expect(await isothermHere(['show', name])).toMatchObject({ status: 1, out: '' });
    },
  );
});

test('list --json has what list prints', async () => {
  const { policies, dataflows } = JSON.parse((await isothermHere(['list', '--json'])).out);
  expect(dataflows.map(({ name }: { name: string }) => name)).toEqual(['os', 'ws', 'is']);
  const { out } = await isothermHere(['list', 'policies']);
  for (const { name, description } of policies)
    expect(out).toMatch(new RegExp(`^${name} +${description.slice(0, 20)}`, 'm'));
});
