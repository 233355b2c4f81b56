import { type Diagnostic, fail, InputError } from '../../base/errors.ts';
import { type SourceText, spanOf } from '../../base/source.ts';
import { cellSpan, readCsv, rowSpan } from '../../formats/csv.ts';
import type { ConfuciuxLayer, ConfuciuxQuestion, Design } from '../../mapping/index.ts';

const COLUMNS = ['K', 'C', 'Y', 'X', 'R', 'S', 'T'] as const;
const TYPES = { convolution: 1, depthwise: 2 } as const;

/** Reads a network of ConfuciuX: a row K,C,Y,X,R,S,T for each layer, T = 1 for a convolution and 2 for a depthwise one. */
export function readConfuciuxNetwork(source: SourceText): ConfuciuxLayer[] {
  const problems: Diagnostic[] = [];
  const [header, ...rows] = readCsv(source);
  const names = header?.map(({ text }) => text.trim()) ?? [];
  if (names.join() !== COLUMNS.join()) {
    fail('csv-syntax', 'the first line has other columns', {
      span: header ? rowSpan(source, header) : spanOf(source, 0, 1),
      expected: COLUMNS.join(','),
    });
  }
  const layers = rows.flatMap((row): ConfuciuxLayer[] => {
    if (row.every(({ text }) => text.trim() === '')) return [];
    if (row.length !== COLUMNS.length) {
      problems.push({
        code: 'column-count',
        message: `a row of ${row.length} values`,
        span: rowSpan(source, row),
        expected: `${COLUMNS.length} values`,
      });
      return [];
    }
    const [K, C, Y, X, R, S, T] = row.map((cell, i) => {
      const value = Number(cell.text.trim());
      if (cell.text.trim() !== '' && Number.isInteger(value) && value >= 1 && value <= 2 ** 20) return value;
      problems.push({
        code: 'out-of-range',
        message: `${COLUMNS[i]} is "${cell.text.trim()}"`,
        span: cellSpan(source, cell),
        expected: 'a whole number from 1 to 2^20',
      });
      return 1;
    });
    if (T !== TYPES.convolution && T !== TYPES.depthwise)
      problems.push({
        code: 'not-supported',
        message: `a layer of type ${T}`,
        span: cellSpan(source, row[6]),
        expected: '1 (convolution) or 2 (depthwise)',
      });
    if (R > Y || S > X)
      problems.push({
        code: 'filter-larger-than-ifmap',
        message: `a filter of ${R} x ${S} over ${Y} x ${X}`,
        span: rowSpan(source, row),
        expected: 'R up to Y and S up to X',
      });
    return [{ sizes: { K, C, Y, X, R, S }, isDepthwise: T === TYPES.depthwise }];
  });
  if (problems.length > 0) throw new InputError(problems);
  if (layers.length === 0)
    fail('empty-workload', 'the network has no layers', {
      span: rowSpan(source, header),
      expected: 'a row for each layer',
    });
  return layers;
}

export function solutionCsv({ table }: ConfuciuxQuestion, design: Design): string {
  const rows = design.map(([pes, tile], layer) => {
    const { cycles, energyNj, areaUm2, powerMw } = table.point(layer, pes, tile);
    return [layer, pes, tile, cycles, energyNj, areaUm2, powerMw].join(',');
  });
  return `layer,pes,tile,cycles,energy_nj,area_um2,power_mw\n${rows.join('\n')}\n`;
}
