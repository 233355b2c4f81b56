import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { readTopology, type TopologyForm } from '../../src/workload/index.ts';

const OURS = '# c\nlayer,type,m,n,k\na,gemm,1,2,3\n';
const CONV = 'Layer name, IFMAP Height, IFMAP Width,\nc,9,9,3,3,2,4,2,\nd,9,9,3,3,2,4,1,2,\n';
const GEMM = 'Layer,M,N,K,\ng,4,5,6,\n';

function read(text: string, form?: TopologyForm) {
  return readTopology({ file: 'some/where/net.csv', text }, { form });
}

test.each([
  ['ours', OURS, ['gemm 1 x 1']],
  ['ours with quotes', OURS.replace('type', '"type"'), ['gemm 1 x 1']],
  ['conv', CONV, ['conv 4 x 4', 'conv 7 x 4']],
  ['gemm', GEMM, ['gemm 1 x 4']],
  ['gemm with sparsity', 'Layer,M,N,K,Sparsity,\ng,4,5,6,1:1,\n', ['gemm 1 x 4']],
  ['conv with sparsity', 'Layer,\nc,9,9,3,3,2,4,2,1:1,\n', ['conv 4 x 4']],
  ['a byte order mark', `\ufeff${GEMM}`, ['gemm 1 x 4']],
])('the form is read off the text: %s', (_, text, expected) => {
  const { layers } = read(text);
  expect(layers.map((layer) => `${layer.type} ${layer.ofmapHeight} x ${layer.ofmapWidth}`)).toEqual(expected);
});

test.each(['Layer,M,N,K,L,\ng,4,5,6,7,\n', 'Layer,\n', 'a b c', `${GEMM}c,9,9,3,3,2,4,2,\n`])(
  'a form that cannot be told is an error that says how to say it: %j',
  (text) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(/csv-syntax.*\n +--> .*:1:1\n[^=]*= .*isotherm, scalesim-conv, scalesim-gemm/);
  },
);

test('an empty text', () => {
  expect(() => read(' \n')).toThrow('empty-workload');
});

test('a form that is given is not guessed', () => {
  expect(() => read(GEMM, 'scalesim-conv')).toThrow('missing-key');
  expect(() => read(CONV, 'isotherm')).toThrow('unknown-key');
  expect(() => read(CONV, 'scalesim-gemm')).toThrow('csv-syntax');
});

test('the workload is named after its file', () => {
  expect(read(OURS).name).toBe('net');
  expect(readTopology({ file: 'C:\\nets\\v1.0.CSV', text: OURS }).name).toBe('v1.0');
});

test('a batch applies to SCALE-Sim files too', () => {
  expect(readTopology({ file: 'x', text: GEMM }, { batch: 3 }).layers[0].batch).toBe(3);
});

test('the examples of the documentation are read', () => {
  const text = readFileSync(new URL('../../docs/formats/topology.md', import.meta.url), 'utf8');
  const [ours, conv, gemm] = [...text.matchAll(/```csv\n([^`]*)```/g)].map(([, example]) => read(example));
  expect(ours.layers.map(({ name, groups }) => [name, groups])).toEqual([
    ['conv1', 1],
    ['block1.dw', 64],
    ['attn.qk', 12],
    ['fc', 1],
  ]);
  expect(ours.omitted).toEqual([{ name: 'relu', type: 'activation' }]);
  expect(conv.layers[0]).toMatchObject({ type: 'conv', ofmapHeight: 55 }); // ceil((224 - 11 + 4) / 4)
  expect(gemm.layers[0]).toMatchObject({ type: 'gemm', ofmapWidth: 1024 });
});
