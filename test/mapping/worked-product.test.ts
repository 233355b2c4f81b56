import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMaestroHardware, readMaestroNetwork } from '../../src/formats/maestro/index.ts';
import { readTimeloop } from '../../src/formats/timeloop/index.ts';
import { evaluateMaestro, evaluateTimeloop, machineOf, type TensorStats } from '../../src/mapping/index.ts';
import { readPage } from '../docs/pages.ts';

const golden = (path: string) => ({
  file: path,
  text: readFileSync(new URL(`../golden/${path}`, import.meta.url), 'utf8'),
});

/** Rows of the table of docs/methods/mapping.md: cycles, A reads, B reads, Z writes, Z reads of a model. */
const rows = [
  ...readPage('docs/methods/mapping.md').matchAll(/^\| ([a-z ]*)\| (Timeloop|MAESTRO) +\|([ \d|]+)\|$/gm),
].map(([, , model, cells]) => [model, ...cells.split('|').map(Number)]);

const timeloop = (name: string) => {
  const files = ['arch', 'problem', 'ert', 'mapping'].map((file) => golden(`timeloop/${name}/${file}.yaml`));
  const { problem, architecture, energies, mapping } = readTimeloop(files);
  const { cycles, levels } = evaluateTimeloop(machineOf(problem, architecture, energies), mapping!);
  const [A, B, Z] = ['A', 'B', 'Z'].map((tensor) => levels.GBuf[tensor] as TensorStats);
  return ['Timeloop', cycles, A.reads, B.reads, Z.updates, Z.reads];
};

const maestro = (name: string) => {
  const [layer] = readMaestroNetwork(golden(`maestro/${name}.m`)).layers;
  const { runtime, input, weight, output } = evaluateMaestro(layer, readMaestroHardware(golden('maestro/hw_d.m')));
  return ['MAESTRO', runtime, input.l2Reads, weight.l2Reads, output.l2Writes, 0];
};

test('the worked product of the documentation has the figures of the models', () => {
  expect(rows[0]).toEqual(timeloop('os_gemm'));
  expect(rows[1]).toEqual(maestro('gemm_os'));
  expect(rows[2]).toEqual(timeloop('ws_gemm_imperfect'));
  expect(rows[3]).toEqual(maestro('gemm_ws'));
  expect(rows[5]).toEqual(maestro('gemm_is'));
});
