import { describe, expect, test } from 'vitest';
import { type ErrorCode, formatDiagnostic, InputError } from '../../src/base/errors.ts';
import {
  denseMacs,
  gemmShape,
  layerMacs,
  metadataBits,
  readTopology,
  type TopologyOptions,
} from '../../src/workload/index.ts';

function read(text: string, options: TopologyOptions = {}) {
  return readTopology({ file: 'net.csv', text }, { form: 'isotherm', ...options });
}

/** The problems of a text as "code line:column". */
function problemsOf(text: string, options: TopologyOptions = {}): string[] {
  try {
    read(text, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => `${code} ${span ? `${span.line}:${span.column}` : '-'}`);
  }
  return [];
}

function messageOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(formatDiagnostic).join('\n');
  }
  return '';
}

const CONV =
  'layer,type,ifmap_h,ifmap_w,channels,filter_h,filter_w,filters,stride,padding,groups,batch,stride_w,padding_w\n';
const GEMM = 'layer,type,m,n,k,groups,batch\n';

describe('rows', () => {
  test('a convolution', () => {
    expect(read(`${CONV}c,conv,224,112,3,7,5,64,2,3\n`).layers).toEqual([
      {
        name: 'c',
        type: 'conv',
        batch: 1,
        groups: 1,
        ifmapHeight: 224,
        ifmapWidth: 112,
        channels: 3,
        filterHeight: 7,
        filterWidth: 5,
        filters: 64,
        strideHeight: 2,
        strideWidth: 2,
        padHeight: 3,
        padWidth: 3,
        ofmapHeight: 112, // floor((224 + 6 - 7) / 2) + 1
        ofmapWidth: 57, // floor((112 + 6 - 5) / 2) + 1
      },
    ]);
  });

  test('a stride and a padding of its own for the width', () => {
    const [layer] = read(`${CONV}c,conv,9,9,1,3,3,1,1,0,,,3,1\n`).layers;
    expect(layer).toMatchObject({ strideHeight: 1, strideWidth: 3, padHeight: 0, padWidth: 1 });
    expect(layer).toMatchObject({ ofmapHeight: 7, ofmapWidth: 3 });
  });

  test('a padding_w of 0 overrides the padding', () => {
    expect(read(`${CONV}c,conv,9,9,1,3,3,1,1,1,,,,0\n`).layers[0]).toMatchObject({ padHeight: 1, padWidth: 0 });
  });

  test('channels and filters are of the whole layer in the file and of one group in the layer', () => {
    const [layer] = read(`${CONV}dw,conv,14,14,512,3,3,1024,1,1,512\n`).layers;
    expect(layer).toMatchObject({ groups: 512, channels: 1, filters: 2 });
    expect(layerMacs(layer)).toBe(14 * 14 * 9 * 1024);
  });

  test('a GEMM is a 1 x 1 convolution over 1 x M pixels', () => {
    const [layer] = read(`${GEMM}qk,gemm,197,190,64,6\n`).layers;
    expect(layer).toMatchObject({
      type: 'gemm',
      groups: 6,
      ifmapHeight: 1,
      ifmapWidth: 197,
      channels: 64,
      filters: 190,
    });
    expect(gemmShape(layer)).toEqual({ m: 197, n: 190, k: 64 });
    expect(layerMacs(layer)).toBe(6 * 197 * 190 * 64);
  });

  test('sparsity: of every M words of the window of a group the first N', () => {
    const conv = `${CONV.trimEnd()},sparsity\n`;
    // 9 taps of 3 channels in each of 2 groups: 27 words, 3 whole blocks of 8 and 3 words of a fourth.
    const [sparse, dense] = read(`${conv}s,conv,9,9,6,3,3,4,1,1,2,,,,2:8\nd,conv,9,9,6,3,3,4,1,1,2\n`).layers;
    expect(sparse).toEqual({ ...dense, name: 's', sparsity: { kept: 2, block: 8 } });
    expect(gemmShape(sparse).k).toBe(3 * 2 + 2);
    expect(layerMacs(sparse)).toBe(2 * 81 * 8 * 2);
    expect(denseMacs(sparse, layerMacs(sparse))).toBe(layerMacs(dense));
    expect([metadataBits(sparse), metadataBits(dense)]).toEqual([3, 0]);
    const [gemm] = read('layer,type,m,n,k,sparsity\ng,gemm,2,3,5, 1 : 2\n').layers;
    expect(gemmShape(gemm)).toEqual({ m: 2, n: 3, k: 3 });
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [16, 4],
  ])('a place of %d takes %d bits', (block, bits) => {
    const [layer] = read(`layer,type,m,n,k,sparsity\ng,gemm,2,3,5,1:${block}\n`).layers;
    expect(metadataBits(layer)).toBe(bits);
  });

  test('the batch of the caller multiplies that of the file', () => {
    const [first, second] = read(`${GEMM}a,gemm,2,3,4,,5\nb,gemm,2,3,4\n`, { batch: 7 }).layers;
    expect(first.batch).toBe(35);
    expect(second.batch).toBe(7);
    expect(gemmShape(first).m).toBe(70);
  });

  test('other layers are listed as omitted, in order', () => {
    const { omitted, layers } = read(`${GEMM}p,pool\ng,gemm,1,1,1\ns,softmax,,,,,\n`);
    expect(omitted).toEqual([
      { name: 'p', type: 'pool' },
      { name: 's', type: 'softmax' },
    ]);
    expect(layers).toHaveLength(1);
  });

  test('columns in any order, comments, blank lines, blanks, quotes, Windows line ends and a byte order mark', () => {
    const text =
      '\ufeff# source: \u00e9, "x"\r\nk , type,n,layer,m\r\n\r\n  # more\r\n3,gemm,2," a, b",1\r\n,,,,\r\n4, gemm ,5,c ,6,\r\n';
    const { layers } = read(text);
    expect(layers.map(({ name }) => name)).toEqual([' a, b', 'c']);
    expect(layers.map(gemmShape)).toEqual([
      { m: 1, n: 2, k: 3 },
      { m: 6, n: 5, k: 4 },
    ]);
  });
});

