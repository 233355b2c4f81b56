import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import { readScaleSimLayouts } from '../../../src/formats/scalesim/layout.ts';

/** Factors; orders of the ifmap, within lines and among them; orders of the filters. */
const ROW = '4,224,1,2,3,96,  1,2,0,  4,5,3,  3,0,1,2,  7,4,5,6';

function read(text: string) {
  return readScaleSimLayouts({ file: 'layout', text });
}

function wrongIn(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.diagnostics.map(({ code, span }) => `${code} ${span!.line}:${span!.column}`);
  }
}

describe("SCALE-Sim v3's layout file", () => {
  test('factors and orders go to the dimensions they are of', () => {
    const [layout, ...more] = read(`h,\n\nConv1,${ROW},\n`);
    expect(more).toEqual([]);
    expect(layout).toMatchObject({
      name: 'Conv1',
      ifmap: { factors: [4, 224, 3], places: [1, 2, 0] },
      filter: { factors: [96, 3, 1, 2], places: [3, 0, 1, 2] },
    });
  });

  test('a row may end without a comma, as in files of v3, or with several: it has always 20 values', () => {
    const names = read(`\ufeffh,\r\na,${ROW}\r\nb,${ROW},,,\r\n,,,\r\n`).map(({ name }) => name);
    expect(names).toEqual(['a', 'b']);
  });

  test.each<[string, string, string[]]>([
    ['a layout in the first line', `a,${ROW},\n`.replaceAll(' ', ''), ['csv-syntax 1:1']],
    ['a value too few', `h,\na,${ROW.slice(0, -2)},\n`, ['missing-key 2:1']],
    ['a value too many', `h,\na,${ROW},8,\n`, ['csv-syntax 2:54']],
    ['no name', `h,\n,${ROW},\n`, ['missing-key 2:1']],
    ['a factor of 0', `h,\na,${ROW.replace('224', '0')},\n`, ['out-of-range 2:5']],
    ['no number', `h,\na,${ROW.replace('224', 'x')},\n`, ['wrong-type 2:5']],
    ['a place twice', `h,\na,${ROW.replace('1,2,0', '1,2,1')},\n`, ['out-of-range 2:20']],
    ['an order among lines that counts from 0', `h,\na,${ROW.replace('4,5,3', '1,2,0')},\n`, ['out-of-range 2:28']],
    ['a place of filters that is none', `h,\na,${ROW.replace('3,0,1,2', '4,0,1,2')},\n`, ['out-of-range 2:36']],
    ['a place of theirs among lines', `h,\na,${ROW.replace('7,4,5,6', '7,4,5,5')},\n`, ['out-of-range 2:46']],
    ['a layer twice', `h,\na,${ROW},\na,${ROW},\n`, ['duplicate-name 3:1']],
    ['all of them', `h,\na,1,\nb,${ROW.replace('96', '0')},\n`, ['missing-key 2:1', 'out-of-range 3:15']],
  ])('%s', (_, text, wrong) => {
    expect(wrongIn(text)).toEqual(wrong);
  });
});
