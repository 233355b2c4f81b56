/** The verbs of the root that do a peer's job. */
import { expect, test } from 'vitest';
import { simulate, solveThermal } from '../../src/index.ts';
import { nodeFiles } from '../../src/node/files.ts';
import { configText } from './scalesim/support.ts';

const HERE = 'test/golden/hotspot/two-block-steady';

/** HotSpot 7.0's own temperatures in K, node by node; builds and commands in test/golden/hotspot/README.md. */
function printed(): [string, number][] {
  const rows = nodeFiles.read(`${HERE}/steady.csv`)!.trim().split('\n').slice(1);
  return rows.map((row) => row.split(',')).map(([node, kelvin]) => [node, Number(kelvin)]);
}

test("solveThermal gives HotSpot's own steady temperatures under its rules", () => {
  const files = { config: `${HERE}/hotspot.config`, floorplan: `${HERE}/two.flp`, trace: `${HERE}/power.ptrace` };
  const { steady } = solveThermal(nodeFiles, { ...files, transient: false, options: [] }, { mode: 'hotspot' });
  const ours = new Map(
    steady.flatMap(({ prefix, names, temperatureK }) =>
      names.map((name, i) => [prefix + name, temperatureK[i]] as const),
    ),
  );
  for (const [node, kelvin] of printed().slice(0, 4)) expect(ours.get(node), node).toBeCloseTo(kelvin, 8);
});

test('simulate counts the words of a product: 3 x 4 and 4 x 3 on a 4 x 4 array, each fetched once', () => {
  const config = configText({ version: 'v2', array: [4, 4], sramKb: [1, 1, 1], dataflow: 'os', bandwidth: null });
  const topology = { file: 'net.csv', text: 'Layer, M, N, K,\ng, 3, 3, 4,\n' };
  const { layers } = simulate({ config: { file: 'a.cfg', text: config }, topology, form: 'gemm' });
  expect(layers.map(({ dram }) => [dram.ifmap.words, dram.filter.words, dram.ofmap.words])).toEqual([[12, 12, 9]]);
});