describe('errors have a code, a line and a column', () => {
  const conv = (row: string): string => `${CONV}${row}\n`;
  const cases: [string, string, `${ErrorCode} ${string}`[]][] = [
    ['unknown column', 'layer,type,m,n,k,kk\na,gemm,1,1,1\n', ['unknown-key 1:18']],
    ['column twice', 'layer,type,m,n,k,m\na,gemm,1,1,1\n', ['duplicate-name 1:18']],
    ['no layer and no type column', '# c\n name,m\na,1\n', ['unknown-key 2:2', 'missing-key 2:2', 'missing-key 2:2']],
    ['column of one type missing, said once', 'layer,type,m,n\na,gemm,1,1\nb,gemm,1,1\n', ['missing-key 1:1']],
    ['blank needed cell', `${GEMM}a,gemm,1,,1\n`, ['missing-key 2:10']],
    ['row too short', `${GEMM}a,gemm,1,1\n`, ['missing-key 2:11']],
    ['no name', `${GEMM},gemm,1,1,1\n`, ['missing-key 2:1']],
    ['no type', `${GEMM}a,,1,1,1\n`, ['missing-key 2:3']],
    ['unknown type', `${GEMM}a,gem,1,1,1\n`, ['unknown-name 2:3']],
    ['types are lower case', `${GEMM}a,GEMM,1,1,1\n`, ['unknown-name 2:3']],
    ['negative', `${GEMM}a,gemm,-1,1,1\n`, ['out-of-range 2:8']],
    ['zero', `${GEMM}a,gemm,1, 0,1\n`, ['out-of-range 2:11']],
    ['NaN', `${GEMM}a,gemm,NaN,1,1\n`, ['wrong-type 2:8']],
    ['infinite', `${GEMM}a,gemm,Infinity,1,1\n`, ['wrong-type 2:8']],
    ['not whole', `${GEMM}a,gemm,1.5,1,1\n`, ['wrong-type 2:8']],
    ['not decimal', `${GEMM}a,gemm,0x10,1,1\n`, ['wrong-type 2:8']],
    ['1e99', `${GEMM}a,gemm,1e99,1,1\n`, ['out-of-range 2:8']],
    ['beyond 2^31', `${GEMM}a,gemm,2147483649,1,1\n`, ['out-of-range 2:8']],
    ['2^31 is the limit', `${GEMM}a,gemm,2147483648,1,1\n`, []],
    ['more MACs than can be counted', `${GEMM}a,gemm,2147483648,2147483648,9\n`, ['out-of-range 2:1']],
    [
      'together more MACs than can be counted',
      `${GEMM}${[1, 2, 3].map((i) => `l${i},gemm,1073741824,4194304,1\n`).join('')}`,
      ['out-of-range 1:1'],
    ],
    ['stride 0', conv('a,conv,9,9,1,3,3,1,0,0'), ['out-of-range 2:20']],
    ['negative padding', conv('a,conv,9,9,1,3,3,1,1,-1'), ['out-of-range 2:22']],
    ['no stride', conv('a,conv,9,9,1,3,3,1,,0'), ['missing-key 2:20']],
    ['groups that do not divide', conv('a,conv,9,9,5,3,3,7,1,0,2'), ['out-of-range 2:12', 'out-of-range 2:18']],
    ['filter too high', conv('a,conv,2,9,1,5,3,1,1,1'), ['filter-larger-than-ifmap 2:14']],
    ['filter too wide', conv('a,conv,9,2,1,3,5,1,1,1'), ['filter-larger-than-ifmap 2:16']],
    ['filter as large as the padded ifmap', conv('a,conv,3,3,1,5,5,1,1,1'), []],
    [
      'layer name twice',
      `${GEMM}a,gemm,1,1,1\nb,pool\n b,gemm,1,1,1\na,add\n`,
      ['duplicate-name 4:2', 'duplicate-name 5:1'],
    ],
    ['a value of another type of layer', 'layer,type,m,n,k,stride\na,gemm,1,1,1,2\n', ['unknown-key 2:14']],
    ['a value in an omitted layer', `${GEMM}p,pool,,3\ng,gemm,1,1,1\n`, ['unknown-key 2:9']],
    ['a value under no column', `${GEMM}a,gemm,1,1,1,1,1,9\n`, ['csv-syntax 2:18']],
    ['a value under a nameless column', 'layer,type,m,n,k,\na,gemm,1,1,1,5\n', ['csv-syntax 2:14']],
    ['no sparsity', 'layer,type,m,n,k,sparsity\na,gemm,1,1,1,50%\n', ['wrong-type 2:14']],
    ['a sparsity that keeps nothing', 'layer,type,m,n,k,sparsity\na,gemm,1,1,1,0:4\n', ['out-of-range 2:14']],
    ['a sparse layer without filters', 'layer,type,m,n,k,sparsity\na,add,,,,2:4\nb,gemm,1,1,1\n', ['unknown-key 2:10']],
    ['empty', '', ['empty-workload 1:1']],
    ['comments only', '# nothing\n\n', ['empty-workload 1:1']],
    ['header only', `# c\n${GEMM}`, ['empty-workload 2:1']],
    ['omitted layers only', `${GEMM}p,pool\n`, ['empty-workload 1:1']],
    ['quote never closed', `${GEMM}# c "\n\na,gemm,"1,1,1\nb,gemm,1,1,1\n`, ['csv-syntax 4:8']],
    ['quote in a cell', `${GEMM}# c "\n\n"a"b,gemm,1,1,1\n`, ['csv-syntax 4:1']],
    ['quote at the start of a cell only', `${GEMM}a,gemm, 1"2",1,1\n`, ['csv-syntax 2:9']],
    ['cell over two lines', `${GEMM}a,gemm,1,1,"1\n"\n`, ['csv-syntax 2:12']],
    ['column after letters of several bytes', `${GEMM}\u00e9\u{1f600},gemm,x,1,1\n`, ['wrong-type 2:10']],
  ];

  test.each(cases)('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test('all problems of a file at once, in its order', () => {
    const text = `${GEMM}a,gem,1,1,1\na,gemm,x,0,\n`;
    expect(problemsOf(text)).toEqual([
      'unknown-name 2:3',
      'duplicate-name 3:1',
      'wrong-type 3:8',
      'out-of-range 3:10',
      'missing-key 3:12',
    ]);
  });

  test('a file of the wrong kind gives few problems, not one a line', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `r${i},gemm,x,y,z`).join('\n');
    expect(problemsOf(GEMM + rows).length).toBeLessThan(30);
  });

  test('the message has the line, what was expected and the nearest name', () => {
    expect(messageOf('layer,type,m,n,k,chanels\na,gemm,1,1,1\n')).toContain('did you mean "channels"?');
    const message = messageOf(`${CONV}stem,con,9,9,1,3,3,1,1,0\n`);
    expect(message).toContain('net.csv:2:6');
    expect(message).toContain('2 | stem,con,9,9,1,3,3,1,1,0\n  |      ^^^');
    expect(message).toContain('did you mean "conv"?');
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 40])('a batch of %d', (batch) => {
    expect(problemsOf(`${GEMM}a,gemm,1,1,1\n`, { batch })).toEqual(['out-of-range -']);
  });
});
