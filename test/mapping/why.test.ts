import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drained } from '../../src/mapping/index.ts';
import { nodeFiles } from '../../src/node/index.ts';
import { type SearchRequest, searchFiles } from '../../src/peers/mapping/index.ts';
import { diagnosticsOf } from '../energy/support.ts';

const golden = (file: string) => ({
  file: `${file}.yaml`,
  text: readFileSync(new URL(`../golden/timeloop/os_gemm/${file}.yaml`, import.meta.url), 'utf8'),
});
const FILES = ['arch', 'problem', 'ert'].map(golden);
const REQUEST: SearchRequest = { search: 'exact', evaluations: 1, seed: 1 };

/** M = 64, N = 48, K = 40 on 16 x 16 children of GBuf, which hold 4 words each. */
test.each([
  [
    'factors that do not divide',
    '{target: GBuf, type: temporal, factors: M=7}',
    {},
    'no allowed factors of M make 64',
    'c.yaml:2:43',
  ],
  [
    'a mesh that is too small',
    '{target: GBuf, type: spatial, factors: M=32 N=16}',
    {},
    'GBuf is to spread over 512 children',
    'c.yaml:2:42',
  ],
  [
    'parallelism that there is not',
    '{target: GBuf, type: parallelism, min: 300}',
    {},
    'GBuf is to use 300 children, has 256',
    'c.yaml:2:42',
  ],
  [
    'a memory that is too small',
    '{target: Reg, type: temporal, factors: M=16}',
    {},
    'Reg needs at least',
    'arch.yaml:19:11',
  ],
  [
    'a deadline before the last product',
    '{target: GBuf, type: temporal, factors: M=1}',
    { deadlineCycles: 5 },
    '122880 products on 256 multipliers take 480 cycles',
    '--deadline:1:1',
  ],
] as const)('%s have a reason with a place', (_, constraint, more, reason, place) => {
  const keeps = '{target: Reg, type: bypass, keep: [A, B, Z], bypass: []}';
  const source = { file: 'c.yaml', text: `constraints:\n- ${constraint}\n- ${keeps}\n` };
  const from = { files: nodeFiles, bundled: nodeFiles };
  const found = diagnosticsOf(() => drained(searchFiles([...FILES, source], { ...REQUEST, ...more }, from)));
  const [{ code, message, span }] = found;
  expect(code).toBe('no-mapping');
  expect(message).toContain(reason);
  expect(`${span!.file}:${span!.line}:${span!.column}`).toBe(place);
});
